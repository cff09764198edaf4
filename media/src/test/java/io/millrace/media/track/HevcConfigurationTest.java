package io.millrace.media.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import io.millrace.media.track.MasteringDisplay.Chromaticity;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HevcConfigurationTest {
  /** 64x48, 29.97 frames, 10 bits, BT.2020 with PQ, as x265 writes it with HDR10's marks. */
  static final String HDR =
      """
      01 02 20000000 900000000000 1e f000 fc fd fa fa 0000 0f 04
      20 0001 0018 40010c01ffff02200000030090000003000003001e959009
      21 0001 002a 42010102200000030090000003000003001ea02083136595912930bc05a84880482000007d20000e
      a601
      22 0001 0006 4401c073c089
      27 0002 0009 4e01900403e8019080
              001e 4e01891833c286c41d4c0bb884d03e803d13404200989680000003000180
      """;

  private final HevcConfiguration hevc = HevcConfiguration.parse(Bytes.ofHex(HDR));

  @Test
  void readsProfileAndPicture() {
    assertThat(hevc.codecsString()).isEqualTo("hvc1.2.4.L30.90");
    assertThat(hevc.nalLengthSize()).isEqualTo(4);
    PictureFormat picture = hevc.picture();
    assertThat(picture.width()).isEqualTo(64);
    assertThat(picture.height()).isEqualTo(48);
    assertThat(picture.frameRate()).isCloseTo(29.97003, Offset.offset(1e-5));
    assertThat(picture.bitDepth()).isEqualTo(10);
    assertThat(picture.chromaFormat()).isEqualTo(1);
    assertThat(picture.colour()).isEqualTo(new Colour(9, 16, 9, false));
    assertThat(picture.aspectWidth()).isEqualTo(1);
  }

  /** The same SPS without a description of its colours, but of full range. */
  @Test
  void readsARangeWithoutAColour() {
    String sps = "42010102200000030090000003000003001ea02083136595912930bc05b02000007d20000ea601";

    String record = "01 02 20000000 900000000000 1e f000 fc fd fa fa 0000 0f 01 21 0001 0027" + sps;

    PictureFormat picture = HevcConfiguration.parse(Bytes.ofHex(record)).picture();

    assertThat(picture.colour()).isEqualTo(new Colour(2, 2, 2, true));
    assertThat(picture.frameRate()).isCloseTo(29.97003, Offset.offset(1e-5));
  }

  @Test
  void readsTheMarksOfHdr10() {
    assertThat(hevc.picture().contentLight()).isEqualTo(new ContentLight(1_000, 400));
    assertThat(hevc.picture().masteringDisplay())
        .isEqualTo(
            new MasteringDisplay(
                new Chromaticity(13_250, 34_500),
                new Chromaticity(7_500, 3_000),
                new Chromaticity(34_000, 16_000),
                new Chromaticity(15_635, 16_450),
                10_000_000,
                1));
  }

  @ParameterizedTest
  @CsvSource({
    // Main, high tier, level 4: two constraint bytes
    "01 21 60000000 b00000000000 78, hvc1.1.6.H120.B0",
    // No constraint is told
    "01 01 60000000 000000000000 5d, hvc1.1.6.L93",
    // Profile space B; a constraint byte of 0 in the middle
    "01 84 08000000 90000c000000 96, hvc1.B4.10.L150.90.0.C",
  })
  void writesTheStringOfAnnexE(String begin, String codecs) {
    Bytes record = Bytes.ofHex(begin + "f000 fc fd f8 f8 0000 0f 00");

    assertThat(HevcConfiguration.parse(record).codecsString()).isEqualTo(codecs);
  }

  @ParameterizedTest
  @CsvSource({
    // An access unit delimiter, then IDR_W_RADL
    "00000003 460150 00000003 2601af, SYNC",
    // CRA; BLA_W_LP
    "00000003 2a01af, SYNC",
    "00000003 2001af, SYNC",
    // RASL_N, RASL_R, RADL_N, RADL_R
    "00000003 1001d0, SKIPPED_LEADING",
    "00000003 1201d0, SKIPPED_LEADING",
    "00000003 0c01d0, DECODABLE_LEADING",
    "00000003 0e01d0, DECODABLE_LEADING",
    // TRAIL_R, TRAIL_N
    "00000003 0201d0, DEPENDENT",
    "00000003 0001d0, DISPOSABLE",
    // Not NAL units; parameter sets alone
    "0000, DEPENDENT",
    "00000003 4201af, DEPENDENT",
  })
  void tellsFromNalUnitsWhatASampleDependsOn(String hex, SampleDependency dependency) {
    assertThat(hevc.dependency(Bytes.ofHex(hex))).isEqualTo(dependency);
  }

  @Test
  void aKeyframeMayTellOtherMarks() {
    Bytes sample = Bytes.ofHex("00000009 4e01900407d0019080 00000003 2a01af");

    assertThat(hevc.withKeyframe(sample).picture().contentLight())
        .isEqualTo(new ContentLight(2_000, 400));
    assertThat(hevc.withKeyframe(sample).picture().masteringDisplay())
        .isEqualTo(hevc.picture().masteringDisplay());
    assertThat(hevc.withKeyframe(Bytes.ofHex("00000003 2a01af"))).isEqualTo(hevc);
  }

  @Test
  void readsARecordFromBeforeTheStandardWasFinal() {
    byte[] version = Bytes.ofHex(HDR).toArray();
    version[0] = 0;

    assertThat(HevcConfiguration.parse(Bytes.wrap(version)).codecsString())
        .isEqualTo(hevc.codecsString());
  }

  @Test
  void refusesAnotherVersionAndALengthSizeOfThree() {
    Bytes whole = Bytes.ofHex(HDR);
    byte[] version = whole.toArray();
    version[0] = 2;
    byte[] lengthSize = whole.toArray();
    lengthSize[21] = 0x0E;

    assertThatThrownBy(() -> HevcConfiguration.parse(Bytes.wrap(version)))
        .isInstanceOf(MalformedMediaException.class)
        .hasMessage("hvcC version: 2 (expected: 0..1)");
    assertThatThrownBy(() -> HevcConfiguration.parse(Bytes.wrap(lengthSize)))
        .hasMessage("hvcC NAL length size: 3 (expected: 1, 2 or 4)");
  }
}
