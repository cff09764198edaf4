package io.millrace.bench.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.bench.hls.MediaPlaylist;
import io.millrace.server.process.MillraceProcess;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * A publisher that dies comes back to the same playlist, until its grace period is over; a date
 * range stands in it as long as its segments do.
 */
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
          Site.command(data, "channel create again --grace 15s --segment 1s --window 6s".split(" "))
              .path("key")
              .asString();
      String rtmp = Site.rtmpUrl(data, key);
      URI edge = up.http("edge.http");
      Path log = directory.resolve("publisher.log");

      Process publisher = Ffmpeg.publish(log, clip, rtmp);
      String path = Site.awaitWatchable(edge, "again");
      String range = markEverywhere(data, edge, path);
      MediaPlaylist before = Site.playlist(edge, path);
      try (PlaylistWatch watch = new PlaylistWatch(edge, path)) {
        publisher.destroyForcibly().waitFor();
        await().pollDelay(OUTAGE).atMost(WITHIN).until(() -> !Site.playlist(edge, path).ended());

        publisher = Ffmpeg.publish(log, clip, rtmp);
        await()
            .atMost(WITHIN)
            .until(() -> Site.playlist(edge, path).openMsn() >= before.openMsn() + 4);
        assertThat(Site.videoPlaylistPath(edge, "again")).isEqualTo(path);
        await().atMost(WITHIN).until(() -> !Site.get(edge, path).text().contains(range));

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

  /** Marks a date range; returns its id when it stands in the playlist of every rendition. */
  private static String markEverywhere(Path data, URI edge, String video) throws Exception {
    JsonNode range =
        Site.command(
            data,
            "channel mark again --class com.example.goal --duration 500ms --attribute X-HOME=1.50"
                .concat(" --attribute X-BY=Ada --attribute SCTE35-OUT=0xfc30")
                .split(" "));
    String tag =
        "#EXT-X-DATERANGE:ID=\"%s\",CLASS=\"com.example.goal\",START-DATE=\"%s\",DURATION=0.50000"
                .formatted(range.path("id").asString(), startDate(range))
            + ",SCTE35-OUT=0xFC30,X-BY=\"Ada\",X-HOME=1.5\n";
    List<String> playlists =
        List.of(
            video,
            video.replace("/index.m3u8", "/iframes.m3u8"),
            Site.audioPlaylistPath(edge, "again"));
    for (String playlist : playlists) {
      await()
          .atMost(WITHIN)
          .untilAsserted(() -> assertThat(Site.get(edge, playlist).text()).contains(tag));
    }
    return range.path("id").asString();
  }

  /** To the millisecond, as playlists have it. */
  private static String startDate(JsonNode range) {
    return DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'")
        .format(Instant.parse(range.path("start").asString()).atOffset(ZoneOffset.UTC));
  }
}
