package io.millrace.bench.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.bench.hls.MediaPlaylist;
import io.millrace.bench.http.HttpAnswer;
import io.millrace.bench.http.HttpConnection;
import io.millrace.server.data.Endpoints;
import io.millrace.server.process.MillraceProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Talks to a running deployment as its users do: the command line, and GET at the edge. */
final class Site {
  private static final Duration COMMAND_WITHIN = Duration.ofSeconds(30);
  private static final Duration WATCHABLE_WITHIN = Duration.ofSeconds(60);
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Pattern VIDEO = Pattern.compile("[^\"\\s]*/v\\d+/index\\.m3u8");
  private static final Pattern AUDIO = Pattern.compile("[^\"\\s]*/a\\d+/index\\.m3u8");

  private Site() {}

  /** Runs a command with {@code --json} against the process that uses {@code data}. */
  static JsonNode command(Path data, String... command) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(List.of("--json", "--data", data.toString()));
    return JsonMapper.shared()
        .readTree(MillraceProcess.run(COMMAND_WITHIN, arguments.toArray(String[]::new)));
  }

  static String rtmpUrl(Path data, String key) {
    Endpoints.Endpoint rtmp =
        Endpoints.read(data).flatMap(endpoints -> endpoints.address("rtmp")).orElseThrow();
    return "rtmp://%s:%d/live/%s".formatted(rtmp.host(), rtmp.port(), key);
  }

  static HttpAnswer get(URI address, String path) throws IOException {
    try (HttpConnection connection = new HttpConnection(address, TIMEOUT)) {
      return connection.get(path);
    }
  }

  /** The path of the channel's video playlist, which holds the timeline's id. */
  static String videoPlaylistPath(URI edge, String channel) throws IOException {
    return playlistPath(edge, channel, VIDEO);
  }

  static String audioPlaylistPath(URI edge, String channel) throws IOException {
    return playlistPath(edge, channel, AUDIO);
  }

  private static String playlistPath(URI edge, String channel, Pattern rendition)
      throws IOException {
    HttpAnswer answer = get(edge, "/live/" + channel + "/index.m3u8");
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    Matcher matcher = rendition.matcher(answer.text());
    assertThat(matcher.find()).as(answer.text()).isTrue();
    return "/live/" + channel + "/" + matcher.group();
  }

  /** Waits until viewers get the channel; returns the path of its video playlist. */
  static String awaitWatchable(URI edge, String channel) throws IOException {
    await()
        .atMost(WATCHABLE_WITHIN)
        .until(() -> get(edge, "/live/" + channel + "/index.m3u8").status() == 200);
    return videoPlaylistPath(edge, channel);
  }

  static MediaPlaylist playlist(URI edge, String path) throws IOException {
    HttpAnswer answer = get(edge, path);
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return MediaPlaylist.parse(answer.text());
  }
}
