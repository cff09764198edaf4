package io.millrace.media.dash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.media.Bytes;
import io.millrace.media.dash.MediaPresentation.AdaptationSet;
import io.millrace.media.dash.MediaPresentation.Event;
import io.millrace.media.dash.MediaPresentation.EventStream;
import io.millrace.media.dash.MediaPresentation.PatchLocation;
import io.millrace.media.dash.MediaPresentation.Period;
import io.millrace.media.dash.MediaPresentation.Representation;
import io.millrace.media.dash.MediaPresentation.Segment;
import io.millrace.media.track.AacConfiguration;
import io.millrace.media.track.Ac3Configuration;
import io.millrace.media.track.AvcConfiguration;
import io.millrace.media.track.CodecConfiguration;
import io.millrace.media.track.Colour;
import io.millrace.media.track.HevcConfiguration;
import io.millrace.media.track.OpusConfiguration;
import io.millrace.media.track.PictureFormat;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import io.millrace.media.track.Vp9Configuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Compares documents with files that can be read. {@code -Dmillrace.golden.rewrite=true} writes
 * them anew.
 */
class ManifestWriterTest {
  private static final Path GOLDEN = Path.of("src/test/resources/io/millrace/media/dash");

  /** 2026-05-01T10:00:00Z. */
  private static final long UTC_NS = 1_777_629_600_000_000_000L;

  private static final long SECOND_NS = 1_000_000_000L;
  private static final long MEDIA_SECONDS = 10;
  private static final int NO_GAP = -1;

  private static void assertGolden(String name, String text) throws IOException {
    Path file = GOLDEN.resolve(name);
    if (Boolean.getBoolean("millrace.golden.rewrite")) {
      Files.createDirectories(GOLDEN);
      Files.writeString(file, text);
    }
    assertThat(text).isEqualTo(Files.readString(file));
  }

  /** Segments of 2 s from {@code first} to {@code last}, which is open. */
  private static MediaPresentation live(int first, int last) {
    return presentation(last, /* ended= */ false, List.of(period(0, first, last, NO_GAP, -1)));
  }

  private static MediaPresentation presentation(int last, boolean ended, List<Period> periods) {
    long publishUtcNs = UTC_NS + 2L * last * SECOND_NS + (ended ? 2 * SECOND_NS : 200_000_000L);
    return new MediaPresentation(
        "01900000-0000-7000-8000-000000000001",
        ended,
        publishUtcNs,
        "01900000-0000-7000-8000-000000000001/",
        "/time",
        ended
            ? Optional.empty()
            : Optional.of(new PatchLocation(publishUtcNs / 1_000_000 + ".mpp", 4)),
        new MediaPresentation.Timing(
            SECOND_NS, 60 * SECOND_NS, 2_500_000_000L, 210_000_000L, 1_200_000_000L),
        periods);
  }

  private static Period period(int from, int first, int last, int gap, long durationNs) {
    AvcConfiguration avc =
        new AvcConfiguration(Bytes.ofHex("0164001f"), 0x64, 0, 0x1f, 4, 1280, 720, 30_000 / 1001.0);
    AacConfiguration aac = new AacConfiguration(Bytes.ofHex("1190"), 2, 48_000, 2, 1024);
    Track video = Track.of(1, TrackKind.VIDEO, avc, 90_000);
    Track sound =
        new Track(2, TrackKind.AUDIO, aac, 48_000, "de", "", "Ton & <Wort>", "", /* clear */ "");
    return new Period(
        "p" + from,
        UTC_NS + 2L * from * SECOND_NS,
        durationNs,
        /* events= */ List.of(),
        List.of(
            new AdaptationSet(1, List.of(representation(video, from, first, last, gap))),
            new AdaptationSet(2, List.of(representation(sound, from, first, last, NO_GAP)))));
  }

  private static Representation representation(
      Track track, int from, int first, int last, int gap) {
    List<Segment> segments = new ArrayList<>();
    for (int msn = first; msn <= last; msn++) {
      long ticks = track.timescale();
      long start = (MEDIA_SECONDS + 2L * msn) * ticks;
      segments.add(new Segment(start, msn == last ? ticks * 5 / 2 : 2 * ticks, msn == gap));
    }
    return new Representation(
        track,
        "$RepresentationID$/init-0011223344556677.mp4",
        track.kind() == TrackKind.VIDEO ? 2_500_000 : 130_000,
        (MEDIA_SECONDS + 2L * from) * track.timescale(),
        /* independent= */ true,
        first,
        segments);
  }

  @Test
  void writesALivePresentation() throws IOException {
    assertGolden("live.mpd", ManifestWriter.write(live(3, 6)));
  }

  @Test
  void writesThePatchToTheNextSegment() throws IOException {
    assertGolden("next.mpp", ManifestWriter.patch(live(3, 6), live(4, 7)));
  }

  @Test
  void beginsAPeriodAfterADiscontinuity() throws IOException {
    MediaPresentation later =
        presentation(
            8,
            /* ended= */ false,
            List.of(period(0, 4, 6, NO_GAP, -1), period(7, 7, 8, NO_GAP, -1)));

    assertGolden("discontinuity.mpd", ManifestWriter.write(later));
    assertGolden("discontinuity.mpp", ManifestWriter.patch(live(3, 6), later));
  }

  @Test
  void marksAGap() throws IOException {
    MediaPresentation gap =
        presentation(6, /* ended= */ false, List.of(period(0, 3, 6, /* gap= */ 4, -1)));

    assertGolden("gap.mpd", ManifestWriter.write(gap));
  }

  @Test
  void becomesStaticWhenItHasEnded() throws IOException {
    MediaPresentation ended =
        presentation(6, /* ended= */ true, List.of(period(0, 3, 6, NO_GAP, 14_500_000_000L)));

    assertGolden("ended.mpd", ManifestWriter.write(ended));
    assertGolden("ended.mpp", ManifestWriter.patch(live(3, 6), ended));
  }

  @Test
  void eventsStandBeforeTheMediaOfTheirPeriod() {
    Period without = period(0, 3, 6, NO_GAP, -1);
    List<EventStream> events =
        List.of(
            new EventStream(
                EventStream.Scheme.SCTE35, "", List.of(new Event(0xFFFF_FFFFL, 0, -1, "/DA="))),
            new EventStream(
                EventStream.Scheme.DATE_RANGE,
                "com.example",
                List.of(new Event(7, 1_500, 250, "X-A=\"<1>\""), new Event(8, 9_000, 0, ""))));
    Period period =
        new Period(without.id(), without.startUtcNs(), -1, events, without.adaptationSets());

    assertThat(ManifestWriter.write(presentation(6, /* ended= */ false, List.of(period))))
        .contains(
            """
              <EventStream schemeIdUri="urn:scte:scte35:2014:xml+bin" timescale="1000">
               <Event presentationTime="0" id="4294967295">
                <Signal xmlns="http://www.scte.org/schemas/35/2016">
                 <Binary>/DA=</Binary>
                </Signal>
               </Event>
              </EventStream>
              <EventStream schemeIdUri="urn:millrace:date-range:2026" value="com.example" timescale="1000">
               <Event presentationTime="1500" duration="250" id="7">X-A=&quot;&lt;1&gt;&quot;</Event>
               <Event presentationTime="9000" duration="0" id="8"/>
              </EventStream>
              <AdaptationSet\
            """);
  }

  private static String written(TrackKind kind, CodecConfiguration codec) {
    Representation one = representation(Track.of(1, kind, codec, 48_000), 0, 3, 6, NO_GAP);
    Period period =
        new Period("p0", UTC_NS, -1, List.of(), List.of(new AdaptationSet(1, List.of(one))));
    return ManifestWriter.write(presentation(6, /* ended= */ false, List.of(period)));
  }

  private static String pictured(int aspectWidth, int aspectHeight, @Nullable Colour colour) {
    PictureFormat picture =
        new PictureFormat(720, 576, aspectWidth, aspectHeight, 25, 8, 1, colour, null, null);
    Bytes vpcC = Bytes.ofHex("00 1e 82 02 02 02 0000");
    return written(TrackKind.VIDEO, Vp9Configuration.parse(vpcC).withPicture(picture));
  }

  @Test
  void tellsTheShapeOfPixelsThatAreNotSquare() {
    assertThat(pictured(16, 15, null))
        .contains("width=\"720\" height=\"576\" sar=\"16:15\" frameRate=\"25\"");
    assertThat(pictured(1, 1, null) + pictured(0, 0, null)).doesNotContain("sar=");
  }

  @ParameterizedTest
  @CsvSource({
    // HLG and PQ; BT.601; what is not told is left out
    "9, 18, 9, ColourPrimaries 9 TransferCharacteristics 18 MatrixCoefficients 9",
    "1, 16, 1, ColourPrimaries 1 TransferCharacteristics 16 MatrixCoefficients 1",
    "6, 6, 6, ColourPrimaries 6 TransferCharacteristics 6 MatrixCoefficients 6",
    "9, 2, 9, ColourPrimaries 9 MatrixCoefficients 9",
    "1, 1, 1, ''",
    "2, 2, 1, ''",
    "2, 2, 2, ''",
  })
  void tellsAColourThatIsNotBt709(int primaries, int transfer, int matrix, String told) {
    String mpd = pictured(0, 0, new Colour(primaries, transfer, matrix, /* fullRange= */ false));

    assertThat(
            Pattern.compile(
                    "<SupplementalProperty schemeIdUri=\"urn:mpeg:mpegB:cicp:(\\w+)\""
                        + " value=\"(\\d+)\"/>")
                .matcher(mpd)
                .results()
                .map(each -> each.group(1) + " " + each.group(2))
                .collect(Collectors.joining(" ")))
        .isEqualTo(told);
    assertThat(pictured(0, 0, null)).doesNotContain("SupplementalProperty");
  }

  @Test
  void anHevcSegmentMayBeginAnOpenGroup() {
    HevcConfiguration hevc =
        HevcConfiguration.parse(
            Bytes.ofHex("01 02 20000000 b00000000000 78 f000 fc fd fa fa 0000 0f 00"));
    Bytes vpcC = Bytes.ofHex("00 1e 82 02 02 02 0000");

    assertThat(written(TrackKind.VIDEO, hevc))
        .contains("startWithSAP=\"3\"")
        .doesNotContain("urn:mpeg:dash:profile:cmaf:2019");
    assertThat(written(TrackKind.VIDEO, Vp9Configuration.parse(vpcC)))
        .contains("startWithSAP=\"1\"", "urn:mpeg:dash:profile:cmaf:2019");
  }

  @ParameterizedTest
  @CsvSource({
    // Mono; 5.1; 6.1; 7.1 with two more in front, behind and above; a program config element tells
    "aac, 1188, 1",
    "aac, 11b0, 6",
    "aac, 11d8, 11",
    "aac, 11b8, 7",
    "aac, 11e0, 12",
    "aac, 11f0, 14",
    "aac, 1180, 0",
    // Quadraphonic; 7.1; channels that have no places
    "opus, 00 04 0138 0000bb80 0000 01 02 02 00010203, 10",
    "opus, 00 08 0138 0000bb80 0000 01 05 03 0001020304050607, 12",
    "opus, 00 08 0138 0000bb80 0000 ff 08 00 0001020304050607, 0",
    "ac3, 503de0, 6",
  })
  void tellsWhereChannelsAre(String codec, String hex, int configuration) {
    Bytes record = Bytes.ofHex(hex);
    String mpd =
        written(
            TrackKind.AUDIO,
            switch (codec) {
              case "aac" -> AacConfiguration.parse(record);
              case "opus" -> OpusConfiguration.parse(record);
              default -> Ac3Configuration.parse(record);
            });

    if (configuration == 0) {
      assertThat(mpd).doesNotContain("AudioChannelConfiguration");
    } else {
      assertThat(mpd)
          .contains("urn:mpeg:mpegB:cicp:ChannelConfiguration\" value=\"" + configuration + "\"");
    }
  }

  @Test
  void aPatchLeadsToALaterVersionOfTheSamePresentation() {
    assertThatThrownBy(() -> ManifestWriter.patch(live(3, 6), live(3, 6)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ManifestWriter.patch(live(4, 7), live(3, 6)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
