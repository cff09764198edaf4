package io.millrace.delivery.dash;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fabric.FeedMessage;
import io.millrace.media.channel.ChannelId;
import io.millrace.window.PublishedStream;
import io.millrace.window.Windows;
import io.millrace.window.index.TimelineView;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the packager makes of awkward input, as MPDs whose versions are told record by record. */
class ManifestVersionsTest {
  /** As many versions as are looked at again with each record. */
  private static final int REMEMBERED = 5;

  private static final int SCRIPTS = 8;

  private record Told(TimelineView view, ManifestVersion version, String text) {}

  private final ChannelId channel = PublishedStream.channelId(1);
  private final ArrayDeque<Told> told = new ArrayDeque<>();

  static LongStream seeds() {
    return LongStream.range(0, SCRIPTS);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aVersionIsOneText(long seed) {
    try (Windows windows = new Windows(channel)) {
      for (FeedMessage message : PackagedScript.feed(channel, seed)) {
        windows.feed(List.of(message));
        if (message instanceof FeedMessage.Index index) {
          check(windows.window.view().newest().orElseThrow(), index.entry().toString());
        }
      }
      assertThat(told.getLast().version().ended()).isTrue();
    }
  }

  private void check(TimelineView view, String after) {
    Optional<ManifestVersion> now = ManifestRenderer.version(view);
    // There is none either where there are gaps alone.
    if (now.isEmpty()) {
      return;
    }
    if (told.isEmpty() || !told.getLast().version().equals(now.get())) {
      tell(view, now.get(), after);
    }
    for (Told each : told) {
      long publishMs = each.version().publishMs();
      Optional<ManifestVersion> found = ManifestRenderer.publishedAt(view, now.get(), publishMs);
      if (found.isPresent()) {
        assertThat(found).as(after).contains(each.version());
        assertThat(ManifestRenderer.manifest(view, each.version()))
            .as("%s after %s", each.version(), after)
            .isEqualTo(each.text());
        assertThat(ManifestRenderer.publishedAt(view, now.get(), publishMs + 1)).isEqualTo(found);
      }
    }
  }

  /** A version that was not told before is later than all, and patches lead to it. */
  private void tell(TimelineView view, ManifestVersion version, String after) {
    Told newest = new Told(view, version, ManifestRenderer.manifest(view, version));
    if (!told.isEmpty()) {
      Told before = told.getLast();
      assertThat(version.publishMs()).as(after).isGreaterThan(before.version().publishMs());
      patch(before, before.view(), newest);
      patch(told.getFirst(), told.getFirst().view(), newest);
      if (Periods.isWhole(view, before.version().lastMsn())) {
        patch(before, view, newest);
      }
    }
    told.addLast(newest);
    if (told.size() > REMEMBERED) {
      told.removeFirst();
    }
  }

  /** Also where it was told some times that nothing was new. */
  private static void patch(Told from, TimelineView view, Told to) {
    if (!ManifestRenderer.isPatchable(view, from.version(), to.view(), to.version())) {
      return;
    }
    ReadManifest mpd = ReadManifest.parse(from.text());
    long publishMs = from.version().publishMs();
    mpd.apply(ManifestRenderer.unchanged(view, from.version(), publishMs));
    mpd.apply(ManifestRenderer.patch(view, from.version(), publishMs + 1, to.view(), to.version()));
    assertThat(mpd).hasToString(ReadManifest.parse(to.text()).toString());
  }
}
