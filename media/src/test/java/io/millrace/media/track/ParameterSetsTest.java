package io.millrace.media.track;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Bytes;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ParameterSetsTest {
  private static final String HD_SPS = "67640028acd940780227e5c05a808080a000007d20001d4c01e30632c0";
  private static final String HD_PPS = "68ebe3cb22c0";

  /** 1920x1080, High, as x264 writes it. */
  private static final AvcConfiguration HD =
      AvcConfiguration.parse(
          Bytes.ofHex("01640028ffe1 001d" + HD_SPS + "01 0006" + HD_PPS + "fdf8f800"));

  /** 640x360, Constrained Baseline. */
  private static final String SMALL_SPS = "6742c01ed900a02ff97011000003000100000300320f162e48";

  private static final String SMALL_PPS = "68cb83cb20";
  private static final String SEI = "0605";
  private static final String IDR = "65b804";

  private static final HevcConfiguration HEVC =
      HevcConfiguration.parse(Bytes.ofHex(HevcConfigurationTest.HDR));
  private static final String VPS = "40010c01ffff02200000030090000003000003001e959009";
  private static final String SPS =
      "42010102200000030090000003000003001ea02083136595912930bc05a84880482000007d20000ea601";
  private static final String PPS = "4401c073c089";
  private static final String CRA = "2a01af";

  private static Bytes sample(String... nals) {
    StringBuilder hex = new StringBuilder();
    for (String nal : nals) {
      hex.append("%08x".formatted(nal.length() / 2)).append(nal);
    }
    return Bytes.ofHex(hex.toString());
  }

  private static ParameterSets of(VideoConfiguration configuration) {
    return ParameterSets.of(configuration).orElseThrow();
  }

  private static VideoConfiguration taken(VideoConfiguration given, String... nals) {
    ParameterSets sets = of(given);
    assertThat(sets.take(sample(nals))).isNotNull();
    return sets.applyTo(given);
  }

  @Test
  void aSampleWithoutThemStaysAsItIs() {
    Bytes sample = sample(SEI, IDR, "0a", "0b");
    Bytes hevc = sample("4e01900403e8019080", CRA, "4801", "4a01");

    assertThat(of(HD).take(sample)).isSameAs(sample);
    assertThat(of(HEVC).take(hevc)).isSameAs(hevc);
    assertThat(of(HD).take(Bytes.ofHex("0000"))).isEqualTo(Bytes.ofHex("0000"));
  }

  @Test
  void leavesOutParameterSetsDelimitersAndFillerData() {
    ParameterSets avc = of(HD);
    assertThat(avc.take(sample("0910", SEI, HD_SPS, HD_PPS, IDR, "0cff80", "6d80", "6f80", "0a")))
        .isEqualTo(sample(SEI, IDR, "0a"));
    assertThat(avc.take(sample("0910"))).isEqualTo(Bytes.EMPTY);
    assertThat(of(HEVC).take(sample("460150", VPS, SPS, PPS, CRA, "4c01ff80", "4801")))
        .isEqualTo(sample(CRA, "4801"));
    assertThat(avc.take(Bytes.ofHex("00000001 09".repeat(4_097))))
        .isEqualTo(Bytes.ofHex("00000001 09"));
    // From where a sample breaks on, it stays.
    assertThat(avc.take(Bytes.ofHex("00000002 0910 ffffffff 67")))
        .isEqualTo(Bytes.ofHex("ffffffff 67"));
  }

  @Test
  void leavesOutNalUnitsOfNoBytes() {
    assertThat(of(HD).take(sample("", IDR))).isEqualTo(sample(IDR));
    assertThat(of(HD).take(sample(SEI, "", "", IDR, ""))).isEqualTo(sample(SEI, IDR));
    assertThat(of(HD).take(sample("", HD_SPS, "", HD_PPS, "", IDR))).isEqualTo(sample(IDR));
    assertThat(of(HD).take(sample("", ""))).isEqualTo(Bytes.EMPTY);
    assertThat(of(HEVC).take(sample("", VPS, "", CRA, ""))).isEqualTo(sample(CRA));
    assertThat(taken(HD, "", SMALL_SPS, "", SMALL_PPS, IDR).width()).isEqualTo(640);
    // From where a sample breaks on, it stays.
    assertThat(of(HD).take(Bytes.ofHex("00000000 ffffffff 67")))
        .isEqualTo(Bytes.ofHex("ffffffff 67"));
  }

  @Test
  void repeatsChangeNothing() {
    assertThat(taken(HD, HD_SPS, HD_PPS, IDR)).isSameAs(HD);
    // Another nal_ref_idc, zeros of a byte stream.
    assertThat(taken(HD, "27" + HD_SPS.substring(2) + "0000", HD_PPS + "00", IDR)).isSameAs(HD);
    assertThat(taken(HEVC, VPS, SPS, PPS, CRA)).isSameAs(HEVC);
  }

  @Test
  void anotherSetOfThemMakesARecord() {
    assertThat(taken(HD, SMALL_SPS, SMALL_PPS, IDR))
        .isEqualTo(
            AvcConfiguration.parse(
                Bytes.ofHex("0142c01effe1 0019" + SMALL_SPS + "01 0005" + SMALL_PPS)));
  }

  @Test
  void completesARecordAsItsEncoderWouldHaveWrittenIt() {
    AvcConfiguration none = AvcConfiguration.parse(Bytes.ofHex("0142001fffe000"));

    assertThat(of(none).isComplete()).isFalse();
    assertThat(of(HD).isComplete()).isTrue();
    assertThat(taken(none, HD_SPS, HD_PPS, IDR)).isEqualTo(HD);
  }

  @Test
  void theFixedFieldsOfHevcFollowItsSequenceParameterSet() {
    HevcConfiguration none =
        HevcConfiguration.parse(
            Bytes.ofHex("01 01 60000000 900000000000 5d f000 fc fd f8 f8 1900 0f 00"));

    assertThat(of(none).isComplete()).isFalse();
    assertThat(taken(none, VPS, SPS, PPS, CRA).record().toHex())
        .isEqualTo(
            Bytes.ofHex(
                    "01 02 20000000 900000000000 1e f000 fc fd fa fa 0000 0f 03"
                        + ("a0 0001 0018" + VPS)
                        + ("a1 0001 002a" + SPS)
                        + ("a2 0001 0006" + PPS))
                .toHex());
  }

  @Test
  void anotherPictureParameterSetReplacesThatWithItsId() {
    String first = "68cb83cb20";
    // pic_parameter_set_id 1: 010 in place of 1
    String second = "6853e0f2c8";

    assertThat(taken(HD, first, IDR).record().toHex()).contains(HD_SPS + "010005" + first);
    assertThat(taken(HD, second, IDR).record().toHex())
        .contains(HD_SPS + "020006" + HD_PPS + "0005" + second);
    // SEI messages of the record stay.
    assertThat(taken(HEVC, "4401c073c189", CRA).record().toHex())
        .contains("a2000100064401c073c189" + "270002")
        .contains(VPS)
        .contains(SPS);
    assertThat(taken(HEVC, "4401c073c189", CRA).picture().contentLight())
        .isEqualTo(new ContentLight(1_000, 400));
  }

  @Test
  void whatCannotBeReadChangesNothing() {
    assertThat(taken(HD, "67", "68", "6742c01e", "e8cb83cb20", IDR)).isSameAs(HD);
    assertThat(taken(HD, "67640028" + "00".repeat(70_000) + "80", IDR)).isSameAs(HD);
    for (int length = 2; length < 2 * 15; length += 2) {
      assertThat(taken(HEVC, SPS.substring(0, length), PPS.substring(0, 6), CRA)).isSameAs(HEVC);
    }
    // Of another layer.
    assertThat(taken(HEVC, "4409c073c189", CRA)).isSameAs(HEVC);
  }

  @Test
  void whatARecordDoesNotHoldChangesNothing() {
    // Of 40 KiB each, behind what is read of them.
    String tail = "ff".repeat(40_000);

    assertThat(taken(HD, HD_PPS + tail, IDR)).isNotEqualTo(HD);
    assertThat(taken(HD, HD_PPS + tail, "6853e0f2c8" + tail, IDR)).isSameAs(HD);
  }

  /** Each would be a record of its own, were it made before a keyframe needs it. */
  @Test
  @Timeout(20)
  void manySetsCostNoMoreThanTheyAre() {
    ParameterSets sets = of(HD);
    String[] nals = new String[4_096];
    for (int i = 0; i < nals.length; i++) {
      nals[i] = (i % 2 == 0 ? SMALL_SPS : SMALL_PPS) + "%04x".formatted(i + 1);
    }
    Bytes sample = sample(nals);
    for (int i = 0; i < 100; i++) {
      assertThat(sets.take(sample).isEmpty()).isTrue();
    }
    assertThat(sets.applyTo(HD).record().length()).isLessThan(60);
  }

  @Test
  void answersAnyBytesWithAConfiguration() {
    Random random = new Random(11);
    List<Bytes> samples =
        List.of(
            sample("0910", HD_SPS, HD_PPS, SMALL_SPS, SMALL_PPS, IDR), sample(VPS, SPS, PPS, CRA));
    List<VideoConfiguration> configurations = List.of(HD, HEVC);
    for (int i = 0; i < 20_000; i++) {
      VideoConfiguration given = configurations.get(i % 2);
      byte[] bytes = samples.get(i % 2).toArray();
      for (int flips = random.nextInt(6); flips >= 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      ParameterSets sets = of(given);
      Bytes kept = sets.take(Bytes.wrap(bytes, 0, random.nextInt(bytes.length + 1)));
      assertThat(kept.length()).isLessThanOrEqualTo(bytes.length);
      assertThat(sets.applyTo(given).codecsString()).isNotEmpty();
    }
  }
}
