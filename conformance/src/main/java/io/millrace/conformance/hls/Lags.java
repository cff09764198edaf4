package io.millrace.conformance.hls;

import java.util.Arrays;
import java.util.Random;

/**
 * How far a playlist's end was behind this machine's clock, each time that it was seen fresh. Of
 * many, as many are kept as tell the median: each has the same chance. Confined to one thread.
 */
final class Lags {
  private static final int KEPT = 1_024;

  private final long[] kept = new long[KEPT];

  /** The same ones each time. */
  private final Random random = new Random(1);

  private long count;

  void add(long ns) {
    long place = count < KEPT ? count : random.nextLong(count + 1);
    if (place < KEPT) {
      kept[(int) place] = ns;
    }
    count++;
  }

  /** How many there were. */
  long count() {
    return count;
  }

  /** Of those that were kept; 0 where there are none. */
  long medianNs() {
    long[] sorted = Arrays.copyOf(kept, (int) Math.min(count, KEPT));
    Arrays.sort(sorted);
    return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
  }
}
