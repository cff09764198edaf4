package io.millrace.delivery.reload;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.delivery.reload.ReloadDirectives.Skip;
import io.millrace.fabric.Feed;
import io.millrace.fabric.FeedMessage;
import io.millrace.media.channel.ChannelId;
import io.millrace.window.PublishedStream;
import io.millrace.window.Windows;
import io.millrace.window.index.TimelineView;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class PlaylistRendererTest {
  private static final String INDEPENDENT_SEGMENTS = "#EXT-X-INDEPENDENT-SEGMENTS\n";

  private final ChannelId channel = PublishedStream.channelId(1);

  private static String render(Windows windows, String rendition) {
    TimelineView timeline = windows.window.view().newest().orElseThrow();
    return PlaylistRenderer.media(
        timeline, Objects.requireNonNull(timeline.rendition(rendition)), Skip.NOTHING);
  }

  @Test
  void rendersAWindowWithADiscontinuity() {
    PublishedStream stream = new PublishedStream(channel, 6);
    try (Windows windows = new Windows(channel)) {
      windows.feed(stream.open()).feed(stream.segments(5)).feed(stream.discontinuity());
      windows.feed(stream.segments(3)).feed(stream.parts(1));

      assertThat(render(windows, "a2").replaceAll("init-[0-9a-f]{16}", "init-HASH"))
          .isEqualTo(
              """
              #EXTM3U
              #EXT-X-VERSION:6
              #EXT-X-INDEPENDENT-SEGMENTS
              #EXT-X-TARGETDURATION:1
              #EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=0.63000
              #EXT-X-PART-INF:PART-TARGET=0.21000
              #EXT-X-MEDIA-SEQUENCE:2
              #EXT-X-DISCONTINUITY-SEQUENCE:0
              #EXT-X-MAP:URI="init-HASH.mp4"
              #EXT-X-PROGRAM-DATE-TIME:2026-05-01T10:00:02.000Z
              #EXTINF:1.00000,
              2.m4s
              #EXT-X-PROGRAM-DATE-TIME:2026-05-01T10:00:03.000Z
              #EXTINF:1.00000,
              3.m4s
              #EXT-X-PROGRAM-DATE-TIME:2026-05-01T10:00:04.000Z
              #EXTINF:1.00000,
              4.m4s
              #EXT-X-DISCONTINUITY
              #EXT-X-PROGRAM-DATE-TIME:2026-05-01T10:00:05.000Z
              """
                  + segment(5)
                  + "#EXT-X-PROGRAM-DATE-TIME:2026-05-01T10:00:06.000Z\n"
                  + segment(6)
                  + "#EXT-X-PROGRAM-DATE-TIME:2026-05-01T10:00:07.000Z\n"
                  + segment(7)
                  + """
                  #EXT-X-PROGRAM-DATE-TIME:2026-05-01T10:00:08.000Z
                  #EXT-X-PART:DURATION=0.20000,URI="8.0.m4s",INDEPENDENT=YES
                  #EXT-X-PRELOAD-HINT:TYPE=PART,URI="8.1.m4s"
                  #EXT-X-RENDITION-REPORT:URI="../v1/index.m3u8",LAST-MSN=8,LAST-PART=0
                  """);
    }
  }

  private static String segment(int msn) {
    StringBuilder lines = new StringBuilder();
    for (int part = 0; part < PublishedStream.PARTS; part++) {
      lines.append(
          "#EXT-X-PART:DURATION=0.20000,URI=\"%d.%d.m4s\",INDEPENDENT=YES\n".formatted(msn, part));
    }
    return lines + "#EXTINF:1.00000,\n" + msn + ".m4s\n";
  }

  @Test
  void aSegmentHasTheDateOfItsPresentation() {
    PublishedStream stream = new PublishedStream(channel, 6);
    try (Windows windows = new Windows(channel)) {
      stream.keyframeOffset(1_440);
      windows.feed(stream.open()).feed(stream.segments(1)).feed(stream.gap());

      assertThat(render(windows, "v1"))
          .contains("#EXT-X-PROGRAM-DATE-TIME:2026-05-01T10:00:00.016Z\n")
          .contains("#EXT-X-PROGRAM-DATE-TIME:2026-05-01T10:00:01.000Z\n");
      assertThat(render(windows, "a2"))
          .contains("#EXT-X-PROGRAM-DATE-TIME:2026-05-01T10:00:00.000Z\n");
    }
  }

  @Test
  void claimsIndependentSegmentsOfSoundAndNeverOfPicturesWhereACutMayBelieIt() {
    PublishedStream stream = new PublishedStream(channel, 6);
    try (Windows windows = new Windows(channel)) {
      windows.feed(stream.open()).feed(stream.segments(3));
      assertIndependentSegments(windows);

      stream.cutWithoutKeyframe();
      windows.feed(stream.parts(1));
      assertIndependentSegments(windows);
      windows.feed(stream.parts(PublishedStream.PARTS - 1)).feed(stream.gap());
      assertIndependentSegments(windows);
    }
  }

  private static void assertIndependentSegments(Windows windows) {
    assertThat(render(windows, "v1")).doesNotContain(INDEPENDENT_SEGMENTS);
    assertThat(render(windows, "a2")).contains(INDEPENDENT_SEGMENTS);
    assertThat(iFrames(windows)).contains(INDEPENDENT_SEGMENTS);
    assertThat(multivariant(windows)).doesNotContain(INDEPENDENT_SEGMENTS);
  }

  @Test
  void aFrameRateThatWasLearnedLateIsInTheMultivariantPlaylistOfEveryNode() {
    PublishedStream stream = new PublishedStream(channel, 6);
    try (Windows first = new Windows(channel);
        Windows late = new Windows(channel)) {
      first.feed(stream.open()).feed(stream.describeVideo(0)).feed(stream.segments(2));
      assertThat(multivariant(first)).doesNotContain("FRAME-RATE");
      first.feed(stream.describeVideo(60_000 / 1001.0)).feed(stream.segments(20));
      late.feed(snapshot(first));

      assertThat(multivariant(first))
          .contains(",RESOLUTION=1280x720,FRAME-RATE=59.940,VIDEO-RANGE=SDR,");
      assertThat(multivariant(late)).isEqualTo(multivariant(first));
    }
  }

  private static String multivariant(Windows windows) {
    return MultivariantRenderer.render(windows.window.view().newest().orElseThrow());
  }

  private List<FeedMessage> snapshot(Windows windows) {
    List<FeedMessage> snapshot = new ArrayList<>();
    snapshot.add(new FeedMessage.SnapshotBegun(channel, Feed.WINDOW));
    windows.window.survivors().forEach(each -> snapshot.add(new FeedMessage.Index(channel, each)));
    snapshot.add(new FeedMessage.SnapshotEnded(channel, Feed.WINDOW, windows.window.lastNumber()));
    return snapshot;
  }

  private static String render(Windows windows, Skip skip) {
    TimelineView timeline = windows.window.view().newest().orElseThrow();
    return PlaylistRenderer.media(timeline, Objects.requireNonNull(timeline.rendition("v1")), skip);
  }

  private static String iFrames(Windows windows) {
    TimelineView timeline = windows.window.view().newest().orElseThrow();
    return PlaylistRenderer.iFrames(
        timeline, Objects.requireNonNull(timeline.rendition("v1")), Skip.NOTHING);
  }

  @Test
  void listsTheKeyframeOfEachWholeSegment() {
    PublishedStream stream = new PublishedStream(channel, 6);
    try (Windows windows = new Windows(channel)) {
      windows.feed(stream.open()).feed(stream.segments(1));
      stream.cutWithoutKeyframe();
      windows.feed(stream.segments(1)).feed(stream.parts(2));

      assertThat(iFrames(windows).replaceAll("init-[0-9a-f]{16}", "init-HASH"))
          .isEqualTo(
              """
              #EXTM3U
              #EXT-X-VERSION:5
              #EXT-X-INDEPENDENT-SEGMENTS
              #EXT-X-I-FRAMES-ONLY
              #EXT-X-TARGETDURATION:1
              #EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=0.63000
              #EXT-X-MEDIA-SEQUENCE:0
              #EXT-X-DISCONTINUITY-SEQUENCE:0
              #EXT-X-MAP:URI="init-HASH.mp4"
              #EXT-X-PROGRAM-DATE-TIME:2026-05-01T10:00:00.000Z
              #EXTINF:1.00000,
              #EXT-X-BYTERANGE:1500@0
              0.m4s
              #EXT-X-PROGRAM-DATE-TIME:2026-05-01T10:00:01.000Z
              #EXT-X-GAP
              #EXTINF:1.00000,
              1.m4s
              """);
      assertThat(multivariant(windows))
          .contains("#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=12000,AVERAGE-BANDWIDTH=6000,")
          .contains("/v1/iframes.m3u8\"\n");
    }
  }

  @Test
  void hintsTheInitSectionOfThePartThatComesNext() {
    PublishedStream stream = new PublishedStream(channel, 6);
    try (Windows windows = new Windows(channel)) {
      windows.feed(stream.open()).feed(stream.segments(2)).feed(stream.changeSound(44_100));

      String before = render(windows, "a2");
      windows.feed(stream.parts(1));
      String after = render(windows, "a2");

      String map = before.substring(before.indexOf("#EXT-X-PRELOAD-HINT"));
      assertThat(map).containsPattern("TYPE=MAP,URI=\"(init-[0-9a-f]{16}.mp4)\"\n");
      String uri = map.substring(map.indexOf("init-"), map.indexOf(".mp4") + 4);
      assertThat(map).contains("TYPE=PART,URI=\"2.0.m4s\"\n");
      assertThat(after)
          .contains("#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI=\"" + uri + "\"\n")
          .contains("#EXT-X-PART:DURATION=0.20000,URI=\"2.0.m4s\"")
          .contains("#EXTINF:1.00000,\n1.m4s\n")
          .doesNotContain("TYPE=MAP");
      assertThat(render(windows, "v1")).doesNotContain("TYPE=MAP");
    }
  }

  @Test
  void aDeltaOfDateRangesHasThoseThatAreNewAndNamesThoseThatWent() {
    PublishedStream stream = new PublishedStream(channel, 30);
    try (Windows windows = new Windows(channel)) {
      windows.feed(stream.open()).feed(stream.segments(2));
      windows.feed(stream.dateRange("short", 1_000_000_000L, 1_000_000_000L));
      windows.feed(stream.dateRange("endless", 1_000_000_000L, -1));
      windows.feed(stream.segments(28)).feed(stream.parts(1));

      assertThat(render(windows, Skip.SEGMENTS_AND_DATE_RANGES))
          .contains("RECENTLY-REMOVED-DATERANGES=\"\"\n", "CAN-SKIP-DATERANGES=YES")
          .doesNotContain("#EXT-X-DATERANGE");
      assertThat(render(windows, Skip.SEGMENTS)).contains("ID=\"short\"", "ID=\"endless\"");

      windows.feed(stream.dateRange("new", 40_000_000_000L, -1)).feed(stream.segments(4));
      assertThat(render(windows, Skip.SEGMENTS_AND_DATE_RANGES))
          .contains("RECENTLY-REMOVED-DATERANGES=\"short\"\n", "#EXT-X-DATERANGE:ID=\"new\"")
          .doesNotContain("ID=\"endless\"");
      assertThat(render(windows, Skip.NOTHING)).contains("ID=\"endless\"", "ID=\"new\"");
    }
  }

  @Test
  void aDeltaLeavesOutADateRangeAsSoonAsItIsOlderThanTheSkipBoundary() {
    PublishedStream stream = new PublishedStream(channel, 30);
    try (Windows windows = new Windows(channel)) {
      windows.feed(stream.open()).feed(stream.segments(20)).feed(stream.parts(2));
      windows.feed(stream.dateRange("ad", 1_000_000_000L, -1));
      assertThat(render(windows, Skip.SEGMENTS_AND_DATE_RANGES)).contains("ID=\"ad\"");

      // Six target durations from the part on that came next; segment 20 is listed still.
      windows.feed(stream.parts(31));
      assertThat(render(windows, Skip.SEGMENTS_AND_DATE_RANGES)).contains("ID=\"ad\"");
      windows.feed(stream.parts(1));
      assertThat(render(windows, Skip.SEGMENTS_AND_DATE_RANGES))
          .contains("\n20.m4s\n")
          .doesNotContain("ID=\"ad\"");
      assertThat(render(windows, Skip.SEGMENTS)).contains("ID=\"ad\"");
    }
  }

  @Test
  void aDateRangeThatCameWhileThePublisherWasAwayIsAddedWhenItIsBack() {
    PublishedStream stream = new PublishedStream(channel, 30);
    try (Windows windows = new Windows(channel)) {
      windows.feed(stream.open()).feed(stream.segments(20));
      windows.feed(stream.dateRange("before", 1_000_000_000L, -1)).feed(stream.segments(1));
      windows.feed(stream.dateRange("away", 1_000_000_000L, -1));
      windows.feed(stream.reconnect(7_000_000_000L)).feed(stream.parts(1));

      assertThat(render(windows, Skip.SEGMENTS_AND_DATE_RANGES))
          .contains("ID=\"away\"")
          .doesNotContain("ID=\"before\"");
    }
  }

  @Test
  void whoJoinedLateLeavesOutTheSameDateRanges() {
    PublishedStream stream = new PublishedStream(channel, 12);
    try (Windows first = new Windows(channel)) {
      first.feed(stream.open()).feed(stream.segments(15));
      for (int part = 0; part < 60; part++) {
        first.feed(stream.dateRange("ad" + part, 1_000_000_000L, -1)).feed(stream.parts(1));
        try (Windows late = new Windows(channel)) {
          late.feed(snapshot(first));
          assertThat(render(late, Skip.SEGMENTS_AND_DATE_RANGES))
              .contains("#EXT-X-SKIP")
              .isEqualTo(render(first, Skip.SEGMENTS_AND_DATE_RANGES));
        }
      }
    }
  }

  @Test
  void thousandsOfSegmentsFitInAPlaylistAndADeltaOfThemIsSmall() {
    PublishedStream stream = new PublishedStream(channel, 3_600).partBytes(40, 10);
    try (Windows windows = new Windows(channel)) {
      windows.feed(stream.open()).feed(stream.segments(3_700)).feed(stream.parts(2));

      String full = render(windows, Skip.NOTHING);
      String delta = render(windows, Skip.SEGMENTS);

      assertThat(full).contains("#EXT-X-MEDIA-SEQUENCE:100\n", "\n100.m4s\n", "\n3699.m4s\n");
      assertThat(full.length()).isLessThan(360_000);
      assertThat(delta).contains("SKIPPED-SEGMENTS=3593\n", "\n3693.m4s\n");
      assertThat(delta.length()).isLessThan(3_000);
    }
  }

  @Test
  void aNodeThatJoinedLateRendersTheSameBytes() {
    PublishedStream stream = new PublishedStream(channel, 12);
    try (Windows first = new Windows(channel);
        Windows late = new Windows(channel)) {
      first.feed(stream.open()).feed(stream.segments(7)).feed(stream.discontinuity());
      first.feed(stream.segments(10)).feed(stream.parts(3));
      late.feed(snapshot(first));

      for (int step = 0; step < 40; step++) {
        assertThat(render(late, "v1")).isEqualTo(render(first, "v1"));
        assertThat(render(late, "a2")).isEqualTo(render(first, "a2"));
        assertThat(multivariant(late)).isEqualTo(multivariant(first));
        List<FeedMessage> next = stream.part();
        first.feed(next);
        late.feed(next);
      }
    }
  }
}
