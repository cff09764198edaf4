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
      // Encoder, server and decoder share the processors: how smooth it is, a benchmark tells.
      assertThat(seen.path("stalls").asInt()).as("%s", seen).isLessThanOrEqualTo(3);
      assertThat(seen.path("playedSeconds").asDouble()).as("%s", seen).isGreaterThan(7);
      int frames = seen.path("totalFrames").asInt();
      assertThat(frames).as("%s", seen).isGreaterThan(10 * 30 / 2);
      assertThat(seen.path("droppedFrames").asInt()).as("%s", seen).isLessThan(frames / 4);
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
    try (Stage stage = Stage.start(directory, Ffmpeg.clip(), "again")) {
      Browser browser = watchOn(stage, 20);
      stage.killPublisher();
      await()
          .pollDelay(Duration.ofSeconds(3))
          .atMost(Duration.ofSeconds(10))
          .until(() -> !stage.isPublishing());
      stage.publishAgain();

      JsonNode seen = browser.result();
      assertThat(seen.path("state").asString()).as("%s", seen).isEqualTo("playing");
      assertThat(seen.path("goesOn").asBoolean()).as("%s", seen).isTrue();
      assertThat(seen.path("sameHls").asBoolean()).as("not loaded anew: %s", seen).isTrue();
    }
  }

  /** Sound and picture of such a clip do not end together. */
  @Test
  void thePageSaysThatTheBroadcastHasEnded() throws Exception {
    Browser.require();
    Ffmpeg.require();
    try (Stage stage = Stage.start(directory, Ffmpeg.clip(), "over")) {
      Browser browser = watchOn(stage, 15);
      Site.command(stage.data(), "channel", "end", "over");

      JsonNode seen = browser.result();
      assertThat(seen.path("state").asString()).as("%s", seen).isEqualTo("ended");
    }
  }

  /** Returns when the edge has noticed the viewer, who sees the picture. */
  private Browser watchOn(Stage stage, long seconds) throws Exception {
    Browser browser = Browser.watch(directory, stage.watchPage(), seconds);
    browser.awaitPicture();
    await().atMost(Duration.ofSeconds(30)).until(() -> stage.viewers() > 0);
    return browser;
  }
}
