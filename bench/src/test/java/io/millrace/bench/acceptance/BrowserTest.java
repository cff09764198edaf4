package io.millrace.bench.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.server.process.MillraceProcess;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The watch page in a real browser. How long the picture takes depends on the machine; that it
 * comes, goes on, and tells the time does not.
 */
class BrowserTest {
  @TempDir private Path directory;

  @Test
  void theDemoPlays() throws Exception {
    Browser.require();
    try (MillraceProcess demo =
        MillraceProcess.start(directory.resolve("data"), MillraceProcess.freePorts("demo"))) {
      demo.awaitReady(Duration.ofSeconds(60));

      JsonNode seen = Browser.watch(directory, demo.http("control") + "/watch/demo", 8).result();

      assertThat(seen.path("state").asString()).as("%s", seen).isEqualTo("playing");
      assertThat(seen.path("goesOn").asBoolean()).as("%s", seen).isTrue();
      assertThat(seen.path("totalFrames").asInt()).as("%s", seen).isGreaterThan(60);
      assertThat(seen.path("latencyMs").path("picture").path("samples").asInt())
          .as("the clock in the picture can be read: %s", seen)
          .isPositive();
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
      } finally {
        again.destroyForcibly().waitFor();
      }
    }
  }

  private static int viewers(Path data) throws Exception {
    return Site.command(data, "channel", "show", "again").path("live").path("viewers").asInt();
  }
}
