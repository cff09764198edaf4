package io.millrace.media.track;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AvcFieldCodingTest {
  /** 64x64 as x264 writes it: frames that are said to be allowed to be fields, and MBAFF. */
  static final String FAKE_SPS = "67640015acd9444580880000030008000003019078b16cb0";

  static final String MBAFF_SPS = "67640015acd9444d808800000300080000030190f8a14cb0";
  private static final String PROGRESSIVE_SPS =
      "67640028acd940780227e5c05a808080a000007d20001d4c01e30632c0";

  static AvcConfiguration avc(String sps) {
    return AvcConfiguration.parse(
        Bytes.ofHex("01640015ffe1%04x".formatted(sps.length() / 2) + sps + "01000668ebe3cb22c0"));
  }

  private static Bytes sample(String... nals) {
    StringBuilder hex = new StringBuilder();
    for (String nal : nals) {
      hex.append("%08x".formatted(nal.length() / 2)).append(nal);
    }
    return Bytes.ofHex(hex.toString());
  }

  @ParameterizedTest
  @CsvSource({
    // x264's IDR and P picture, then the same with field_pic_flag
    "6588820033ffcc, false",
    "419a2236216fd2, false",
    "6588840033ffcc, true",
    "419a3236216fd2, true",
    // Cut before it; none
    "6588, false",
    "65, false",
    "0605ffff, false",
  })
  void findsFieldsWherePicturesMayBeSome(String nal, boolean field) {
    AvcFieldCoding coding = AvcFieldCoding.of(avc(FAKE_SPS)).orElseThrow();

    assertThat(coding.isIn(sample("0605", nal))).isEqualTo(field);
  }

  @Test
  void eachPictureIsOneWhereFramesAreMacroblockAdaptive() {
    AvcFieldCoding coding = AvcFieldCoding.of(avc(MBAFF_SPS)).orElseThrow();

    assertThat(coding.isIn(sample("0605", "6588820033ffcc"))).isTrue();
    assertThat(coding.isIn(sample("0605"))).isFalse();
  }

  @Test
  void noneIsWhereAllPicturesAreFrames() {
    Bytes withoutSets = Bytes.ofHex("01640028ffe000");

    assertThat(AvcFieldCoding.of(avc(PROGRESSIVE_SPS))).isEmpty();
    assertThat(AvcFieldCoding.of(AvcConfiguration.parse(withoutSets))).isEmpty();
    assertThat(AvcFieldCoding.of(HevcConfiguration.parse(Bytes.ofHex(HevcConfigurationTest.HDR))))
        .isEmpty();
  }
}
