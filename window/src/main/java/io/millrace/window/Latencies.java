package io.millrace.window;

import java.util.Arrays;

/** Remembers how long the last parts were on their way. Confined to the agent thread. */
final class Latencies {
  private static final int LAST = 64;

  private final long[] ns = new long[LAST];
  private int count;

  void add(long latencyNs) {
    ns[count++ % LAST] = latencyNs;
  }

  /** The median, milliseconds; below 0: unknown. */
  double medianMs() {
    int known = Math.min(count, LAST);
    if (known == 0) {
      return -1;
    }
    long[] sorted = Arrays.copyOf(ns, known);
    Arrays.sort(sorted);
    return sorted[known / 2] / 1e6;
  }
}
