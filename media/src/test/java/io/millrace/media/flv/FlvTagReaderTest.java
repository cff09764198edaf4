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
  private static final Bytes DATA = Bytes.ofHex("0000000165");

  private static FlvVideoTag video(String hex) {
    return FlvTagReader.video(Bytes.ofHex(hex)).getFirst();
  }

  private static FlvAudioTag audio(String hex) {
    return FlvTagReader.audio(Bytes.ofHex(hex)).getFirst();
  }

  @ParameterizedTest
  @CsvSource({
    // key frame, AVC | sequence header | composition time | record
    "17 00 000000 01640028, AVC",
    "1c 00 000000 01640028, HEVC",
    "90 61766331 01640028, AVC",
    "90 68766331 01640028, HEVC",
    "90 61763031 01640028, AV1",
    "90 76703039 01640028, VP9",
  })
  void readsSequenceStarts(String hex, FlvVideoCodec codec) {
    assertThat(video(hex))
        .isEqualTo(new FlvVideoTag.SequenceStart(codec, 0, Bytes.ofHex("01640028")));
  }

  @ParameterizedTest
  @CsvSource({
    "17 01 000000 00000001 65, AVC, true, 0",
    "27 01 000043 00000001 65, AVC, false, 67",
    "37 01 ffffdf 00000001 65, AVC, false, -33",
    "47 01 800000 00000001 65, AVC, true, -8388608",
    "2c 01 000043 00000001 65, HEVC, false, 67",
    // CodedFrames with a composition time, CodedFramesX without
    "91 68766331 000043 00000001 65, HEVC, true, 67",
    "a3 68766331 00000001 65, HEVC, false, 0",
    "91 61763031 00000001 65, AV1, true, 0",
    "a1 76703039 00000001 65, VP9, false, 0",
    // ModEx of three bytes, then of 256, before CodedFramesX
    "97 02 000160 03 61766331 00000001 65, AVC, true, 0",
  })
  void readsFramesWithSignedCompositionTime(
      String hex, FlvVideoCodec codec, boolean keyframe, int compositionTimeMs) {
    assertThat(video(hex))
        .isEqualTo(new FlvVideoTag.CodedFrame(codec, 0, keyframe, compositionTimeMs, DATA));
  }

  @Test
  void readsAModExWhoseSizeTakesThreeBytes() {
    String longest = "97 ff 00ff" + "00".repeat(256) + "03" + "61766331 0000000165";

    assertThat(video(longest))
        .isEqualTo(new FlvVideoTag.CodedFrame(FlvVideoCodec.AVC, 0, true, 0, DATA));
  }

  @ParameterizedTest
  @ValueSource(strings = {"17 02", "27 02 000000", "92 61766331"})
  void readsEndOfSequence(String hex) {
    assertThat(video(hex)).isEqualTo(new FlvVideoTag.SequenceEnd(FlvVideoCodec.AVC, 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "17", "57 00", "17 01 000000", "d0 68766331", "95 61763031 00"})
  void ignoresVideoTagsWithoutAPicture(String hex) {
    assertThat(video(hex)).isInstanceOf(FlvVideoTag.Ignored.class);
  }

  @Test
  void readsMetadataWhateverItsFrameType() {
    for (String hex : new String[] {"84 68766331 0500", "d4 68766331 0500"}) {
      assertThat(video(hex)).isEqualTo(new FlvVideoTag.Metadata(0, Bytes.ofHex("0500")));
    }
  }

  @Test
  void readsTheTracksOfOneTag() {
    // One track; its number is 3.
    assertThat(video("96 01 61763031 03 0000000165"))
        .isEqualTo(new FlvVideoTag.CodedFrame(FlvVideoCodec.AV1, 3, true, 0, DATA));
    // Two tracks of a codec, then of two codecs; each has its size.
    assertThat(FlvTagReader.audio(Bytes.ofHex("95 10 4f707573 00 000001 aa 01 000002 bbcc")))
        .containsExactly(
            new FlvAudioTag.SequenceStart(FlvAudioCodec.OPUS, 0, Bytes.ofHex("aa")),
            new FlvAudioTag.SequenceStart(FlvAudioCodec.OPUS, 1, Bytes.ofHex("bbcc")));
    assertThat(
            FlvTagReader.audio(Bytes.ofHex("95 21 6d703461 00 000001 aa 664c6143 01 000002 bbcc")))
        .containsExactly(
            new FlvAudioTag.CodedFrame(FlvAudioCodec.AAC, 0, Bytes.ofHex("aa")),
            new FlvAudioTag.CodedFrame(FlvAudioCodec.FLAC, 1, Bytes.ofHex("bbcc")));
  }

  @ParameterizedTest
  @CsvSource({
    "12 00, Sorenson H.263",
    "90 76766331 01, vvc1",
    "91 76703038 01, vp08",
    "90 00766331 01, .vc1",
  })
  void namesVideoCodecsItDoesNotRead(String hex, String codec) {
    assertThat(video(hex)).isEqualTo(new FlvVideoTag.Unsupported(codec));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "17 00",
        "17 01 0000",
        "17 03 000000",
        "07 01 000000",
        "90 6876",
        "94",
        "91 68766331 0000",
        "98 68766331",
        // ModEx past the end; a track past the end; a track type that is none; tracks in tracks
        "97 02 0001",
        "96 11 61763031 00 000004 aabbcc",
        "96 31 61763031 00",
        "96 06 61763031 00",
      })
  void refusesMalformedVideoTags(String hex) {
    assertThatThrownBy(() -> video(hex)).isInstanceOf(MalformedMediaException.class);
  }

  @Test
  void readsAac() {
    assertThat(audio("af 00 1190"))
        .isEqualTo(new FlvAudioTag.SequenceStart(FlvAudioCodec.AAC, 0, Bytes.ofHex("1190")));
    // The rate and channel bits mean nothing for AAC.
    assertThat(audio("a0 01 2110"))
        .isEqualTo(new FlvAudioTag.CodedFrame(FlvAudioCodec.AAC, 0, Bytes.ofHex("2110")));
  }

  @ParameterizedTest
  @CsvSource({
    "2f fffb, MP3",
    "ee fffb, MP3",
    "91 2e6d7033 fffb, MP3",
    "91 6d703461 fffb, AAC",
    "91 4f707573 fffb, OPUS",
    "91 61632d33 fffb, AC3",
    "91 65632d33 fffb, EAC3",
    "91 664c6143 fffb, FLAC",
  })
  void readsSoundOfEveryCodec(String hex, FlvAudioCodec codec) {
    assertThat(audio(hex)).isEqualTo(new FlvAudioTag.CodedFrame(codec, 0, Bytes.ofHex("fffb")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "af", "af 01", "2f", "91 4f707573", "92 4f707573", "94 4f707573 0102"})
  void ignoresSilence(String hex) {
    assertThat(audio(hex)).isInstanceOf(FlvAudioTag.Ignored.class);
  }

  @ParameterizedTest
  @CsvSource({"1f ff, ADPCM", "7f 00, G.711 A-law", "90 76726273, vrbs"})
  void namesAudioCodecsItDoesNotRead(String hex, String codec) {
    assertThat(audio(hex)).isEqualTo(new FlvAudioTag.Unsupported(codec));
  }

  @Test
  void refusesMalformedAudioTags() {
    assertThatThrownBy(() -> audio("af 02 00")).hasMessage("AACPacketType: 2 (expected: 0 or 1)");
    assertThatThrownBy(() -> audio("93 4f707573 00"))
        .hasMessage("AudioPacketType: 3 (expected: 0..2, 4, 5 or 7)");
    assertThatThrownBy(() -> audio("90 4f70"))
        .hasMessage("enhanced tag bytes left: 2 (expected: at least 4)");
  }

  @Test
  void answersAnyBytesWithValuesOrTheTypedException() {
    Random random = new Random(11);
    for (int i = 0; i < 50_000; i++) {
      byte[] bytes = new byte[random.nextInt(14)];
      random.nextBytes(bytes);
      try {
        assertThat(FlvTagReader.video(Bytes.wrap(bytes))).isNotEmpty();
        assertThat(FlvTagReader.audio(Bytes.wrap(bytes))).isNotEmpty();
      } catch (MalformedMediaException e) {
        assertThat(e.getMessage()).isNotEmpty();
      }
    }
  }
}
