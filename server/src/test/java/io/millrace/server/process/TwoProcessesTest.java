package io.millrace.server.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
final class TwoProcessesTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir Path parent;

  /** Links over UDP; the second process finds the first by the data directory around its own. */
  @Test
  void edgeInAnotherProcessServesTheSameBytesAlsoAfterAKill() throws Exception {
    Path data = parent.resolve("data");
    try (MillraceProcess all = Started.ready(data, "demo");
        Playlist here = new Playlist(all.http("edge.http"), "demo")) {
      String lastBeforeKill;
      try (MillraceProcess edge = Started.ready(data.resolve("edge"), "node", "--roles", "edge");
          Playlist there = new Playlist(edge.http("edge.http"), "demo")) {
        lastBeforeKill = assertSameParts(here, there);
        assertThat(all.output())
            .contains(
                ": Node node-", " connected, roles [EDGE]", "link up feed=WINDOW to=127.0.0.1");
        assertThat(edge.output())
            .contains("Connected to the control plane", "link up feed=WINDOW from=127.0.0.1");
        edge.kill();
      }

      try (MillraceProcess again = Started.ready(data.resolve("edge"), "node", "--roles", "edge");
          Playlist there = new Playlist(again.http("edge.http"), "demo")) {
        String lastAfterKill = assertSameParts(here, there);
        assertThat(lastAfterKill).isNotEqualTo(lastBeforeKill);
        again.signal("TERM");
        assertThat(again.awaitExit(Started.LONGEST)).as(again::output).isZero();
      }
      all.signal("TERM");
      assertThat(all.awaitExit(Started.LONGEST)).as(all::output).isZero();
    }
  }

  /** Returns the path of the newest part of those compared. */
  private static String assertSameParts(Playlist here, Playlist there) throws Exception {
    await()
        .atMost(SOON)
        .ignoreExceptions()
        .until(() -> here.video() != null && there.video() != null);
    URI video = there.video();
    assertThat(video.getPath()).isEqualTo(here.video().getPath());
    await().atMost(SOON).until(() -> there.parts(video).size() > 10);
    List<URI> parts = there.parts(video);
    for (URI part : parts) {
      URI same = here.video().resolve(part.getPath());
      assertThat(there.bytes(part)).as(part.getPath()).isEqualTo(here.bytes(same));
    }
    return parts.getLast().getPath();
  }
}
