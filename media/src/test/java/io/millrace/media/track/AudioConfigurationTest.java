package io.millrace.media.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.media.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** All sound but AAC. */
class AudioConfigurationTest {
  static final String OPUS_HEAD = "4f70757348656164 01 02 3801 80bb0000 0000 00";

  /** 5.1 of family 1: four streams, two of them coupled. */
  static final String OPUS_HEAD_51 =
      "4f70757348656164 01 06 3801 80bb0000 00fe 01 04 02 000401020305";

  static final String AC3_FRAME = "0b77 388c 0c 40 43e1 06f0 010c";
  static final String EAC3_FRAME = "0b77 0007 34 87 c000 20fc 2108 2400 0006";
  static final String MP3_FRAME = "fffb5064 0000018f";
  static final String FLAC_INFO =
      "664c6143 1200 1200 000000 000000 0ac44 0f0 00000000 00000000000000000000000000000000";

  @Test
  void readsOpusWhoseRecordIsBigEndian() {
    OpusConfiguration opus = OpusConfiguration.parseIdentificationHeader(Bytes.ofHex(OPUS_HEAD));

    assertThat(opus)
        .isEqualTo(
            new OpusConfiguration(Bytes.ofHex("00 02 0138 0000bb80 0000 00"), 2, 312, 48_000, 0));
    assertThat(opus.codecsString()).isEqualTo("Opus");
    assertThat(opus.sampleRate()).isEqualTo(48_000);
    OpusConfiguration surround =
        OpusConfiguration.parseIdentificationHeader(Bytes.ofHex(OPUS_HEAD_51));
    assertThat(surround.channels()).isEqualTo(6);
    assertThat(surround.record())
        .isEqualTo(Bytes.ofHex("00 06 0138 0000bb80 fe00 01 04 02 000401020305"));
    assertThat(OpusConfiguration.parse(surround.record())).isEqualTo(surround);
  }

  @ParameterizedTest
  @CsvSource({
    // SILK of 10, 60 ms; hybrid of 20 ms; CELT of 2.5, 20 ms
    "00, 480",
    "18, 2880",
    "68, 960",
    "80, 120",
    "7c8801, 960",
    // Two frames of 20 ms; three of 20 ms in a packet that counts them
    "79, 1920",
    "7b03, 2880",
    // More than 120 ms, no count: not a packet, and taken for a usual one
    "7b3f, 960",
    "7b, 960",
  })
  void readsTheLengthOfAnOpusPacket(String hex, int samples) {
    assertThat(OpusConfiguration.unknown(2).frameLength(Bytes.ofHex(hex))).isEqualTo(samples);
  }

  @ParameterizedTest
  @CsvSource({
    // 48 kHz, 2/0: 96 kbit/s; 44.1 kHz, 3/2 with LFE: 448 kbit/s
    AC3_FRAME + ", 48000, 2, 1010c0",
    "0b77 0000 5f 40 e1f0, 44100, 6, 503de0",
  })
  void readsAc3FromAFrame(String frame, int sampleRate, int channels, String record) {
    Ac3Configuration ac3 = Ac3Configuration.ofFrame(Bytes.ofHex(frame));

    assertThat(ac3).isEqualTo(new Ac3Configuration(Bytes.ofHex(record), sampleRate, channels));
    assertThat(Ac3Configuration.parse(ac3.record())).isEqualTo(ac3);
    assertThat(ac3.frameLength()).isEqualTo(1_536);
    assertThat(ac3.codecsString()).isEqualTo("ac-3");
  }

  @Test
  void readsEac3FromAFrame() {
    Bytes frame = Bytes.ofHex(EAC3_FRAME);
    Eac3Configuration eac3 = Eac3Configuration.ofAccessUnit(frame);

    // 4 kbit/s (a frame of 16 bytes for 1,536 samples), one substream, 48 kHz, bsid 16, 2/0
    assertThat(eac3.record()).isEqualTo(Bytes.ofHex("0020 20 04 00"));
    assertThat(eac3.sampleRate()).isEqualTo(48_000);
    assertThat(eac3.channels()).isEqualTo(2);
    assertThat(eac3.frameLength(frame)).isEqualTo(1_536);
    assertThat(eac3.codecsString()).isEqualTo("ec-3");
    // Two syncframes of one block each
    Bytes blocks = Bytes.ofHex("0b77 0003 0487 c000" + "0b77 0003 0487 c000");
    assertThat(eac3.frameLength(blocks)).isEqualTo(512);
  }

  @ParameterizedTest
  @CsvSource({
    // MPEG-1, 44.1 kHz, joint stereo; MPEG-2, 24 kHz, mono; MPEG-2.5, 8 kHz, stereo
    MP3_FRAME + ", 44100, 2, 1152, mp4a.6B, fffa0000",
    "fff394c4, 24000, 1, 576, mp4a.69, fff204c0",
    "ffe31800, 8000, 2, 576, mp4a.69, ffe20800",
  })
  void readsMp3FromAFrame(
      String frame, int sampleRate, int channels, int frameLength, String codecs, String record) {
    Mp3Configuration mp3 = Mp3Configuration.parse(Bytes.ofHex(frame));

    assertThat(mp3)
        .isEqualTo(new Mp3Configuration(Bytes.ofHex(record), sampleRate, channels, frameLength));
    assertThat(mp3.codecsString()).isEqualTo(codecs);
    assertThat(Mp3Configuration.parse(mp3.record())).isEqualTo(mp3);
  }

  @Test
  void takesSeveralMp3FramesOfAPayloadApart() {
    // 32 kbit/s at 48 kHz: 96 bytes a frame
    Bytes frame = Bytes.ofHex("fffb14c4" + "00".repeat(92));
    Bytes two = Bytes.ofHex(frame.toHex() + frame.toHex());

    assertThat(Mp3Configuration.frames(two)).containsExactly(frame, frame);
    // The last is cut.
    assertThat(Mp3Configuration.frames(two.slice(0, 150)))
        .containsExactly(frame, frame.slice(0, 54));
    assertThatThrownBy(() -> Mp3Configuration.frames(two.slice(0, 97)))
        .hasMessage("MP3 frame size: 1 (expected: 4 or more)");
  }

  @ParameterizedTest
  @CsvSource({
    FLAC_INFO,
    "1200 1200 000000 000000 0ac440f0 00000000 00000000000000000000000000000000",
    "80000022 1200 1200 000000 000000 0ac440f0 00000000 00000000000000000000000000000000",
    "00000022 1200 1200 000000 000000 0ac440f0 00000000 00000000000000000000000000000000 84000000",
  })
  void readsFlacInAnyWrapping(String hex) {
    assertThat(FlacConfiguration.parse(Bytes.ofHex(hex)))
        .isEqualTo(
            new FlacConfiguration(
                Bytes.ofHex(
                    "80000022 1200 1200 000000 000000 0ac440f0 00000000"
                        + "00000000000000000000000000000000"),
                44_100,
                1,
                16,
                4_608));
  }

  @ParameterizedTest
  @CsvSource({
    // 192; 4,608; 8 bits: 51; 16 bits: 4,097; 256; the stream's largest
    "fff8 19 08 00, 192",
    "fff8 59 08 00, 4608",
    "fff8 69 08 00 32, 51",
    "fff8 79 08 00 1000, 4097",
    "fff8 89 08 00, 256",
    "fff8 09 08 00, 4608",
    // The frame's number takes two bytes, six
    "fff8 69 08 c280 32, 51",
    "fff8 69 08 fc8080808080 32, 51",
    "fff8 69 08, 4608",
  })
  void readsTheLengthOfAFlacFrame(String hex, int samples) {
    FlacConfiguration flac = FlacConfiguration.parse(Bytes.ofHex(FLAC_INFO));

    assertThat(flac.frameLength(Bytes.ofHex(hex))).isEqualTo(samples);
  }

  @Test
  void refusesRecordsAndUnitsLargerThanTheirCodecHas() {
    String frame = "0b77 0003 0487 c000";
    Eac3Configuration eac3 = Eac3Configuration.ofAccessUnit(Bytes.ofHex(frame.repeat(6)));
    assertThat(eac3.frameLength(Bytes.ofHex(frame.repeat(6)))).isEqualTo(1_536);
    assertThat(eac3.frameLength(Bytes.ofHex(frame.repeat(100)))).isEqualTo(1_536);
    assertThatThrownBy(() -> Eac3Configuration.ofAccessUnit(Bytes.ofHex(frame.repeat(7))))
        .hasMessage("E-AC-3 syncframes of an access unit: 7 (expected: 1..6)");

    String opusHead = "4f70757348656164 01 02 3801 80bb0000 0000 00";
    assertThatThrownBy(
            () ->
                OpusConfiguration.parseIdentificationHeader(
                    Bytes.ofHex(opusHead + "00".repeat(1_000))))
        .hasMessageStartingWith("OpusHead size: ");

    String slow = "1000 1000 000000 000000 %s" + "00".repeat(20);
    assertThatThrownBy(() -> FlacConfiguration.parse(Bytes.ofHex(slow.formatted("000012f0"))))
        .hasMessage("FLAC sample rate: 1 (expected: 8000..1048575)");
    assertThatThrownBy(
            () ->
                FlacConfiguration.parse(
                    Bytes.ofHex(slow.formatted("0bb802f0").replaceFirst("1000 1000", "1000 ffff"))))
        .hasMessageStartingWith("FLAC block size: 65535");
  }

  @Test
  void saysWhatItCannotTake() {
    assertThatThrownBy(() -> Eac3Configuration.ofAccessUnit(Bytes.ofHex("0b77 4007 3487 c000")))
        .hasMessage("E-AC-3 strmtyp: 1 (expected: 0..0)");
    assertThatThrownBy(() -> Eac3Configuration.parse(Bytes.ofHex("0021200400")))
        .hasMessage("dec3 num_ind_sub: 1 (expected: 0..0)");
    assertThatThrownBy(() -> Ac3Configuration.ofFrame(Bytes.ofHex("0b78 0000 0c40 43e1")))
        .hasMessage("AC-3 syncword: 2936 (expected: 2935)");
    assertThatThrownBy(() -> Mp3Configuration.parse(Bytes.ofHex("fffd5064")))
        .hasMessage("MP3 frame header: fffd5064 (expected: a sync word, layer III)");
    assertThatThrownBy(() -> OpusConfiguration.parse(Bytes.ofHex("00 03 0138 0000bb80 0000 00")))
        .hasMessage("Opus channels of mapping family 0: 3 (expected: 1..2)");
    assertThatThrownBy(() -> FlacConfiguration.parse(Bytes.ofHex("664c6143" + "00".repeat(34))))
        .hasMessageStartingWith("FLAC block size: 0");
  }
}
