package io.millrace.ingest;

/** Counts what happens in a minute, from the first time on. Any thread. */
final class MinuteCount {
  private static final long MINUTE_NS = 60_000_000_000L;

  private int count;
  private long sinceNs;

  /** Counts one more; false where that is more than {@code most}. */
  synchronized boolean add(int most, long nowNs) {
    if (isOver(nowNs)) {
      count = 0;
      sinceNs = nowNs;
    }
    return ++count <= most;
  }

  /** Whether nothing of what was counted matters any more. */
  synchronized boolean isOver(long nowNs) {
    return count == 0 || nowNs - sinceNs >= MINUTE_NS;
  }
}
