package io.millrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.conformance.mp4.Codecs;
import io.millrace.conformance.mp4.InitSectionReader;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Codecs strings: what init sections say, and what names it. */
class CodecsTest {
  @ParameterizedTest
  @CsvSource({
    "avc1.64001f, avc1.64001F",
    "av01.0.08M.10, av01.0.08M.10.0.110",
    "av01.0.08M.10, av01.0.08M.10.0.112.01.01.01.0",
    "av01.0.08M.10.0.110.09.16.09.0, av01.0.08M.10.0.110.09.16.09.0",
    "av01.0.08M.10.0.110.09.16.09.0, av01.0.08M.10.0.110",
    "vp09.00.31.08, vp09.00.31.08.01.02.02.02.00",
    "vp09.02.41.10.01.09.16.09.00, vp09.02.41.10.01.09.16.09.00",
    "hvc1.2.4.L30.90, hvc1.2.4.L30.90",
    "hvc1.2.4.L30.90.0.00, hvc1.2.4.L30.90",
    "hvc1.1.6.L93.b0, hvc1.1.6.L93.B0",
    "mp4a.40.34, mp4a.6B",
    "mp4a.6b, mp4a.6B",
    "opus, Opus",
    "avc1.64001F, avc1",
  })
  void isNamed(String declared, String format) {
    assertThat(Codecs.names(declared, format)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "avc1.640028, avc1.64001F",
    "avc1.64001, avc1.64001F",
    "avc3.64001F, avc1.64001F",
    "av01, av01.0.08M.10.0.110",
    "av01.0.09M.10, av01.0.08M.10.0.110",
    "av01.0.08H.10, av01.0.08M.10.0.110",
    "av01.0.08M.08, av01.0.08M.10.0.110",
    "av01.0.08M.10, av01.0.08M.10.0.000",
    "av01.0.08M.10, av01.0.08M.10.0.110.09.16.09.0",
    "av01.0.08M.10.0.110.09.18.09.0, av01.0.08M.10.0.110.09.16.09.0",
    "vp09, vp09.00.31.08.01.02.02.02.00",
    "vp09.00.30.08, vp09.00.31.08.01.02.02.02.00",
    "vp09.01.31.08, vp09.00.31.08.01.02.02.02.00",
    "vp09.00.31.08, vp09.00.31.08.02.02.02.02.00",
    "vp09.00.31.08, vp09.00.31.08.01.09.16.09.00",
    "hvc1.1.4.L30.90, hvc1.2.4.L30.90",
    "hvc1.2.4.L30, hvc1.2.4.L30.90",
    "hev1.2.4.L30.90, hvc1.2.4.L30.90",
    "mp4a.40.2, mp4a.40.5",
    "mp4a.69, mp4a.6B",
    "mp4a.40.34, mp4a.40.2",
    "ac-3, ec-3",
  })
  void isNotNamed(String declared, String format) {
    assertThat(Codecs.names(declared, format)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "1190, mp4a.40.2",
    // HE-AAC before its core, and HE-AAC v2.
    "2b118800, mp4a.40.5",
    "eb098800, mp4a.40.29",
    // Behind it, as older decoders skip it: SBR, none after all, SBR and PS.
    "131056e598, mp4a.40.5",
    "131056e500, mp4a.40.2",
    "131056e59d4880, mp4a.40.29",
    // xHE-AAC, escaped.
    "f9460000, mp4a.40.42",
  })
  void readsTheObjectTypeOfAac(String audioSpecificConfig, String codecs) {
    TestBoxes.Init init = TestBoxes.Init.audio();
    init.audioSpecificConfig = HexFormat.of().parseHex(audioSpecificConfig);

    assertThat(read(init)).contains(codecs);
  }

  @ParameterizedTest
  @CsvSource({
    "av01, av1C, 81050c00, av01.0.05M.08.0.110",
    "av01, av1C, 81a8ec00, av01.5.08H.10.0.110",
    "av01, av1C, 81486000, av01.2.08M.12.0.000",
    "vp09, vpcC, 01000000021f820910090000, vp09.02.31.08.01.09.16.09.00",
    "vp09, vpcC, 01000000001ea30202020000, vp09.00.30.10.01.02.02.02.01",
  })
  void readsProfileAndLevel(String entry, String type, String body, String codecs) {
    assertThat(read(video(entry, type, body))).contains(codecs);
  }

  @Test
  void readsTheColoursOfAv1FromColr() {
    TestBoxes.Init init = video("av01", "av1C", "81050c00");
    init.behindConfig = TestBoxes.box("colr", hex("6e636c7800090010000900"));

    assertThat(read(init)).contains("av01.0.05M.08.0.110.09.16.09.0");
  }

  @ParameterizedTest
  @CsvSource({
    "ac-3, dac3, 10c020, ac-3",
    "ec-3, dec3, 0060200400, ec-3",
    "Opus, dOps, 0002013800000bb80000 00, Opus",
  })
  void readsSound(String entry, String type, String body, String codecs) {
    TestBoxes.Init init = TestBoxes.Init.audio();
    init.sampleEntry = entry;
    init.config = TestBoxes.box(type, hex(body.replace(" ", "")));

    assertThat(read(init)).contains(codecs);
  }

  @ParameterizedTest
  @CsvSource({
    "av01, vpcC, 81050c00",
    "av01, av1C, 01050c00",
    "av01, av1C, 8105",
    "vp09, vpcC, 00000000021f820910090000",
    "hvc1, hvcC, 01",
    "encv, avcC, 0164001fffe000",
  })
  void refusesAnEntryWithoutItsConfiguration(String entry, String type, String body) {
    Findings findings = new Findings();

    assertThat(InitSectionReader.read(video(entry, type, body).bytes(), "init", findings))
        .isEmpty();
    assertThat(findings.report().broken(Rule.CMAF_BOXES)).isOne();
  }

  private static TestBoxes.Init video(String entry, String type, String body) {
    TestBoxes.Init init = TestBoxes.Init.video();
    init.sampleEntry = entry;
    init.config = TestBoxes.box(type, hex(body));
    return init;
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }

  private static Optional<String> read(TestBoxes.Init init) {
    return InitSectionReader.read(init.bytes(), "init", new Findings())
        .map(section -> section.tracks().getFirst().codecs());
  }
}
