package io.millrace.bench.machine;

import java.util.Arrays;
import java.util.Locale;

/** Holds sorted times in nanoseconds and tells their quantiles. */
public final class Percentiles {
  private final long[] sortedNs;

  public Percentiles(long[] timesNs) {
    if (timesNs.length == 0) {
      throw new IllegalArgumentException("times: none (expected: at least one)");
    }
    sortedNs = timesNs.clone();
    Arrays.sort(sortedNs);
  }

  public int count() {
    return sortedNs.length;
  }

  /** The time that the share {@code quantile} (0 to 1) of all does not exceed, milliseconds. */
  public double ms(double quantile) {
    int rank = (int) Math.ceil(quantile * sortedNs.length) - 1;
    return sortedNs[Math.clamp(rank, 0, sortedNs.length - 1)] / 1e6;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "p50 %.2f ms, p90 %.2f ms, p99 %.2f ms, max %.2f ms (%d)",
        ms(0.5),
        ms(0.9),
        ms(0.99),
        ms(1),
        count());
  }
}
