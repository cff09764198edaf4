package io.millrace.media.track;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Bytes;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnplayableTest {
  private static final String HEVC = "01 01 60000000 900000000000 5d f000 fc fd f8 f8 0000 0f 00";

  private static CodecConfiguration codec(String name, String hex) {
    Bytes record = Bytes.ofHex(hex);
    return switch (name) {
      case "avc" -> AvcConfiguration.parse(record);
      case "hevc" -> HevcConfiguration.parse(record);
      case "av1" -> Av1Configuration.parse(record);
      case "vp9" -> Vp9Configuration.parse(record);
      case "aac" -> AacConfiguration.parse(record);
      default -> throw new AssertionError(name);
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "avc|01 6e 00 28 ff e0 00|H.264 profile 110 is not supported: send 8 bits and 4:2:0",
        "avc|01 7a 00 28 ff e0 00|H.264 profile 122 is not supported: send 8 bits and 4:2:0",
        "aac|1194|AAC frames of 960 samples are not supported: send frames of 1,024",
      })
  void saysWhatToSendInstead(String name, String hex, String why) {
    assertThat(Unplayable.why(codec(name, hex))).contains(why);
  }

  @ParameterizedTest
  @CsvSource({
    "hevc, " + HEVC + ", 0, false",
    "hevc, " + HEVC + ", 1, true",
    "hevc, " + HEVC + ", 2, false",
    "hevc, " + HEVC + ", 3, false",
    // Monochrome is of the main profile.
    "av1, 81 00 0c 00, 0, true",
    "av1, 81 00 0c 00, 1, true",
    "av1, 81 44 48 00, 2, false",
    "av1, 81 2d c0 00, 3, false",
    "vp9, 01 0a 82 02 02 02 0000, 1, true",
    "vp9, 01 0a 84 02 02 02 0000, 2, false",
    "vp9, 01 0a 86 02 02 02 0000, 3, false",
    "avc, 01 64 00 28 ff e0 00, 0, true",
    "avc, 01 64 00 28 ff e0 00, 1, true",
    "avc, 01 64 00 28 ff e0 00, 2, false",
  })
  void picturesAre420(String name, String hex, int chromaFormat, boolean playable) {
    VideoConfiguration video = (VideoConfiguration) codec(name, hex);
    PictureFormat picture = new PictureFormat(64, 48, 0, 0, 0, 8, chromaFormat, null, null, null);
    String format = new String[] {"4:0:0", "4:2:0", "4:2:2", "4:4:4"}[chromaFormat];

    if (playable) {
      assertThat(Unplayable.why(video.withPicture(picture))).isEmpty();
    } else {
      assertThat(Unplayable.why(video.withPicture(picture)))
          .contains("Pictures of " + format + " are not supported: send 4:2:0");
    }
    // As long as nothing is known of the pictures, nothing is said.
    assertThat(Unplayable.why(video.withPicture(picture.withSize(0, 0)))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"avc, 01 64 00 28 ff e0 00", "aac, 1190", "aac, 2b118800"})
  void hasNothingToSayOfWhatBrowsersPlay(String name, String hex) {
    assertThat(Unplayable.why(codec(name, hex))).isEmpty();
  }
}
