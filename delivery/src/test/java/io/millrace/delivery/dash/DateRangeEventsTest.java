package io.millrace.delivery.dash;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.channel.ChannelId;
import io.millrace.window.PublishedStream;
import io.millrace.window.Windows;
import io.millrace.window.index.TimelineView;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

/** What MPDs say of date ranges, version by version. */
class DateRangeEventsTest {
  private static final long SECOND_NS = 1_000_000_000L;

  private final ChannelId channel = PublishedStream.channelId(1);

  /** A window of six segments of a second each, at least. */
  private final PublishedStream stream = new PublishedStream(channel, 6);

  private static TimelineView view(Windows windows) {
    return windows.window.view().newest().orElseThrow();
  }

  private static ManifestVersion version(Windows windows) {
    return ManifestRenderer.version(view(windows)).orElseThrow();
  }

  private static List<Element> events(TimelineView view, ManifestVersion version) {
    return ReadManifest.parse(ManifestRenderer.manifest(view, version))
        .all("/MPD/Period/EventStream/Event");
  }

  @Test
  void tellsOfAScte35MessageInTheSchemeThatPlayersKnow() {
    try (Windows windows = new Windows(channel)) {
      windows.feed(stream.open()).feed(stream.segments(2));
      windows.feed(
          stream.dateRange(
              "splice", "com.example", SECOND_NS, 2 * SECOND_NS, Map.of("SCTE35-OUT", "0xFC00")));
      windows.feed(stream.segments(2));

      ReadManifest mpd =
          ReadManifest.parse(ManifestRenderer.manifest(view(windows), version(windows)));

      Element events = mpd.one("/MPD/Period/EventStream");
      assertThat(events.getAttribute("schemeIdUri")).isEqualTo("urn:scte:scte35:2014:xml+bin");
      assertThat(events.getTextContent()).isEqualTo("/AA=");
      Element event = mpd.one("/MPD/Period/EventStream/Event");
      assertThat(event.getAttribute("presentationTime")).isEqualTo("1000");
      assertThat(event.getAttribute("duration")).isEqualTo("2000");
    }
  }

  @Test
  void tellsOfOtherRangesByTheirClass() {
    try (Windows windows = new Windows(channel)) {
      windows.feed(stream.open()).feed(stream.segments(2));
      Map<String, String> attributes = Map.of("X-B", "\"b\"", "X-A", "1.5");
      windows.feed(stream.dateRange("long", "com.example", SECOND_NS, -1, attributes));
      windows.feed(stream.dateRange("none", "", -SECOND_NS, 3 * SECOND_NS, Map.of()));
      windows.feed(stream.segments(2));

      List<Element> events = events(view(windows), version(windows));

      assertThat(events).hasSize(2);
      Element none = events.getFirst();
      assertThat(((Element) none.getParentNode()).hasAttribute("value")).isFalse();
      assertThat(none.getAttribute("presentationTime")).isEqualTo("0");
      assertThat(none.getAttribute("duration")).isEqualTo("2000");
      Element endless = events.getLast();
      assertThat(((Element) endless.getParentNode()).getAttribute("value"))
          .isEqualTo("com.example");
      assertThat(endless.getTextContent()).isEqualTo("X-A=1.5,X-B=\"b\"");
      assertThat(endless.hasAttribute("duration")).isFalse();
    }
  }

  @Test
  void aVersionSaysTheSameBeforeAndAfterARangeCame() {
    try (Windows windows = new Windows(channel)) {
      windows.feed(stream.open()).feed(stream.segments(3)).feed(stream.part());
      ManifestVersion version = version(windows);
      TimelineView before = view(windows);
      windows.feed(stream.dateRange("late", 0, -1));

      assertThat(version(windows)).isEqualTo(version);
      assertThat(ManifestRenderer.manifest(view(windows), version))
          .isEqualTo(ManifestRenderer.manifest(before, version));
      windows.feed(stream.segments(2));
      assertThat(events(view(windows), version(windows))).hasSize(1);
      assertThat(events(view(windows), version)).isEmpty();
    }
  }

  @Test
  void noPatchChangesTheEventsOfAPeriod() {
    try (Windows windows = new Windows(channel)) {
      windows.feed(stream.open()).feed(stream.segments(3));
      TimelineView[] views = new TimelineView[14];
      ManifestVersion[] versions = new ManifestVersion[views.length];
      boolean patchable = true;
      int changes = 0;
      int listed = 0;
      for (int i = 0; i < views.length; i++) {
        if (i == 2) {
          windows.feed(stream.dateRange("ad", 4 * SECOND_NS, SECOND_NS));
        }
        windows.feed(stream.segments(1));
        views[i] = view(windows);
        versions[i] = version(windows);
        int now = events(views[i], versions[i]).size();
        if (i > 0) {
          patchable =
              ManifestRenderer.isPatchable(views[i - 1], versions[i - 1], views[i], versions[i]);
          assertThat(patchable).isEqualTo(now == listed);
          changes += patchable ? 0 : 1;
        }
        listed = now;
      }

      // It comes, and it goes.
      assertThat(changes).isEqualTo(2);
      assertThat(patchable).isTrue();
    }
  }
}
