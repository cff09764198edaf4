package io.millrace.conformance.hls;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class LagsTest {
  private final Lags lags = new Lags();

  @Test
  void theMedianOfFewIsExact() {
    assertThat(lags.medianNs()).isZero();

    lags.add(30);
    lags.add(-10);
    lags.add(20);

    assertThat(lags.count()).isEqualTo(3);
    assertThat(lags.medianNs()).isEqualTo(20);
  }

  @Test
  void ofManyTheMedianIsThatOfAllNotOfTheFirstOrTheLast() {
    for (long ns = 0; ns < 1_000_000; ns++) {
      lags.add(ns);
    }

    assertThat(lags.count()).isEqualTo(1_000_000);
    assertThat(lags.medianNs()).isCloseTo(500_000, Offset.offset(60_000L));
  }
}
