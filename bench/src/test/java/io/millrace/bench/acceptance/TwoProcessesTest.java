package io.millrace.bench.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.bench.hls.MediaPlaylist;
import io.millrace.bench.http.HttpAnswer;
import io.millrace.bench.process.Deployment;
import io.millrace.media.Bytes;
import io.millrace.server.data.Endpoints;
import java.net.URI;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An edge in a process of its own, fed over UDP, has the same bytes as the one beside the origin;
 * it comes back from SIGKILL; and neither viewing nor publishing needs the control plane.
 */
class TwoProcessesTest {
  private static final Duration WITHIN = Duration.ofSeconds(30);

  @TempDir private Path directory;

  @Test
  void theFarEdgeHasTheSameBytesAndComesBack() throws Exception {
    Ffmpeg.require();
    Path clip = Ffmpeg.clip();
    try (Deployment deployment =
        Deployment.start(directory, "control,ingest,packager,origin,edge", "edge")) {
      Deployment.Channel channel = deployment.createChannel("twice");
      Process publisher = publish(deployment, clip, channel.key());
      try {
        URI near = deployment.control().http("edge.http");
        URI far = deployment.process("edge").http("edge.http");
        String path = Site.awaitWatchable(near, channel.name());
        assertThat(Site.awaitWatchable(far, channel.name())).isEqualTo(path);

        String sound = Site.audioPlaylistPath(near, channel.name());
        assertSameParts(near, far, path);
        assertSameParts(near, far, sound);

        deployment.process("edge").kill();
        MediaPlaylist.Part atKill = Site.playlist(near, path).parts().getLast();
        URI farAgain = deployment.start("edge").http("edge.http");
        await()
            .atMost(WITHIN)
            .ignoreExceptions()
            .until(() -> isAfter(Site.playlist(farAgain, path).parts().getLast(), atKill));
        assertSameParts(near, farAgain, path);
        assertSameParts(near, farAgain, sound);
      } finally {
        publisher.destroyForcibly().waitFor();
      }
    }
  }

  @Test
  void viewingAndPublishingGoOnWithoutTheControlPlane() throws Exception {
    Ffmpeg.require();
    Path clip = Ffmpeg.clip();
    try (Deployment deployment =
        Deployment.start(directory, "control", "ingest,packager,origin,edge")) {
      Deployment.Channel first = deployment.createChannel("first");
      Deployment.Channel second = deployment.createChannel("second");
      Process publisher = publish(deployment, clip, first.key());
      URI edge = deployment.edge();
      String path = Site.awaitWatchable(edge, "first");

      deployment.process("control").stop();
      MediaPlaylist atStop = Site.playlist(edge, path);
      Process another = publish(deployment, clip, second.key());
      try {
        Site.awaitWatchable(edge, "second");
        await()
            .atMost(WITHIN)
            .until(() -> Site.playlist(edge, path).openMsn() >= atStop.openMsn() + 2);

        deployment.start("control");

        await()
            .atMost(WITHIN)
            .until(
                () ->
                    live(deployment, "first").equals("live")
                        && live(deployment, "second").equals("live"));
      } finally {
        publisher.destroyForcibly().waitFor();
        another.destroyForcibly().waitFor();
      }
    }
  }

  private static boolean isAfter(MediaPlaylist.Part part, MediaPlaylist.Part other) {
    return part.msn() > other.msn() || (part.msn() == other.msn() && part.part() > other.part());
  }

  private static String live(Deployment deployment, String channel) throws Exception {
    return deployment.json("channel", "show", channel).path("live").path("state").asString();
  }

  private static void assertSameParts(URI near, URI far, String path) throws Exception {
    String directory = path.substring(0, path.lastIndexOf('/') + 1);
    List<MediaPlaylist.Part> parts = Site.playlist(near, path).parts();
    assertThat(parts).hasSizeGreaterThan(10);
    for (MediaPlaylist.Part part : parts) {
      assertThat(sha256(Site.get(far, directory + part.uri())))
          .as("SHA-256 of %s", part.uri())
          .isEqualTo(sha256(Site.get(near, directory + part.uri())));
    }
  }

  private static String sha256(HttpAnswer answer) throws Exception {
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return Bytes.wrap(MessageDigest.getInstance("SHA-256").digest(answer.body().toArray())).toHex();
  }

  private Process publish(Deployment deployment, Path clip, String key) throws Exception {
    Endpoints.Endpoint rtmp = deployment.rtmp();
    return Ffmpeg.publish(
        directory.resolve("publisher-" + key.hashCode() + ".log"),
        clip,
        "rtmp://%s:%d/live/%s".formatted(rtmp.host(), rtmp.port(), key));
  }
}
