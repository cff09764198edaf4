package io.millrace.bench.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.server.process.MillraceProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The watch page in a real browser. The last tenths of a second depend on the machine, and are for
 * {@code web/live/watch.mjs} on a quiet one; that the picture goes on, and is live only as parts
 * can make it, does not.
 */
class BrowserTest {
  /** The demo's segments: whoever plays whole ones is further behind than one. */
  private static final int SEGMENT_MS = 2_000;

  @TempDir private Path directory;

  @Test
  void theDemoPlays() throws Exception {
    Browser.require();
    try (MillraceProcess demo =
        MillraceProcess.start(directory.resolve("data"), MillraceProcess.freePorts("demo"))) {
      demo.awaitReady(Duration.ofSeconds(60));

      JsonNode seen = Browser.watch(directory, demo.http("control") + "/watch/demo", 10).result();

      assertThat(seen.path("state").asString()).as("%s", seen).isEqualTo("playing");
      assertThat(seen.path("goesOn").asBoolean()).as("%s", seen).isTrue();
      assertThat(seen.path("stalls").asInt()).as("%s", seen).isLessThanOrEqualTo(1);
      assertThat(seen.path("playedSeconds").asDouble()).as("%s", seen).isGreaterThan(10);
      int frames = seen.path("totalFrames").asInt();
      assertThat(frames).as("%s", seen).isGreaterThan(10 * 30 * 9 / 10);
      assertThat(seen.path("droppedFrames").asInt()).as("%s", seen).isLessThan(frames / 20);
      for (String clock : List.of("programDateTime", "picture")) {
        JsonNode latencyMs = seen.path("latencyMs").path(clock);
        assertThat(latencyMs.path("samples").asInt()).as("%s", seen).isGreaterThan(20);
        assertThat(latencyMs.path("p50").asInt()).as("%s", seen).isBetween(1, SEGMENT_MS);
      }
    }
  }

  @Test
  void theSamePageGoesOnWhenThePublisherComesBack() throws Exception {
    Browser.require();
    Ffmpeg.require();
    Path clip = Ffmpeg.clip(directory, 60);
    Path data = directory.resolve("data");
    try (MillraceProcess up = MillraceProcess.start(data, MillraceProcess.freePorts("up"))) {
      up.awaitReady(Duration.ofSeconds(60));
      String key = Site.command(data, "channel", "create", "again").path("key").asString();
      String rtmp = Site.rtmpUrl(data, key);
      Path log = directory.resolve("publisher.log");
      Process publisher = Ffmpeg.publish(log, clip, rtmp);
      Site.awaitWatchable(up.http("edge.http"), "again");
      Browser browser = Browser.watch(directory, up.http("control") + "/watch/again", 20);
      await().atMost(Duration.ofSeconds(30)).until(() -> viewers(data) > 0);
      publisher.destroyForcibly().waitFor();
      await()
          .pollDelay(Duration.ofSeconds(3))
          .atMost(Duration.ofSeconds(10))
          .until(() -> !publisher.isAlive());
      Process again = Ffmpeg.publish(log, clip, rtmp);
      try {
        JsonNode seen = browser.result();

        assertThat(seen.path("state").asString()).as("%s", seen).isEqualTo("playing");
        assertThat(seen.path("goesOn").asBoolean()).as("%s", seen).isTrue();
        assertThat(seen.path("sameHls").asBoolean()).as("not loaded anew: %s", seen).isTrue();
      } finally {
        again.destroyForcibly().waitFor();
      }
    }
  }

  /** Sound and picture of such a clip do not end together. */
  @Test
  void thePageSaysThatTheBroadcastHasEnded() throws Exception {
    Browser.require();
    Ffmpeg.require();
    Path clip = Ffmpeg.clip(directory, 60);
    Path data = directory.resolve("data");
    try (MillraceProcess up = MillraceProcess.start(data, MillraceProcess.freePorts("up"))) {
      up.awaitReady(Duration.ofSeconds(60));
      String key = Site.command(data, "channel", "create", "again").path("key").asString();
      Process publisher =
          Ffmpeg.publish(directory.resolve("publisher.log"), clip, Site.rtmpUrl(data, key));
      try {
        Site.awaitWatchable(up.http("edge.http"), "again");
        Browser browser = Browser.watch(directory, up.http("control") + "/watch/again", 15);
        await().atMost(Duration.ofSeconds(30)).until(() -> viewers(data) > 0);
        Site.command(data, "channel", "end", "again");

        assertThat(browser.result().path("state").asString()).isEqualTo("ended");
      } finally {
        publisher.destroyForcibly().waitFor();
      }
    }
  }

  private static int viewers(Path data) throws Exception {
    return Site.command(data, "channel", "show", "again").path("live").path("viewers").asInt();
  }
}
