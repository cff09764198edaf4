package io.millrace.delivery.reload;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Bytes;
import io.millrace.media.hls.MultivariantPlaylist.Picture;
import io.millrace.media.track.AacConfiguration;
import io.millrace.media.track.AvcConfiguration;
import io.millrace.media.track.Colour;
import io.millrace.media.track.PictureFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PicturesTest {
  /** Records of x264, 720x576 at 25 frames a second: what is told of samples and transfer. */
  @ParameterizedTest(name = "{1}x{2} {3}")
  @CsvSource({
    // aspect_ratio_idc 6, 16:11; BT.709
    "0142c01effe1001b6742c01eda02d049b046a02020280000030008000003019078b17501000468ce0fc8,"
        + " 1047, 576, SDR",
    // square; SMPTE ST 2084
    "0142c01effe1001b6742c01eda02d049b016a12201280000030008000003019078b17501000468ce0fc8,"
        + " 720, 576, PQ",
    // square; ARIB STD-B67
    "0142c01effe1001b6742c01eda02d049b016a12241280000030008000003019078b17501000468ce0fc8,"
        + " 720, 576, HLG",
  })
  void saysHowAPictureIsDisplayed(String avcC, int width, int height, String videoRange) {
    assertThat(Pictures.of(AvcConfiguration.parse(Bytes.ofHex(avcC))))
        .isEqualTo(new Picture(width, height, 25, videoRange));
  }

  @Test
  void ofSeveralItIsTheLargestTheFastestAndTheWidestRange() {
    PictureFormat wide = PictureFormat.of(1920, 1080, 25).withColour(new Colour(9, 18, 9, false));
    PictureFormat tall = PictureFormat.of(720, 1280, 50).withColour(new Colour(9, 16, 9, false));
    PictureFormat plain = PictureFormat.of(640, 360, 60);

    assertThat(Pictures.ofAll(List.of(avc(plain), avc(wide))))
        .isEqualTo(new Picture(1920, 1080, 60, "HLG"));
    assertThat(Pictures.ofAll(List.of(avc(tall), avc(plain))))
        .isEqualTo(new Picture(720, 1280, 60, "PQ"));
    assertThat(Pictures.ofAll(List.of(avc(tall), avc(plain), avc(wide))))
        .isEqualTo(new Picture(1920, 1080, 60, "PQ"));
    assertThat(Pictures.ofAll(List.of())).isNull();
  }

  private static AvcConfiguration avc(PictureFormat picture) {
    return new AvcConfiguration(Bytes.ofHex("0164001fffe000"), 0x64, 0, 0x1f, 4, picture);
  }

  @Test
  void whatIsNotToldIsSquareAndOfStandardRange() {
    AvcConfiguration avc =
        new AvcConfiguration(
            Bytes.ofHex("0164001fffe000"), 0x64, 0, 0x1f, 4, 1280, 720, /* frameRate= */ 0);

    assertThat(Pictures.of(avc)).isEqualTo(new Picture(1280, 720, 0, "SDR"));
    assertThat(Pictures.of(AacConfiguration.parse(Bytes.ofHex("1190")))).isNull();
  }
}
