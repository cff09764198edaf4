package io.millrace.bench.hls;

import io.millrace.bench.http.HttpAnswer;
import io.millrace.bench.http.HttpConnection;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a rendition part by part, always asking for the next part before it exists. Confined to one
 * thread, which blocks.
 */
public final class RenditionReader implements AutoCloseable {
  /** Says which rendition to read. */
  public enum Kind {
    VIDEO('v'),
    AUDIO('a');

    private final Pattern address;

    Kind(char letter) {
      address = Pattern.compile("[^\"\\s]*/" + letter + "\\d+/index\\.m3u8");
    }
  }

  /** One part as it was read. */
  public record Part(long msn, int part, HttpAnswer answer) {}

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final long RETRY_NS = 50_000_000;

  private final HttpConnection connection;
  private final String base;
  private long msn;
  private int part;

  private RenditionReader(HttpConnection connection, String base, MediaPlaylist playlist) {
    this.connection = connection;
    this.base = base;
    msn = playlist.openMsn();
    part = (int) playlist.parts().stream().filter(p -> p.msn() == playlist.openMsn()).count();
  }

  /** Waits until the channel can be watched, and begins with the next part to come. */
  public static RenditionReader open(URI edge, String channel, Kind kind, Duration limit)
      throws IOException, TimeoutException {
    long deadlineNs = System.nanoTime() + limit.toNanos();
    HttpConnection connection = new HttpConnection(edge, TIMEOUT);
    try {
      String directory = "/live/" + channel + "/";
      String multivariant = await(connection, directory + "index.m3u8", deadlineNs);
      Matcher address = kind.address.matcher(multivariant);
      if (!address.find()) {
        throw new IOException("no " + kind + " rendition in:\n" + multivariant);
      }
      String path = directory + address.group();
      MediaPlaylist playlist = MediaPlaylist.parse(await(connection, path, deadlineNs));
      return new RenditionReader(
          connection, path.substring(0, path.lastIndexOf('/') + 1), playlist);
    } catch (IOException | TimeoutException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private static String await(HttpConnection connection, String path, long deadlineNs)
      throws IOException, TimeoutException {
    HttpAnswer answer = connection.get(path);
    while (answer.status() != 200) {
      if (System.nanoTime() > deadlineNs) {
        throw new TimeoutException(path + ": " + answer.status() + " " + answer.text());
      }
      LockSupport.parkNanos(RETRY_NS);
      answer = connection.get(path);
    }
    return answer.text();
  }

  /** Waits for the next part. */
  public Part next() throws IOException {
    HttpAnswer answer = connection.get(path());
    if (answer.status() == 404) {
      // The segment ended before the part that was hinted: the next one begins the next segment.
      msn++;
      part = 0;
      answer = connection.get(path());
    }
    if (answer.status() != 200) {
      throw new IOException(path() + ": " + answer.status() + " " + answer.text());
    }
    return new Part(msn, part++, answer);
  }

  private String path() {
    return base + msn + "." + part + ".m4s";
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }
}
