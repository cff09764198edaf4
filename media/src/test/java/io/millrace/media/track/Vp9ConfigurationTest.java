package io.millrace.media.track;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Vp9ConfigurationTest {
  static final String RECORD = "00 0a 82 02 02 02 0000";

  /** frame_marker 2, profile 0, a key frame that is shown; sync code; BT.601…; 64x48. */
  private static final String KEY = "82 498342 00 03f0 02f0";

  private final Vp9Configuration vp9 = Vp9Configuration.parse(Bytes.ofHex(RECORD));

  @ParameterizedTest
  @CsvSource({
    RECORD + ", vp09.00.10.08",
    "01000000" + RECORD + ", vp09.00.10.08",
    "02 33 a3 09 10 09 0000, vp09.02.51.10.01.09.16.09.01",
    "01 1f 86 01 01 01 0000, vp09.01.31.08.03.01.01.01.00",
  })
  void writesTheString(String record, String codecs) {
    assertThat(Vp9Configuration.parse(Bytes.ofHex(record)).codecsString()).isEqualTo(codecs);
  }

  @ParameterizedTest
  @CsvSource({
    // Nothing known; size alone; what goes beyond a level by its rate; by its size; beyond all
    "0, 0, 0, 10",
    "256, 144, 0, 11",
    "256, 144, 20, 10",
    "1280, 720, 0, 40",
    "1280, 720, 40, 31",
    "1280, 720, 60, 40",
    "1920, 1080, 60, 41",
    "1920, 1200, 30, 50",
    "3840, 2160, 59.94, 51",
    "7680, 4320, 30, 60",
    "16384, 16384, 60, 62",
  })
  void derivesALevelThatIsNotTold(int width, int height, double frameRate, int level) {
    Vp9Configuration untold =
        Vp9Configuration.parse(Bytes.ofHex("00 00 82 02 02 02 0000"))
            .withPicture(PictureFormat.of(width, height, frameRate));

    assertThat(untold.level()).isEqualTo(level);
    assertThat(untold.codecsString()).isEqualTo("vp09.00." + level + ".08");
    assertThat(vp9.withPicture(PictureFormat.of(width, height, frameRate)).level()).isEqualTo(10);
  }

  @Test
  void aMeasuredRateDoesNotChangeTheLevel() {
    Vp9Configuration told =
        Vp9Configuration.parse(Bytes.ofHex("00 00 82 02 02 02 0000"))
            .withPicture(PictureFormat.of(1_280, 720, 0));

    Vp9Configuration measured = told.withFrameRate(30).withFrameRate(120);

    assertThat(measured.frameRate()).isEqualTo(120);
    assertThat(measured.codecsString()).isEqualTo(told.codecsString()).isEqualTo("vp09.00.40.08");
    // As another node reads it.
    assertThat(Vp9Configuration.parse(measured.record()).withPicture(measured.picture()))
        .isEqualTo(measured);
  }

  @Test
  void readsColourAndChroma() {
    PictureFormat picture = Vp9Configuration.parse(Bytes.ofHex("02 33 a3 09 10 09 0000")).picture();

    assertThat(picture.colour()).isEqualTo(new Colour(9, 16, 9, true));
    assertThat(picture.bitDepth()).isEqualTo(10);
    assertThat(vp9.picture().colour()).isNull();
    assertThat(vp9.picture().chromaFormat()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    KEY + ", SYNC",
    // A frame that others precede; one shown once more; no frame marker; cut
    "86 004092, DEPENDENT",
    "88, DEPENDENT",
    "02 498342 00 03f0 02f0, DEPENDENT",
    "82 498342 00 03f0, DEPENDENT",
  })
  void tellsFromTheHeaderWhatASampleDependsOn(String hex, SampleDependency dependency) {
    assertThat(vp9.dependency(Bytes.ofHex(hex))).isEqualTo(dependency);
  }

  @Test
  void aKeyframeTellsTheSize() {
    assertThat(vp9.width()).isZero();

    Vp9Configuration told = vp9.withKeyframe(Bytes.ofHex(KEY));

    assertThat(told.width()).isEqualTo(64);
    assertThat(told.height()).isEqualTo(48);
    assertThat(told.record()).isEqualTo(vp9.record());
  }
}
