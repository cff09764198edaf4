package io.millrace.media.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Readers of configurations get what is cut and what is broken. */
class TruncatedRecordsTest {
  /**
   * A reader with something that it reads.
   *
   * @param least bytes without which it reads nothing
   */
  record Case(String name, String hex, int least, Function<Bytes, CodecConfiguration> reader) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    return Stream.of(
        new Case("hvcC", HevcConfigurationTest.HDR, 156, HevcConfiguration::parse),
        new Case("av1C", Av1ConfigurationTest.RECORD, 4, Av1Configuration::parse),
        new Case("vpcC", Vp9ConfigurationTest.RECORD, 8, Vp9Configuration::parse),
        new Case(
            "OpusHead",
            AudioConfigurationTest.OPUS_HEAD_51,
            27,
            OpusConfiguration::parseIdentificationHeader),
        new Case("AC-3", AudioConfigurationTest.AC3_FRAME, 7, Ac3Configuration::ofFrame),
        new Case("dac3", "1010c0", 3, Ac3Configuration::parse),
        new Case("E-AC-3", AudioConfigurationTest.EAC3_FRAME, 16, Eac3Configuration::ofAccessUnit),
        new Case("dec3", "0020200400", 5, Eac3Configuration::parse),
        new Case("MP3", AudioConfigurationTest.MP3_FRAME, 4, Mp3Configuration::parse),
        new Case("FLAC", AudioConfigurationTest.FLAC_INFO, 38, FlacConfiguration::parse));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void refuseEveryTruncation(Case given) {
    Bytes whole = Bytes.ofHex(given.hex);

    assertThat(given.reader.apply(whole)).isNotNull();
    for (int length = 0; length < given.least; length++) {
      Bytes cut = whole.slice(0, length);
      assertThatThrownBy(() -> given.reader.apply(cut))
          .as("%d bytes", length)
          .isInstanceOf(MalformedMediaException.class)
          .hasMessageMatching("(?s).+");
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void answerAnyBytesWithAValueOrTheTypedException(Case given) {
    Random random = new Random(given.least);
    Bytes whole = Bytes.ofHex(given.hex);
    List<Bytes> samples = List.of(whole, whole.slice(whole.length() / 2));
    for (int i = 0; i < 3_000; i++) {
      byte[] bytes = whole.toArray();
      for (int flips = random.nextInt(6); flips >= 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        CodecConfiguration read = given.reader.apply(Bytes.wrap(bytes));
        assertThat(read.codecsString()).isNotEmpty();
        for (Bytes sample : samples) {
          switch (read) {
            case VideoConfiguration video -> {
              assertThat(video.dependency(sample)).isNotNull();
              assertThat(video.withKeyframe(sample)).isNotNull();
            }
            case AudioConfiguration audio -> assertThat(audio.frameLength(sample)).isPositive();
          }
        }
      } catch (MalformedMediaException e) {
        assertThat(e).hasMessageMatching("(?s).+");
      }
    }
  }
}
