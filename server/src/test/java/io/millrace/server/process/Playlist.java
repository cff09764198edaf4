package io.millrace.server.process;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what an edge serves, as a viewer does. */
final class Playlist implements AutoCloseable {
  private static final Pattern URI_ATTRIBUTE = Pattern.compile("URI=\"([^\"]+)\"");

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI multivariant;

  Playlist(URI edge, String channel) {
    this.multivariant = edge.resolve("/live/" + channel + "/index.m3u8");
  }

  /** The address of the video's media playlist; null where there is none yet. */
  URI video() throws IOException, InterruptedException {
    HttpResponse<String> answer = text(multivariant);
    return answer.statusCode() != 200
        ? null
        : answer
            .body()
            .lines()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .findFirst()
            .map(multivariant::resolve)
            .orElse(null);
  }

  /** The addresses of the parts that are listed and are no gaps, oldest first. */
  List<URI> parts(URI media) throws IOException, InterruptedException {
    return text(media)
        .body()
        .lines()
        .filter(line -> line.startsWith("#EXT-X-PART:") && !line.contains("GAP=YES"))
        .map(URI_ATTRIBUTE::matcher)
        .filter(Matcher::find)
        .map(matcher -> media.resolve(matcher.group(1)))
        .toList();
  }

  byte[] bytes(URI address) throws IOException, InterruptedException {
    HttpResponse<byte[]> answer =
        http.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofByteArray());
    if (answer.statusCode() != 200) {
      throw new IOException(
          "%s answers %d: %s"
              .formatted(
                  address, answer.statusCode(), new String(answer.body(), StandardCharsets.UTF_8)));
    }
    return answer.body();
  }

  private HttpResponse<String> text(URI address) throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() {
    http.close();
  }
}
