package io.millrace.media.flv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FlvTagReaderTest {
  @Test
  void readsAvcSequenceHeader() {
    // key frame, AVC | sequence header | composition time | record
    assertThat(FlvTagReader.video(Bytes.ofHex("17 00 000000 01640028")))
        .isEqualTo(new FlvVideoTag.AvcSequenceHeader(Bytes.ofHex("01640028")));
  }

  @ParameterizedTest
  @CsvSource({
    "17 01 000000 00000001 65, true, 0",
    "27 01 000043 00000001 65, false, 67",
    "37 01 ffffdf 00000001 65, false, -33",
    "47 01 800000 00000001 65, true, -8388608",
  })
  void readsFramesWithSignedCompositionTime(String hex, boolean keyframe, int compositionTimeMs) {
    assertThat(FlvTagReader.video(Bytes.ofHex(hex)))
        .isEqualTo(
            new FlvVideoTag.AvcFrame(keyframe, compositionTimeMs, Bytes.ofHex("0000000165")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"17 02", "27 02 000000"})
  void readsEndOfSequence(String hex) {
    assertThat(FlvTagReader.video(Bytes.ofHex(hex))).isEqualTo(new FlvVideoTag.AvcEndOfSequence());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "17", "57 00", "17 01 000000", "84 68766331", "94", "d0 68766331"})
  void ignoresVideoTagsWithoutAPicture(String hex) {
    assertThat(FlvTagReader.video(Bytes.ofHex(hex))).isInstanceOf(FlvVideoTag.Ignored.class);
  }

  @ParameterizedTest
  @CsvSource({
    "12 00, Sorenson H.263",
    "1c 00, HEVC in a legacy tag",
    "90 68766331 01, hvc1",
    "91 61763031 01, av01",
    "96 00, enhanced video tag 6",
  })
  void namesVideoCodecsItDoesNotRead(String hex, String codec) {
    assertThat(FlvTagReader.video(Bytes.ofHex(hex))).isEqualTo(new FlvVideoTag.Unsupported(codec));
  }

  @ParameterizedTest
  @ValueSource(strings = {"17 00", "17 01 0000", "17 03 000000", "07 01 000000", "90 6876"})
  void refusesMalformedVideoTags(String hex) {
    assertThatThrownBy(() -> FlvTagReader.video(Bytes.ofHex(hex)))
        .isInstanceOf(MalformedMediaException.class);
  }

  @Test
  void readsAac() {
    assertThat(FlvTagReader.audio(Bytes.ofHex("af 00 1190")))
        .isEqualTo(new FlvAudioTag.AacSequenceHeader(Bytes.ofHex("1190")));
    // The rate and channel bits mean nothing for AAC.
    assertThat(FlvTagReader.audio(Bytes.ofHex("a0 01 2110")))
        .isEqualTo(new FlvAudioTag.AacFrame(Bytes.ofHex("2110")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "af", "af 01"})
  void ignoresSilence(String hex) {
    assertThat(FlvTagReader.audio(Bytes.ofHex(hex))).isInstanceOf(FlvAudioTag.Ignored.class);
  }

  @ParameterizedTest
  @CsvSource({
    "2f ff, MP3",
    "7f 00, G.711 A-law",
    "90 4f707573, Opus",
    "95 00, enhanced audio tag 5",
  })
  void namesAudioCodecsItDoesNotRead(String hex, String codec) {
    assertThat(FlvTagReader.audio(Bytes.ofHex(hex))).isEqualTo(new FlvAudioTag.Unsupported(codec));
  }

  @Test
  void refusesMalformedAudioTags() {
    assertThatThrownBy(() -> FlvTagReader.audio(Bytes.ofHex("af 02 00")))
        .hasMessage("AACPacketType: 2 (expected: 0 or 1)");
    assertThatThrownBy(() -> FlvTagReader.audio(Bytes.ofHex("90 4f70")))
        .isInstanceOf(MalformedMediaException.class);
  }

  @Test
  void answersAnyBytesWithAValueOrTheTypedException() {
    Random random = new Random(11);
    for (int i = 0; i < 50_000; i++) {
      byte[] bytes = new byte[random.nextInt(9)];
      random.nextBytes(bytes);
      try {
        assertThat(FlvTagReader.video(Bytes.wrap(bytes))).isNotNull();
        assertThat(FlvTagReader.audio(Bytes.wrap(bytes))).isNotNull();
      } catch (MalformedMediaException e) {
        assertThat(e.getMessage()).isNotEmpty();
      }
    }
  }
}
