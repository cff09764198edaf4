package io.millrace.bench.acceptance;

import io.millrace.server.process.MillraceProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/** A Millrace with one channel on air: FFmpeg publishes a clip to it. */
final class Stage implements AutoCloseable {
  private static final Duration READY_WITHIN = Duration.ofSeconds(60);

  private final Path directory;
  private final Path clip;
  private final String channel;
  private final MillraceProcess up;
  private final String rtmpUrl;
  private Process publisher;

  private Stage(Path directory, Path clip, String channel, MillraceProcess up)
      throws IOException, InterruptedException, TimeoutException {
    this.directory = directory;
    this.clip = clip;
    this.channel = channel;
    this.up = up;
    up.awaitReady(READY_WITHIN);
    String key = Site.command(data(), "channel", "create", channel).path("key").asString();
    this.rtmpUrl = Site.rtmpUrl(data(), key);
    this.publisher = startPublisher();
  }

  /** Returns when viewers get the channel. */
  static Stage start(Path directory, Path clip, String channel)
      throws IOException, InterruptedException, TimeoutException {
    MillraceProcess up =
        MillraceProcess.start(directory.resolve("data"), MillraceProcess.freePorts("up"));
    try {
      Stage stage = new Stage(directory, clip, channel, up);
      Site.awaitWatchable(stage.edge(), channel);
      return stage;
    } catch (IOException | InterruptedException | TimeoutException | RuntimeException | Error e) {
      up.close();
      throw e;
    }
  }

  private Process startPublisher() throws IOException {
    return Ffmpeg.publish(directory.resolve("publisher.log"), clip, rtmpUrl);
  }

  Path data() {
    return up.data();
  }

  URI edge() {
    return up.http("edge.http");
  }

  String watchPage() {
    return up.http("control") + "/watch/" + channel;
  }

  int viewers() throws IOException, InterruptedException {
    return Site.command(data(), "channel", "show", channel).path("live").path("viewers").asInt();
  }

  /** As a machine does that loses its power. */
  void killPublisher() throws InterruptedException {
    publisher.destroyForcibly().waitFor();
  }

  boolean isPublishing() {
    return publisher.isAlive();
  }

  /** From the clip's beginning, as an encoder that was started again. */
  void publishAgain() throws IOException {
    publisher = startPublisher();
  }

  @Override
  public void close() {
    publisher.destroyForcibly();
    up.close();
  }
}
