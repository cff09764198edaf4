package io.millrace.media.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AvcConfigurationTest {
  /** 1920x1080 (cropped from 1088), 29.97 frames, BT.709, as x264 writes it. */
  private static final String HD =
      "01640028ffe1001d67640028acd940780227e5c05a808080a000007d20001d4c01e30632c001000668ebe3cb22c0fdf8f800";

  /** The same without a description of its colours, but of full range. */
  static final String FULL_RANGE =
      "01640028ffe1001a"
          + "67640028acd940780227e5c05b2000007d20001d4c01e30632c0"
          + "01000668ebe3cb22c0fdf8f800";

  @ParameterizedTest
  @CsvSource({
    HD + ",avc1.640028,1920,1080,29.97003",
    "0142c01effe100196742c01ed900a02ff97011000003000100000300320f162e4801000568cb83cb20,"
        + "avc1.42c01e,640,360,25",
    "0164001effe1001c6764001eacd940b424dff8020001688000000300800000190f8a14cb01000668fba3cb22c0fdf8f800,"
        + "avc1.64001e,720,576,25",
    "01f40015ffe1001a67f40015919b282a10f1f1f808800000030080000032078b16cb01000668ebe3c44844fff8f800,"
        + "avc1.f40015,322,242,50",
  })
  void readsPictureSizeAndFrameRate(
      String hex, String codecs, int width, int height, double frameRate) {
    AvcConfiguration avc = AvcConfiguration.parse(Bytes.ofHex(hex));

    assertThat(avc.codecsString()).isEqualTo(codecs);
    assertThat(avc.width()).isEqualTo(width);
    assertThat(avc.height()).isEqualTo(height);
    assertThat(avc.frameRate()).isCloseTo(frameRate, Offset.offset(1e-5));
    assertThat(avc.nalLengthSize()).isEqualTo(4);
    assertThat(avc.record().toHex()).isEqualTo(hex);
  }

  @Test
  void readsColourAndSampleAspect() {
    PictureFormat hd = AvcConfiguration.parse(Bytes.ofHex(HD)).picture();

    assertThat(hd.colour()).isEqualTo(new Colour(1, 1, 1, false));
    assertThat(hd.aspectWidth()).isEqualTo(1);
    assertThat(hd.aspectHeight()).isEqualTo(1);
    assertThat(hd.bitDepth()).isEqualTo(8);
    assertThat(hd.chromaFormat()).isEqualTo(1);
  }

  @Test
  void readsARangeWithoutAColour() {
    PictureFormat picture = AvcConfiguration.parse(Bytes.ofHex(FULL_RANGE)).picture();

    assertThat(picture.colour()).isEqualTo(new Colour(2, 2, 2, true));
    assertThat(picture.frameRate()).isCloseTo(29.97003, Offset.offset(1e-5));
  }

  @Test
  void toleratesAMissingHighProfileExtension() {
    Bytes whole = Bytes.ofHex(HD);

    AvcConfiguration avc = AvcConfiguration.parse(whole.slice(0, whole.length() - 4));

    assertThat(avc.width()).isEqualTo(1920);
  }

  @Test
  void acceptsARecordWithoutParameterSets() {
    AvcConfiguration avc = AvcConfiguration.parse(Bytes.ofHex("01 64 00 28 ff e0 00"));

    assertThat(avc.width()).isZero();
    assertThat(avc.frameRate()).isZero();
    assertThat(avc.picture().colour()).isNull();
  }

  @Test
  void refusesEveryTruncation() {
    Bytes whole = Bytes.ofHex(HD);

    for (int length = 0; length < whole.length() - 4; length++) {
      Bytes cut = whole.slice(0, length);
      assertThatThrownBy(() -> AvcConfiguration.parse(cut))
          .isInstanceOf(MalformedMediaException.class);
    }
  }

  @Test
  void refusesAnotherVersionAndALengthSizeOfThree() {
    assertThatThrownBy(() -> AvcConfiguration.parse(Bytes.ofHex("02 64 00 28 ff e0 00")))
        .hasMessageContaining("version: 2");
    assertThatThrownBy(() -> AvcConfiguration.parse(Bytes.ofHex("01 64 00 28 fe e0 00")))
        .hasMessageContaining("length size: 3");
  }

  @Test
  void answersAnyBytesWithAValueOrTheTypedException() {
    Random random = new Random(7);
    byte[] original = Bytes.ofHex(HD).toArray();
    int read = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = original.clone();
      for (int flips = random.nextInt(6); flips >= 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        AvcConfiguration avc = AvcConfiguration.parse(Bytes.wrap(bytes));
        assertThat(avc.width()).isBetween(0, 65_552);
        read++;
      } catch (MalformedMediaException e) {
        assertThat(e).hasMessageMatching("(?s).+");
      }
    }
    assertThat(read).isPositive();
  }

  /** A size of 2³² bits and more: a number of 32 bits would lead back to the beginning. */
  @Test
  @Timeout(10)
  void anSeiMessageLongerThanItsNalUnitEnds() {
    AvcConfiguration avc = AvcConfiguration.parse(Bytes.ofHex(HD));
    int length = (1 << 21) - 1;
    ByteBuffer sample = ByteBuffer.allocate(4 + 2 + length + 81);
    sample.putInt(sample.capacity() - 4).put((byte) 6).put((byte) 0);
    for (int i = 0; i < length; i++) {
      sample.put((byte) 0xFF);
    }
    sample.put((byte) 0xFE);

    assertThat(avc.withKeyframe(Bytes.wrap(sample.array()))).isEqualTo(avc);
  }

  @Test
  void noMoreNalUnitsAreLookedAtThanAPictureHas() {
    AvcConfiguration avc = AvcConfiguration.parse(Bytes.ofHex(HD));
    String keyframe = "00000001 65";

    assertThat(avc.dependency(Bytes.ofHex("00000001 06".repeat(4_095) + keyframe)))
        .isEqualTo(SampleDependency.SYNC);
    assertThat(avc.dependency(Bytes.ofHex("00000001 06".repeat(4_096) + keyframe)))
        .isEqualTo(SampleDependency.DEPENDENT);
  }

  @Test
  void tellsFromNalUnitsWhatASampleDependsOn() {
    AvcConfiguration avc = AvcConfiguration.parse(Bytes.ofHex(HD));

    // An SEI, then an IDR slice.
    assertThat(avc.dependency(Bytes.ofHex("00000002 0605 00000001 65")))
        .isEqualTo(SampleDependency.SYNC);
    // A non-IDR slice that others refer to, one that none does.
    assertThat(avc.dependency(Bytes.ofHex("00000002 419a"))).isEqualTo(SampleDependency.DEPENDENT);
    assertThat(avc.dependency(Bytes.ofHex("00000002 019a"))).isEqualTo(SampleDependency.DISPOSABLE);
    // A length past the end; not NAL units at all.
    assertThat(avc.dependency(Bytes.ofHex("ffffffff 65"))).isEqualTo(SampleDependency.DEPENDENT);
    assertThat(avc.dependency(Bytes.ofHex("0000"))).isEqualTo(SampleDependency.DEPENDENT);
  }
}
