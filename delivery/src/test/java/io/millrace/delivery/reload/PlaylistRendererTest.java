package io.millrace.delivery.reload;

import static org.assertj.core.api.Assertions.assertThat;

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
    return PlaylistRenderer.full(timeline, Objects.requireNonNull(timeline.rendition(rendition)));
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
  void claimsIndependentSegmentsWhileAllThatAreListedAre() {
    PublishedStream stream = new PublishedStream(channel, 6);
    try (Windows windows = new Windows(channel)) {
      windows.feed(stream.open()).feed(stream.segments(3));
      assertThat(render(windows, "v1")).contains(INDEPENDENT_SEGMENTS);

      // Segment 3 is cut where its first part comes.
      stream.cutWithoutKeyframe();
      assertThat(render(windows, "v1")).contains(INDEPENDENT_SEGMENTS);
      windows.feed(stream.parts(1));
      assertThat(render(windows, "v1")).doesNotContain(INDEPENDENT_SEGMENTS);
      assertThat(render(windows, "a2")).contains(INDEPENDENT_SEGMENTS);
      windows.feed(stream.parts(PublishedStream.PARTS - 1)).feed(stream.segments(5));
      assertThat(render(windows, "v1")).contains("\n3.m4s\n").doesNotContain(INDEPENDENT_SEGMENTS);

      windows.feed(stream.segments(1));
      assertThat(render(windows, "v1")).doesNotContain("\n3.m4s\n").contains(INDEPENDENT_SEGMENTS);
      assertThat(multivariant(windows)).doesNotContain(INDEPENDENT_SEGMENTS);
    }
  }

  @Test
  void aSegmentWhoseBeginningIsAGapIsIndependentIfWhatFollowsIs() {
    PublishedStream stream = new PublishedStream(channel, 6);
    try (Windows windows = new Windows(channel)) {
      windows.feed(stream.open()).feed(stream.segments(3)).feed(stream.gap());
      assertThat(render(windows, "v1")).contains("GAP=YES").contains(INDEPENDENT_SEGMENTS);

      windows.feed(stream.parts(1));
      assertThat(render(windows, "v1")).doesNotContain(INDEPENDENT_SEGMENTS);
    }
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

      assertThat(multivariant(first)).contains(",RESOLUTION=1280x720,FRAME-RATE=59.940,");
      assertThat(multivariant(late)).isEqualTo(multivariant(first));
    }
  }

  private static String multivariant(Windows windows) {
    return PlaylistRenderer.multivariant(windows.window.view().newest().orElseThrow());
  }

  private List<FeedMessage> snapshot(Windows windows) {
    List<FeedMessage> snapshot = new ArrayList<>();
    snapshot.add(new FeedMessage.SnapshotBegun(channel, Feed.WINDOW));
    windows.window.survivors().forEach(each -> snapshot.add(new FeedMessage.Index(channel, each)));
    snapshot.add(new FeedMessage.SnapshotEnded(channel, Feed.WINDOW, windows.window.lastNumber()));
    return snapshot;
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
