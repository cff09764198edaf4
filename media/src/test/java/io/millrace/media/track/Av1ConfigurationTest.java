package io.millrace.media.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.media.Bytes;
import io.millrace.media.track.MasteringDisplay.Chromaticity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Av1ConfigurationTest {
  /** A sequence header of 64x48 whose matrix alone is told, as libaom writes it. */
  private static final String HEADER = "0a0d 00000002aff79b5f2204040208";

  static final String RECORD = "81 00 0c 00" + HEADER;

  /** OBU_FRAME: a key frame that is shown; one that is not; an inter frame. */
  private static final String KEY = "32 02 1000";

  private static final String HIDDEN_KEY = "32 02 0000";
  private static final String INTER = "32 02 3000";

  private final Av1Configuration av1 = Av1Configuration.parse(Bytes.ofHex(RECORD));

  @Test
  void readsProfileAndPicture() {
    assertThat(av1.codecsString()).isEqualTo("av01.0.00M.08.0.110.02.02.01.0");
    assertThat(av1.width()).isEqualTo(64);
    assertThat(av1.height()).isEqualTo(48);
    assertThat(av1.picture().bitDepth()).isEqualTo(8);
    assertThat(av1.picture().chromaFormat()).isEqualTo(1);
    assertThat(av1.picture().colour()).isEqualTo(new Colour(2, 2, 1, false));
  }

  @ParameterizedTest
  @CsvSource({
    // Main, level 4.0, main tier, 8 bits 4:2:0
    "81 08 0c 00, av01.0.08M.08",
    // High profile, level 5.1, high tier, 10 bits 4:4:4
    "81 2d c0 00, av01.1.13H.10.0.000.01.01.01.0",
    // Professional, 12 bits, monochrome, and 10 bits 4:2:2
    "81 44 7c 00, av01.2.04M.12.1.110.01.01.01.0",
    "81 44 48 00, av01.2.04M.10.0.100.01.01.01.0",
  })
  void writesTheShortStringOf420WhereNoColourIsTold(String record, String codecs) {
    assertThat(Av1Configuration.parse(Bytes.ofHex(record)).codecsString()).isEqualTo(codecs);
  }

  @ParameterizedTest
  @CsvSource({
    HEADER + KEY + ", SYNC",
    "1200" + HEADER + KEY + ", SYNC",
    // A key frame that nothing tells how to decode; one that is decoded, but not shown here
    KEY + ", DEPENDENT",
    HEADER + HIDDEN_KEY + ", DEPENDENT",
    HEADER + INTER + ", DEPENDENT",
    // A frame that is shown once more; not OBUs
    HEADER + "1a 01 80, DEPENDENT",
    "ff, DEPENDENT",
  })
  void tellsFromObusWhatASampleDependsOn(String hex, SampleDependency dependency) {
    assertThat(av1.dependency(Bytes.ofHex(hex))).isEqualTo(dependency);
  }

  @Test
  void leavesTemporalDelimitersOut() {
    assertThat(Av1Configuration.withoutTemporalDelimiters(Bytes.ofHex("1200" + INTER)))
        .isEqualTo(Bytes.ofHex(INTER));
    // The last OBU needs no size.
    assertThat(Av1Configuration.withoutTemporalDelimiters(Bytes.ofHex("1200 30 3000")))
        .isEqualTo(Bytes.ofHex("30 3000"));
  }

  @Test
  void aKeyframeWithAnotherSequenceHeaderMakesAnotherRecord() {
    assertThat(av1.withKeyframe(Bytes.ofHex(HEADER + KEY))).isEqualTo(av1);
    Av1Configuration empty = Av1Configuration.parse(Bytes.ofHex("81 08 0c 00"));

    assertThat(empty.width()).isZero();
    assertThat(empty.withKeyframe(Bytes.ofHex(HEADER + KEY))).isEqualTo(av1);
    assertThat(Av1Configuration.ofTemporalUnit(Bytes.ofHex("1200" + HEADER + KEY))).hasValue(av1);
    assertThat(Av1Configuration.ofTemporalUnit(Bytes.ofHex("1200" + INTER))).isEmpty();
  }

  @Test
  void readsTheMarksOfHdrFromMetadata() {
    // HDR CLL: 1000, 400; HDR MDCV: red, green, blue, white in 1/65536, 1000 and 0.0001 cd/m².
    String metadata =
        "2a 05 01 03e8 0190" + "2a 19 02 ae14 51ec 43d7 b0a4 2666 0f5c 5038 5439 0003e800 00000002";
    PictureFormat picture = av1.withKeyframe(Bytes.ofHex(HEADER + metadata + KEY)).picture();

    assertThat(picture.contentLight()).isEqualTo(new ContentLight(1_000, 400));
    MasteringDisplay display = picture.masteringDisplay();
    assertThat(display).isNotNull();
    assertThat(display.red()).isEqualTo(new Chromaticity(34_000, 16_000));
    assertThat(display.green()).isEqualTo(new Chromaticity(13_250, 34_500));
    assertThat(display.maxLuminance()).isEqualTo(10_000_000);
    assertThat(display.minLuminance()).isEqualTo(1);
  }

  @Test
  void refusesAnotherVersion() {
    assertThatThrownBy(() -> Av1Configuration.parse(Bytes.ofHex("82 00 0c 00")))
        .hasMessage("av1C marker and version: 130 (expected: 129)");
  }
}
