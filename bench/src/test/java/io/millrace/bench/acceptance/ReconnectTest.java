package io.millrace.bench.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.bench.hls.MediaPlaylist;
import io.millrace.server.process.MillraceProcess;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A publisher that dies comes back to the same playlist, until its grace period is over. */
class ReconnectTest {
  private static final Duration WITHIN = Duration.ofSeconds(30);

  private static final Duration OUTAGE = Duration.ofSeconds(3);

  @TempDir private Path directory;

  @Test
  void theSamePlaylistGoesOnAndEndsAfterTheGracePeriod() throws Exception {
    Ffmpeg.require();
    Path clip = Ffmpeg.clip();
    Path data = directory.resolve("data");
    try (MillraceProcess up = MillraceProcess.start(data, MillraceProcess.freePorts("up"))) {
      up.awaitReady(Duration.ofSeconds(60));
      String key =
          Site.command(data, "channel", "create", "again", "--grace", "15s").path("key").asString();
      String rtmp = Site.rtmpUrl(data, key);
      URI edge = up.http("edge.http");
      Path log = directory.resolve("publisher.log");

      Process publisher = Ffmpeg.publish(log, clip, rtmp);
      String path = Site.awaitWatchable(edge, "again");
      MediaPlaylist before = Site.playlist(edge, path);
      try (PlaylistWatch watch = new PlaylistWatch(edge, path)) {
        publisher.destroyForcibly().waitFor();
        await().pollDelay(OUTAGE).atMost(WITHIN).until(() -> !Site.playlist(edge, path).ended());

        publisher = Ffmpeg.publish(log, clip, rtmp);
        await()
            .atMost(WITHIN)
            .until(() -> Site.playlist(edge, path).openMsn() >= before.openMsn() + 4);
        assertThat(Site.videoPlaylistPath(edge, "again")).isEqualTo(path);

        publisher.destroyForcibly().waitFor();
        await().atMost(WITHIN).until(() -> Site.playlist(edge, path).ended());

        PlaylistWatch.Seen seen = watch.check();
        assertThat(seen.discontinuities()).isEqualTo(1);
        assertThat(seen.playlists()).isGreaterThan(50);
      }

      publisher = Ffmpeg.publish(log, clip, rtmp);
      try {
        await()
            .atMost(WITHIN)
            .ignoreExceptions()
            .until(() -> !Site.videoPlaylistPath(edge, "again").equals(path));
        assertThat(Site.playlist(edge, path).ended()).as("the old timeline stays ended").isTrue();
      } finally {
        publisher.destroyForcibly().waitFor();
      }
    }
  }
}
