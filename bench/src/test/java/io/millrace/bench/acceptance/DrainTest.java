package io.millrace.bench.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.server.process.MillraceProcess;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that is told to stop takes nobody new, and waits for those who are there. */
class DrainTest {
  private static final Duration WITHIN = Duration.ofSeconds(60);

  @TempDir private Path directory;

  @Test
  void aNodeEndsWhenItsPublisherHasLeft() throws Exception {
    Ffmpeg.require();
    Path clip = Ffmpeg.clip();
    Path data = directory.resolve("data");
    String[] arguments =
        MillraceProcess.freePorts(
            "node", "--roles=control,ingest,packager,origin,edge", "--set", "drain.timeout=10m");
    try (MillraceProcess node = MillraceProcess.start(data, arguments)) {
      node.awaitReady(WITHIN);
      URI edge = node.http("edge.http");
      String key = Site.command(data, "channel", "create", "leaving").path("key").asString();
      Process publisher =
          Ffmpeg.publish(directory.resolve("publisher.log"), clip, Site.rtmpUrl(data, key));
      try {
        Site.awaitWatchable(edge, "leaving");

        node.signal("TERM");

        await().atMost(WITHIN).until(() -> isClosedToNewViewers(edge));
        assertThat(node.isAlive()).isTrue();
        assertThat(publisher.isAlive()).isTrue();

        publisher.destroyForcibly().waitFor();
        assertThat(node.awaitExit(WITHIN)).isZero();
      } finally {
        publisher.destroyForcibly().waitFor();
      }
    }
  }

  private static boolean isClosedToNewViewers(URI edge) {
    try {
      Site.get(edge, "/live/leaving/index.m3u8");
      return false;
    } catch (ConnectException e) {
      return true;
    } catch (IOException e) {
      // It was connected just before the listener closed: the next look tells.
      return false;
    }
  }
}
