package io.millrace.media.track;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Bytes;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdtsFramesTest {
  private static final String SILENCE = "211004608c1c";

  /** AAC LC, 48 kHz, stereo, without a checksum, 13 bytes with the header. */
  private static final String FRAME = "fff14c8001bffc" + SILENCE;

  @ParameterizedTest
  @CsvSource({
    FRAME + ", 1190, 1",
    // MPEG-2's; with a checksum; 44.1 kHz mono; Main; 7.1
    "fff94c8001bffc" + SILENCE + ", 1190, 1",
    "fff04c8001fffcabcd" + SILENCE + ", 1190, 1",
    "fff1504001bffc" + SILENCE + ", 1208, 1",
    "fff10c8001bffc" + SILENCE + ", 0990, 1",
    "fff14dc001bffc" + SILENCE + ", 11b8, 1",
    FRAME + FRAME + FRAME + ", 1190, 3",
  })
  void readsTheConfigurationAndTheFrames(String hex, String record, int frames) {
    AdtsFrames adts = AdtsFrames.of(Bytes.ofHex(hex)).orElseThrow();

    assertThat(adts.configuration()).isEqualTo(AacConfiguration.parse(Bytes.ofHex(record)));
    assertThat(adts.frames()).hasSize(frames).containsOnly(Bytes.ofHex(SILENCE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ff",
        SILENCE,
        // Layer III; a length beyond the end, before it, below the header's; nothing in it
        "fffb4c8001bffc" + SILENCE,
        "fff14c8001dffc" + SILENCE,
        "fff14c80019ffc" + SILENCE,
        "fff14c80001ffc" + SILENCE,
        "fff14c8000fffc",
        // Two blocks in a frame, whose ends nothing tells; no sampling frequency; a program config
        "fff14c8001bffd" + SILENCE,
        "fff1748001bffc" + SILENCE,
        "fff14c0001bffc" + SILENCE,
      })
  void whatIsNoneOrCannotBeReadIsLeftAsItIs(String hex) {
    assertThat(AdtsFrames.of(Bytes.ofHex(hex))).isEmpty();
  }

  @Test
  void aTagOfMoreThanThereMayBeIsLeftAsItIs() {
    assertThat(AdtsFrames.of(Bytes.ofHex(FRAME.repeat(128)))).isPresent();
    assertThat(AdtsFrames.of(Bytes.ofHex(FRAME.repeat(129)))).isEmpty();
  }

  @Test
  void answersAnyBytes() {
    Random random = new Random(5);
    int read = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = Bytes.ofHex(FRAME + FRAME).toArray();
      for (int flips = random.nextInt(3); flips > 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      int length = random.nextInt(4) > 0 ? bytes.length : random.nextInt(bytes.length);
      read += AdtsFrames.of(Bytes.wrap(bytes, 0, length)).isPresent() ? 1 : 0;
    }
    assertThat(read).isBetween(1, 19_999);
  }
}
