package io.millrace.conformance.hls;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PeakRateTest {
  private static final long SECOND_NS = 1_000_000_000L;

  private final PeakRate peak = new PeakRate();

  private void add(long msn, long bytes, double seconds) {
    peak.add(msn, bytes, (long) (seconds * SECOND_NS), 4 * SECOND_NS);
  }

  @Test
  void isThatOfSegmentsInARowThatLastAboutATargetDuration() {
    add(1, 1_000, 4);
    assertThat(peak.bps()).isEqualTo(2_000);

    // Alone it is too short, with the one before it counts.
    add(2, 3_500, 1);
    assertThat(peak.bps()).isEqualTo(7_200);

    add(3, 1, 4);
    assertThat(peak.bps()).isEqualTo(7_200);
  }

  @Test
  void segmentsBesideAGapAreInNoRow() {
    add(1, 1_000, 4);
    add(3, 3_500, 1);

    assertThat(peak.bps()).isEqualTo(2_000);
  }
}
