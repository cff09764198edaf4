package io.millrace.media.hls;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.hls.MediaPlaylist.ByteRange;
import io.millrace.media.hls.MediaPlaylist.Control;
import io.millrace.media.hls.MediaPlaylist.DateRanges;
import io.millrace.media.hls.MediaPlaylist.Hint;
import io.millrace.media.hls.MediaPlaylist.Part;
import io.millrace.media.hls.MediaPlaylist.Range;
import io.millrace.media.hls.MediaPlaylist.Report;
import io.millrace.media.hls.MediaPlaylist.Segment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MediaPlaylistWriterTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long UTC_NS = 1_777_629_600_000_000_000L; // 2026-05-01T10:00:00Z

  private static Segment whole(long msn, List<Part> parts) {
    return new Segment(
        msn + ".m4s",
        /* range= */ null,
        2 * SECOND,
        true,
        msn == 102,
        false,
        UTC_NS + (msn - 100) * 2 * SECOND,
        "init-00112233.mp4",
        parts);
  }

  private static Part part(long msn, int part) {
    return new Part(msn + "." + part + ".m4s", SECOND / 5, part == 0, false);
  }

  private static MediaPlaylist playlist(List<Segment> segments, int canSkip, boolean ended) {
    return new MediaPlaylist(
        new Control(2, 210_000_000L, canSkip),
        /* iFramesOnly= */ false,
        /* independentSegments= */ false,
        100,
        7,
        segments,
        List.of(new Hint(Hint.Type.PART, "103.1.m4s")),
        List.of(new Report("../a2/index.m3u8", 103, 0)),
        DateRanges.NONE,
        ended);
  }

  private static List<Segment> segments() {
    Segment open =
        new Segment(
            "103.m4s",
            /* range= */ null,
            SECOND / 5,
            false,
            false,
            false,
            UTC_NS + 6 * SECOND + 5_000_000,
            "init-44556677.mp4",
            List.of(part(103, 0)));
    return List.of(
        whole(100, List.of()),
        whole(101, List.of(part(101, 0), new Part("101.1.m4s", SECOND / 5, false, true))),
        whole(102, List.of(part(102, 0))),
        open);
  }

  @Test
  void writesALivePlaylist() {
    assertThat(MediaPlaylistWriter.full(playlist(segments(), 0, false)))
        .isEqualTo(
            """
            #EXTM3U
            #EXT-X-VERSION:6
            #EXT-X-TARGETDURATION:2
            #EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=0.63000
            #EXT-X-PART-INF:PART-TARGET=0.21000
            #EXT-X-MEDIA-SEQUENCE:100
            #EXT-X-DISCONTINUITY-SEQUENCE:7
            #EXT-X-MAP:URI="init-00112233.mp4"
            #EXT-X-PROGRAM-DATE-TIME:2026-05-01T10:00:00.000Z
            #EXTINF:2.00000,
            100.m4s
            #EXT-X-PROGRAM-DATE-TIME:2026-05-01T10:00:02.000Z
            #EXT-X-PART:DURATION=0.20000,URI="101.0.m4s",INDEPENDENT=YES
            #EXT-X-PART:DURATION=0.20000,URI="101.1.m4s",GAP=YES
            #EXTINF:2.00000,
            101.m4s
            #EXT-X-DISCONTINUITY
            #EXT-X-PROGRAM-DATE-TIME:2026-05-01T10:00:04.000Z
            #EXT-X-PART:DURATION=0.20000,URI="102.0.m4s",INDEPENDENT=YES
            #EXTINF:2.00000,
            102.m4s
            #EXT-X-MAP:URI="init-44556677.mp4"
            #EXT-X-PROGRAM-DATE-TIME:2026-05-01T10:00:06.005Z
            #EXT-X-PART:DURATION=0.20000,URI="103.0.m4s",INDEPENDENT=YES
            #EXT-X-PRELOAD-HINT:TYPE=PART,URI="103.1.m4s"
            #EXT-X-RENDITION-REPORT:URI="../a2/index.m3u8",LAST-MSN=103,LAST-PART=0
            """);
  }

  @Test
  void claimsIndependentSegmentsWhereItIsToldSo() {
    assertThat(MediaPlaylistWriter.full(playlist(segments(), 0, false)))
        .startsWith("#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:2\n")
        .doesNotContain("INDEPENDENT-SEGMENTS");

    List<Segment> segments = new ArrayList<>();
    for (long msn = 100; msn < 130; msn++) {
      segments.add(whole(msn, List.of()));
    }
    assertThat(MediaPlaylistWriter.delta(playlist(segments, 12, false), false))
        .contains("#EXT-X-SKIP")
        .doesNotContain("INDEPENDENT-SEGMENTS");
  }

  @Test
  void closesAnEndedPlaylist() {
    assertThat(MediaPlaylistWriter.full(playlist(segments().subList(0, 2), 0, true)))
        .endsWith("101.m4s\n#EXT-X-ENDLIST\n")
        .doesNotContain("PRELOAD-HINT", "RENDITION-REPORT");
  }

  @Test
  void writesDateRangesAndGaps() {
    Segment gap =
        new Segment("100.m4s", null, SECOND, true, false, true, UTC_NS, "i.mp4", List.of());
    Range range =
        new Range("ad \"1\"", "com.example", UTC_NS, -1, Map.of("X-B", "2", "X-A", "\"1\""), 0, 0);
    MediaPlaylist playlist =
        new MediaPlaylist(
            new Control(1, SECOND, 0),
            /* iFramesOnly= */ false,
            /* independentSegments= */ false,
            100,
            0,
            List.of(gap),
            List.of(),
            List.of(),
            new DateRanges(List.of(range), List.of()),
            /* ended= */ true);

    assertThat(MediaPlaylistWriter.full(playlist))
        .contains("#EXT-X-GAP\n#EXTINF:1.00000,\n100.m4s\n")
        .contains(
            "#EXT-X-DATERANGE:ID=\"ad  1 \",CLASS=\"com.example\","
                + "START-DATE=\"2026-05-01T10:00:00.000Z\",X-A=\"1\",X-B=2\n");
  }

  @Test
  void aDeltaPutBackIntoTheOldPlaylistIsTheNewOne() {
    List<Segment> segments = new ArrayList<>();
    for (long msn = 100; msn < 130; msn++) {
      segments.add(whole(msn, msn > 127 ? List.of(part(msn, 0)) : List.of()));
    }
    MediaPlaylist playlist = playlist(segments, 12, false);

    String full = MediaPlaylistWriter.full(playlist);
    String delta = MediaPlaylistWriter.delta(playlist, false);

    // The last skipped segment ends 14 s before the end, further than the skip boundary.
    assertThat(playlist.skippableSegments()).isEqualTo(23);
    assertThat(delta).contains("#EXT-X-VERSION:9\n", "#EXT-X-SKIP:SKIPPED-SEGMENTS=23\n");
    String skippedLines =
        full.substring(
            full.indexOf("#EXT-X-MAP"), full.indexOf("122.m4s\n") + "122.m4s\n".length());
    assertThat(
            delta
                .replace("VERSION:9", "VERSION:6")
                .replace("#EXT-X-SKIP:SKIPPED-SEGMENTS=23\n", skippedLines))
        .isEqualTo(full);
  }

  @Test
  void aDeltaOfDateRangesLeavesOutThoseThatTheClientHas() {
    List<Segment> segments = new ArrayList<>();
    for (long msn = 100; msn < 130; msn++) {
      segments.add(whole(msn, List.of()));
    }
    MediaPlaylist playlist =
        new MediaPlaylist(
            new Control(2, 210_000_000L, 12),
            /* iFramesOnly= */ false,
            /* independentSegments= */ false,
            100,
            7,
            segments,
            List.of(),
            List.of(),
            new DateRanges(
                List.of(
                    new Range("old", "", UTC_NS, -1, Map.of(), 122, 12 * SECOND),
                    new Range("aged", "", UTC_NS, -1, Map.of(), 123, 12 * SECOND + 1),
                    new Range("new", "", UTC_NS, -1, Map.of(), 123, 12 * SECOND)),
                List.of("gone", "gone too")),
            /* ended= */ false);

    assertThat(MediaPlaylistWriter.delta(playlist, true))
        .contains("#EXT-X-VERSION:10\n", "#EXT-X-DATERANGE:ID=\"new\"")
        .contains(
            "#EXT-X-SKIP:SKIPPED-SEGMENTS=23,RECENTLY-REMOVED-DATERANGES=\"gone\tgone too\"\n")
        .contains(",CAN-SKIP-UNTIL=12.0,CAN-SKIP-DATERANGES=YES\n")
        .doesNotContain("ID=\"old\"", "ID=\"aged\"");
    assertThat(MediaPlaylistWriter.delta(playlist, false))
        .contains("#EXT-X-VERSION:9\n", "ID=\"old\"", "ID=\"aged\"", "ID=\"new\"")
        .contains("SKIPPED-SEGMENTS=23\n");
  }

  @Test
  void theSkipBoundaryIsMeasuredFromTheEndOfTheLastWholeSegment() {
    List<Segment> segments = new ArrayList<>();
    for (long msn = 100; msn < 110; msn++) {
      segments.add(whole(msn, List.of()));
    }
    assertThat(playlist(segments, 12, false).skippableSegments()).isEqualTo(3);

    Segment open =
        new Segment(
            "110.m4s",
            /* range= */ null,
            9 * SECOND / 5,
            /* complete= */ false,
            /* discontinuity= */ false,
            /* gap= */ false,
            UTC_NS + 20 * SECOND,
            "init-00112233.mp4",
            List.of(part(110, 0)));
    segments.add(open);
    MediaPlaylist playlist = playlist(segments, 12, false);
    // Segment 103 ends 12 s before the end of 109, and 13.8 s before the end of the open one's
    // parts.
    assertThat(playlist.skippableSegments()).isEqualTo(3);
    assertThat(MediaPlaylistWriter.delta(playlist, false))
        .contains("#EXT-X-SKIP:SKIPPED-SEGMENTS=3\n", "\n103.m4s\n", "110.0.m4s")
        .doesNotContain("102.m4s");
  }

  @Test
  void writesAnIFramePlaylist() {
    Segment picture =
        new Segment(
            "100.m4s",
            new ByteRange(41_123, 0),
            2 * SECOND,
            true,
            false,
            false,
            UTC_NS,
            "i.mp4",
            List.of());
    Segment none =
        new Segment(
            "101.m4s",
            null,
            2 * SECOND,
            true,
            false,
            true,
            UTC_NS + 2 * SECOND,
            "i.mp4",
            List.of());
    MediaPlaylist playlist =
        new MediaPlaylist(
            new Control(2, 210_000_000L, 12),
            /* iFramesOnly= */ true,
            /* independentSegments= */ true,
            100,
            0,
            List.of(picture, none),
            List.of(),
            List.of(),
            DateRanges.NONE,
            /* ended= */ false);

    assertThat(MediaPlaylistWriter.full(playlist))
        .isEqualTo(
            """
            #EXTM3U
            #EXT-X-VERSION:5
            #EXT-X-INDEPENDENT-SEGMENTS
            #EXT-X-I-FRAMES-ONLY
            #EXT-X-TARGETDURATION:2
            #EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=0.63000,CAN-SKIP-UNTIL=12.0,CAN-SKIP-DATERANGES=YES
            #EXT-X-MEDIA-SEQUENCE:100
            #EXT-X-DISCONTINUITY-SEQUENCE:0
            #EXT-X-MAP:URI="i.mp4"
            #EXT-X-PROGRAM-DATE-TIME:2026-05-01T10:00:00.000Z
            #EXTINF:2.00000,
            #EXT-X-BYTERANGE:41123@0
            100.m4s
            #EXT-X-PROGRAM-DATE-TIME:2026-05-01T10:00:02.000Z
            #EXT-X-GAP
            #EXTINF:2.00000,
            101.m4s
            """);
  }

  @Test
  void hintsTheInitSectionThatComesNext() {
    MediaPlaylist playlist =
        new MediaPlaylist(
            new Control(2, 210_000_000L, 0),
            /* iFramesOnly= */ false,
            /* independentSegments= */ false,
            100,
            0,
            segments().subList(0, 2),
            List.of(new Hint(Hint.Type.MAP, "next.mp4"), new Hint(Hint.Type.PART, "102.0.m4s")),
            List.of(),
            DateRanges.NONE,
            /* ended= */ false);

    assertThat(MediaPlaylistWriter.full(playlist))
        .endsWith(
            """
            #EXT-X-PRELOAD-HINT:TYPE=MAP,URI="next.mp4"
            #EXT-X-PRELOAD-HINT:TYPE=PART,URI="102.0.m4s"
            """);
  }

  @Test
  void aDeltaWithNothingToSkipIsTheWholePlaylist() {
    MediaPlaylist playlist = playlist(segments(), 12, false);

    assertThat(MediaPlaylistWriter.delta(playlist, false))
        .isEqualTo(MediaPlaylistWriter.full(playlist));
  }
}
