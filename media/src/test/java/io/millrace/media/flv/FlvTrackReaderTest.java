package io.millrace.media.flv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import io.millrace.media.track.CodecConfiguration;
import io.millrace.media.track.Colour;
import io.millrace.media.track.ContentLight;
import io.millrace.media.track.PictureFormat;
import io.millrace.media.track.TrackKind;
import io.millrace.media.track.VideoConfiguration;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlvTrackReaderTest {
  private static final String VP9_START = "90 76703039 00 0a 82 02 02 02 0000";
  private static final String VP9_KEY = "91 76703039 82 498342 00 03f0 02f0";
  private static final String AV1_HEADER = "0a0d 00000002aff79b5f2204040208";

  /** 64x48, as x265 writes it without its SEI messages. */
  private static final String HEVC_START =
      "90 68766331 01 02 20000000 900000000000 1e f000 fc fd fa fa 0000 0f 0320 0001 0018"
          + " 40010c01ffff02200000030090000003000003001e95900921 0001 002a"
          + " 42010102200000030090000003000003001ea02083136595912930bc05a84880482000007d"
          + "20000ea60122 0001 0006 4401c073c089";

  private static final String HD_SPS =
      "0000001d 67640028acd940780227e5c05a808080a000007d20001d4c01e30632c0";
  private static final String HD_PPS = "00000006 68ebe3cb22c0";

  /** 1920x1080. */
  private static final String AVC_START =
      "17 00 000000 01640028ffe1" + HD_SPS.substring(4) + "01" + HD_PPS.substring(4) + "fdf8f800";

  /** 640x360. */
  private static final String SMALL_SPS =
      "00000019 6742c01ed900a02ff97011000003000100000300320f162e48";

  private static final String SMALL_PPS = "00000005 68cb83cb20";
  private static final String AVC_KEY = "17 01 000000";
  private static final String AVC_INTER = "27 01 000000";
  private static final String IDR = "00000003 65b804";

  /** AAC LC, 48 kHz, stereo: a header, and silence. */
  private static final String ADTS = "fff14c8001bffc 211004608c1c";

  private final FlvTrackReader tracks = new FlvTrackReader();

  private List<FlvEvent> video(String hex) {
    return tracks.video(Bytes.ofHex(hex), 0);
  }

  private List<FlvEvent> audio(String hex) {
    return tracks.audio(Bytes.ofHex(hex), 0);
  }

  private static FlvEvent.AccessUnit picture(boolean keyframe, String data) {
    return new FlvEvent.AccessUnit(TrackKind.VIDEO, 0, 0, 0, keyframe, Bytes.ofHex(data));
  }

  private static PictureFormat configured(List<FlvEvent> events) {
    return ((VideoConfiguration) configuration(events)).picture();
  }

  private static CodecConfiguration configuration(List<FlvEvent> events) {
    assertThat(events.getFirst()).isInstanceOf(FlvEvent.Configured.class);
    return ((FlvEvent.Configured) events.getFirst()).codec();
  }

  @Test
  void tellsAConfigurationOnceHoweverOftenItIsSent() {
    assertThat(video(HEVC_START)).hasSize(1);
    assertThat(video(HEVC_START)).isEmpty();
    assertThat(video(HEVC_START.replace("0000 1e f000", "0000 3c f000"))).hasSize(1);
    assertThat(audio("af 00 1190")).hasSize(1);
    assertThat(audio("af 00 1190")).isEmpty();
    assertThat(audio("af 00 1210")).hasSize(1);
  }

  @Test
  void whatASampleIsCountsAndNotWhatItsTagClaims() {
    video(HEVC_START);

    // CRA in a tag of an inter frame; TRAIL_R in one of a key frame
    assertThat(video("a3 68766331 00000003 2a01af"))
        .containsExactly(picture(true, "00000003 2a01af"));
    assertThat(video("93 68766331 00000003 0201af"))
        .containsExactly(picture(false, "00000003 0201af"));
  }

  @Test
  void parameterSetsWithinSamplesAreLeftOutAndOthersAreAChange() {
    assertThat(configured(video(AVC_START)).width()).isEqualTo(1920);

    // With an access unit delimiter; the header is repeated as well.
    assertThat(video(AVC_KEY + "00000002 0910" + HD_SPS + HD_PPS + IDR))
        .containsExactly(picture(true, IDR));
    assertThat(video(AVC_START)).isEmpty();

    List<FlvEvent> changed = video(AVC_KEY + SMALL_SPS + SMALL_PPS + IDR);

    assertThat(configured(changed).width()).isEqualTo(640);
    assertThat(changed).hasSize(2).endsWith(picture(true, IDR));
    assertThat(video(AVC_KEY + SMALL_SPS + SMALL_PPS + IDR)).containsExactly(picture(true, IDR));
    // A header that comes late, with the same sets.
    assertThat(
            video(
                "17 00 000000 0142c01effe1"
                    + SMALL_SPS.substring(4)
                    + "01"
                    + SMALL_PPS.substring(4)))
        .isEmpty();
    assertThat(video(AVC_KEY + SMALL_SPS + SMALL_PPS + IDR)).containsExactly(picture(true, IDR));
  }

  @Test
  void parameterSetsBeforeAKeyframeCountFromThereOn() {
    video(AVC_START);

    assertThat(video(AVC_INTER + SMALL_SPS + SMALL_PPS)).isEmpty();
    assertThat(video(AVC_INTER + "00000002 419a")).containsExactly(picture(false, "00000002 419a"));
    assertThat(configured(video(AVC_KEY + IDR)).width()).isEqualTo(640);
  }

  @Test
  void aRecordWithoutParameterSetsIsCompletedByTheFirstKeyframe() {
    String start = "17 00 000000 01640028ffe000";
    assertThat(video(start)).isEmpty();
    assertThat(video(AVC_INTER + "00000002 419a")).isEmpty();

    List<FlvEvent> events = video(AVC_KEY + HD_SPS + HD_PPS + IDR);

    assertThat(configured(events).width()).isEqualTo(1920);
    assertThat(events).hasSize(2);
    assertThat(video(start)).isEmpty();
    assertThat(video(AVC_KEY + HD_SPS + HD_PPS + IDR)).hasSize(1);
  }

  @Test
  void aRecordThatNothingCompletesIsToldWithTheFirstKeyframe() {
    assertThat(video("17 00 000000 01640028ffe000")).isEmpty();

    List<FlvEvent> events = video(AVC_KEY + IDR);

    assertThat(configured(events).width()).isZero();
    assertThat(events).hasSize(2);
    assertThat(video(AVC_KEY + IDR)).hasSize(1);
  }

  @Test
  void cutParameterSetsThrowNothingElse() {
    Bytes whole = Bytes.ofHex(AVC_KEY + SMALL_SPS + SMALL_PPS + IDR);
    for (int length = 0; length < whole.length(); length++) {
      FlvTrackReader reader = new FlvTrackReader();
      reader.video(Bytes.ofHex(AVC_START), 0);
      try {
        assertThat(reader.video(whole.slice(0, length), 0)).isNotNull();
      } catch (MalformedMediaException e) {
        assertThat(e).hasMessageMatching("(?s).+");
      }
    }
  }

  @Test
  void vp9IsDescribedByItsFirstKeyframeAndByOneOfAnotherSize() {
    assertThat(video(VP9_START)).isEmpty();
    assertThat(video("a1 76703039 86 004092")).isEmpty();

    List<FlvEvent> events = video(VP9_KEY);

    assertThat(configured(events).width()).isEqualTo(64);
    assertThat(events.get(1)).isEqualTo(picture(true, "82 498342 00 03f0 02f0"));
    assertThat(video(VP9_KEY)).hasSize(1);
    assertThat(video(VP9_START)).isEmpty();
    assertThat(configured(video(VP9_KEY.replace("03f0", "07f0"))).width()).isEqualTo(128);
  }

  @Test
  void av1WithoutARecordIsDescribedByItsFirstSequenceHeader() {
    assertThat(video("90 61763031")).isEmpty();
    assertThat(video("a1 61763031 1200 32 02 3000")).isEmpty();

    List<FlvEvent> events = video("91 61763031 1200" + AV1_HEADER + "32 02 1000");

    assertThat(configured(events).height()).isEqualTo(48);
    assertThat(events.get(1)).isEqualTo(picture(true, AV1_HEADER + "32 02 1000"));
    // The record that comes later tells the same.
    assertThat(video("90 61763031 81 00 0c 00" + AV1_HEADER)).isEmpty();
  }

  @Test
  void metadataTellsWhatThePicturesDoNot() {
    video(HEVC_START);
    String metadata =
        "84 68766331"
            + "02 0009"
            + hex("colorInfo")
            + "03"
            + object("colorConfig", "03")
            + number("colorPrimaries", 9)
            + number("transferCharacteristics", 16)
            + number("matrixCoefficients", 9)
            + "000009"
            + object("hdrCll", "08 00000014")
            + number("maxCLL", 1_000)
            + number("maxFall", 400)
            + "000009"
            + "000009";

    PictureFormat told = configured(video(metadata));

    assertThat(told.colour()).isEqualTo(new Colour(9, 16, 9, false));
    assertThat(told.contentLight()).isEqualTo(new ContentLight(1_000, 400));
    assertThat(told.masteringDisplay()).isNull();
    assertThat(video(metadata)).isEmpty();
    Bytes whole = Bytes.ofHex(metadata);
    for (int length = 5; length < whole.length(); length++) {
      Bytes cut = whole.slice(0, length);
      assertThatThrownBy(() -> tracks.video(cut, 0)).isInstanceOf(MalformedMediaException.class);
    }
  }

  private static String hex(String ascii) {
    return Bytes.wrap(ascii.getBytes(StandardCharsets.US_ASCII)).toHex();
  }

  private static String object(String name, String marker) {
    return "%04x".formatted(name.length()) + hex(name) + marker;
  }

  private static String number(String name, double value) {
    byte[] bytes = ByteBuffer.allocate(8).putDouble(value).array();
    return object(name, "00") + Bytes.wrap(bytes).toHex();
  }

  @Test
  void soundWithoutARecordIsDescribedByItsFrames() {
    assertThat(audio("90 61632d33")).isEmpty();

    assertThat(audio("91 61632d33 0b77 388c 0c 40 43e1 06f0")).hasSize(2);
    assertThat(audio("91 61632d33 0b77 0000 0c 40 43e1 06f0")).hasSize(1);
    // Another sampling frequency
    assertThat(audio("91 61632d33 0b77 0000 4c 40 43e1 06f0")).hasSize(2);
  }

  @Test
  void eachMp3FrameOfATagIsASample() {
    String frame = "fffb14c4" + "00".repeat(92);

    List<FlvEvent> events = audio("2f" + frame + frame);

    assertThat(events).hasSize(3);
    assertThat(events.get(2))
        .isEqualTo(FlvTrackReader.sound(0, /* offsetMs= */ 24, Bytes.ofHex(frame)));
  }

  @Test
  void whatATagToldBeforeItBrokeIsNotLost() {
    String frame = "fffb14c4" + "00".repeat(92);

    assertThat(audio("2f" + frame + "00000000"))
        .singleElement()
        .isInstanceOf(FlvEvent.Configured.class);
    assertThat(audio("2f" + frame)).hasSize(1);
    assertThatThrownBy(() -> audio("2f" + frame + "00000000"))
        .isInstanceOf(MalformedMediaException.class);
  }

  @Test
  void furtherTracksOfSoundAreTracksOfTheirOwn() {
    audio("af 00 1190");

    assertThat(audio("95 00 6d703461 02 1210"))
        .singleElement()
        .isInstanceOfSatisfying(
            FlvEvent.Configured.class, told -> assertThat(told.track()).isEqualTo(2));
    assertThat(audio("95 01 6d703461 02 2110"))
        .containsExactly(FlvTrackReader.sound(2, 0, Bytes.ofHex("2110")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "96 00 61766331 01 01|Video track 1 is not supported: send one video track",
        "90 76766331 01|Video codec vvc1 is not supported: send H.264, HEVC, AV1 or VP9",
        "90 61766331 01|The H.264 configuration cannot be read: avcC size: 1 (expected: 7..65536)",
        "90 68766331|The HEVC configuration cannot be read: hvcC size: 0 (expected: 23..65536)",
      })
  void saysWhyAStreamCannotBeTaken(String hex, String why) {
    assertThat(video(hex)).containsExactly(new FlvEvent.Refused(why));
  }

  @Test
  void refusesSoundThatItCannotTake() {
    assertThat(audio("95 00 6d703461 08 1210"))
        .containsExactly(
            new FlvEvent.Refused("Audio track 8 is not supported: send tracks 0 to 7"));
    assertThat(audio("1f 00"))
        .containsExactly(
            new FlvEvent.Refused(
                "Audio codec ADPCM is not supported: send AAC, Opus, AC-3, E-AC-3, MP3 or FLAC"));
    assertThatThrownBy(() -> audio("91 61632d33 0b78")).isInstanceOf(MalformedMediaException.class);
  }

  /** However many a tag says there are, none is looked at. */
  @Test
  void refusesATagOfMoreTracksThanThereMayBe() {
    StringBuilder eight = new StringBuilder("95 10 6d703461");
    for (int track = 0; track < 8; track++) {
      eight.append(" 0").append(track).append(" 000002 1210");
    }

    assertThat(audio(eight.toString())).hasSize(8);
    assertThatThrownBy(() -> audio(eight + " 08 000002 1210"))
        .isInstanceOf(MalformedMediaException.class)
        .hasMessageContaining("at most 8");
    assertThatThrownBy(() -> audio("95 10 6d703461 00 000002 1210 00 000002 1210"))
        .isInstanceOf(MalformedMediaException.class)
        .hasMessageContaining("each once");
  }

  @Test
  void withoutARecordTheFirstKeyframeWithParameterSetsTells() {
    assertThat(video(AVC_INTER + "00000002 419a")).isEmpty();
    assertThat(video(AVC_KEY + IDR)).isEmpty();

    List<FlvEvent> events = video(AVC_KEY + HD_SPS + HD_PPS + IDR);

    assertThat(events).hasSize(2).endsWith(picture(true, IDR));
    assertThat(configuration(events).record())
        .isEqualTo(Bytes.ofHex(AVC_START.substring("17 00 000000".length())));
    assertThat(video(AVC_INTER + "00000002 419a")).hasSize(1);
    // The header comes late, then another.
    assertThat(video(AVC_START)).isEmpty();
    assertThat(video(AVC_KEY + IDR)).containsExactly(picture(true, IDR));
  }

  @Test
  void withoutARecordParameterSetsOfHevcTellToo() {
    String sets =
        "00000018 40010c01ffff02200000030090000003000003001e959009"
            + "0000002a 42010102200000030090000003000003001ea02083136595912930bc05a848804820000"
            + "07d20000ea601 00000006 4401c073c089";
    // Codec id 12, as cameras send it
    assertThat(video("2c 01 000000 00000003 0201af")).isEmpty();

    List<FlvEvent> events = video("1c 01 000000" + sets + "00000003 2a01af");

    assertThat(configured(events).width()).isEqualTo(64);
    assertThat(configuration(events).codecsString()).isEqualTo("hvc1.2.4.L30.90");
    assertThat(events).hasSize(2).endsWith(picture(true, "00000003 2a01af"));
  }

  @Test
  void withoutARecordTheFirstSequenceHeaderOfAv1Tells() {
    List<FlvEvent> events = video("91 61763031 1200" + AV1_HEADER + "32 02 1000");

    assertThat(configured(events).height()).isEqualTo(48);
    assertThat(events).hasSize(2);
  }

  @Test
  void adtsHeadersTellOfAacWithoutARecordAndAreLeftOut() {
    List<FlvEvent> events = audio("af 01" + ADTS);

    assertThat(configuration(events).record()).isEqualTo(Bytes.ofHex("1190"));
    assertThat(events).hasSize(2).endsWith(FlvTrackReader.sound(0, 0, Bytes.ofHex("211004608c1c")));
    // Two in a tag, of 1,024 samples each; one with a checksum.
    assertThat(audio("af 01" + ADTS + ADTS))
        .containsExactly(
            FlvTrackReader.sound(0, 0, Bytes.ofHex("211004608c1c")),
            FlvTrackReader.sound(0, 21, Bytes.ofHex("211004608c1c")));
    assertThat(audio("af 01 fff04c8001fffc abcd 211004608c1c"))
        .containsExactly(FlvTrackReader.sound(0, 0, Bytes.ofHex("211004608c1c")));
    // 44.1 kHz
    assertThat(configuration(audio("af 01" + ADTS.replace("fff14c", "fff150"))).record())
        .isEqualTo(Bytes.ofHex("1210"));
    // The record that comes late tells the same.
    assertThat(audio("af 00 1210")).isEmpty();
  }

  @Test
  void adtsHeadersAreLeftOutWhereARecordTellsToo() {
    audio("af 00 1210");

    assertThat(audio("af 01" + ADTS))
        .containsExactly(FlvTrackReader.sound(0, 0, Bytes.ofHex("211004608c1c")));
    // A length that is not the frame's: as it came.
    assertThat(audio("af 01" + ADTS + "00"))
        .containsExactly(FlvTrackReader.sound(0, 0, Bytes.ofHex(ADTS + "00")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "27 01 000000 00000002 419a|H.264 came for 10 s without a configuration: send the sequence"
            + " header before it, or SPS and PPS with each keyframe",
        "17 01 000000 00000001 65b804|H.264 came for 10 s without a configuration: send the"
            + " sequence header before it, or SPS and PPS with each keyframe",
        "a3 68766331 00000003 2a01af|HEVC came for 10 s without a configuration: send the sequence"
            + " header before it, or VPS, SPS and PPS with each keyframe",
        "a1 61763031 32 02 3000|AV1 came for 10 s without a configuration: send the sequence"
            + " header before it, or a sequence header OBU with each keyframe",
        VP9_KEY + "|VP9 came for 10 s without a configuration: send the sequence header before it",
      })
  void refusesPicturesThatNothingTellsHowToDecode(String hex, String why) {
    for (int ms = 0; ms < 10_000; ms += 40) {
      assertThat(tracks.video(Bytes.ofHex(hex), ms)).isEmpty();
    }
    assertThat(tracks.video(Bytes.ofHex(hex), 10_000)).containsExactly(new FlvEvent.Refused(why));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "af 01 211004608c1c|AAC came for 10 s without a configuration: send the sequence header"
            + " (AudioSpecificConfig) before it, or ADTS headers",
        // Not as long as the header says
        "af 01 fff14c8001bffc 2110|AAC came for 10 s without a configuration: send the sequence"
            + " header (AudioSpecificConfig) before it, or ADTS headers",
        "91 4f707573 7c88|Opus came for 10 s without a configuration: send the sequence header"
            + " before it",
        "91 664c6143 fff8|FLAC came for 10 s without a configuration: send the sequence header"
            + " before it",
      })
  void refusesSoundThatNothingTellsHowToDecode(String hex, String why) {
    for (int ms = 0; ms < 10_000; ms += 20) {
      assertThat(tracks.audio(Bytes.ofHex(hex), ms)).isEmpty();
    }
    assertThat(tracks.audio(Bytes.ofHex(hex), 10_000)).containsExactly(new FlvEvent.Refused(why));
  }

  @Test
  void itIsTheStreamsTimeThatCountsAndNoJumpOfIt() {
    Bytes frame = Bytes.ofHex(AVC_INTER + "00000002 419a");

    for (int ms : new int[] {-5_000, 0, 3_600_000, 100, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      assertThat(tracks.video(frame, ms)).isEmpty();
    }
    // Those between which there is one that can be decoded do not add up.
    video(AVC_START);
    for (int ms = 0; ms < 20_000; ms += 1_000) {
      assertThat(tracks.video(Bytes.ofHex(VP9_KEY), ms)).isEmpty();
      assertThat(tracks.video(frame, ms)).hasSize(1);
    }
  }

  @Test
  void whoBeginsWithinAGroupOfPicturesIsWaitedFor() {
    video(VP9_START);

    for (int ms = 0; ms < 30_000; ms += 40) {
      assertThat(tracks.video(Bytes.ofHex("a1 76703039 86 004092"), ms)).isEmpty();
    }
    assertThat(tracks.video(Bytes.ofHex(VP9_KEY), 30_000)).hasSize(2);
  }

  @Test
  void framesOfACodecThatNothingWasToldOfAreDroppedAtFirst() {
    assertThat(video("a3 68766331 00000003 2a01af")).isEmpty();
    assertThat(audio("91 4f707573 7c88")).isEmpty();
    audio("90 4f707573");
    assertThat(audio("91 664c6143 fff8")).isEmpty();
    assertThat(audio("91 4f707573 7c88")).hasSize(1);
  }
}
