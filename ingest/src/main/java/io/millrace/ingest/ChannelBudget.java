package io.millrace.ingest;

/**
 * Counts what the publishers of one channel send, one after the other: who comes back, or takes
 * over, goes on with what the one before has left. Any thread.
 */
final class ChannelBudget {
  /** What may come at once: a large keyframe, or what waited during a stall. As long is a debt. */
  private static final int MOST_SECONDS = 2;

  private static final long SECOND_NS = 1_000_000_000L;
  private static final long MINUTE_NS = 60 * SECOND_NS;

  private final long bytesPerSecond;
  private double credit;
  private long creditedNs;
  private int configurations;
  private long countedFromNs;

  ChannelBudget(long bytesPerSecond, long nowNs) {
    this.bytesPerSecond = bytesPerSecond;
    this.credit = mostCredit();
    this.creditedNs = nowNs;
  }

  /** Counts a configuration of a track; false where it is more than so many in a minute. */
  synchronized boolean configure(int mostPerMinute, long nowNs) {
    if (configurations == 0 || nowNs - countedFromNs >= MINUTE_NS) {
      configurations = 0;
      countedFromNs = nowNs;
    }
    return ++configurations <= mostPerMinute;
  }

  /**
   * Spends the bytes of a sample, which the clock earns.
   *
   * @return how long not to read any more; 0: go on
   */
  synchronized long spend(int bytes, long nowNs) {
    double earned = (double) Math.max(0, nowNs - creditedNs) * bytesPerSecond / SECOND_NS;
    creditedNs = Math.max(creditedNs, nowNs);
    // What was read in one go, of however many sessions, makes nobody wait longer than that.
    credit = Math.max(-mostCredit(), Math.min(mostCredit(), credit + earned) - bytes);
    return credit >= 0 ? 0 : (long) (-credit * SECOND_NS / bytesPerSecond);
  }

  /** Whether a new one would say the same. */
  synchronized boolean isUnused(long nowNs) {
    return spend(0, nowNs) == 0
        && credit >= mostCredit()
        && (configurations == 0 || nowNs - countedFromNs >= MINUTE_NS);
  }

  private double mostCredit() {
    return (double) MOST_SECONDS * bytesPerSecond;
  }
}
