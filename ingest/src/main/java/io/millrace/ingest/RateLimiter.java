package io.millrace.ingest;

/**
 * Holds back a publisher that sends more bytes than it may: the clock earns them, for {@value
 * #MOST_SECONDS} seconds at most, so that a large keyframe or what waited during a stall passes.
 * Confined to the publisher's thread.
 */
final class RateLimiter {
  private static final int MOST_SECONDS = 2;
  private static final long SECOND_NS = 1_000_000_000L;

  private final long bytesPerSecond;
  private double credit;
  private long lastNs;

  RateLimiter(long bytesPerSecond, long nowNs) {
    this.bytesPerSecond = bytesPerSecond;
    this.credit = (double) MOST_SECONDS * bytesPerSecond;
    this.lastNs = nowNs;
  }

  /** Spends what arrived at {@code nowNs}. */
  void spend(int bytes, long nowNs) {
    double earned = (double) Math.max(0, nowNs - lastNs) * bytesPerSecond / SECOND_NS;
    lastNs = nowNs;
    credit = Math.min((double) MOST_SECONDS * bytesPerSecond, credit + earned) - bytes;
  }

  /** How long to wait until there is credit again; 0: go on. */
  long waitNs() {
    return credit >= 0 ? 0 : (long) (-credit * SECOND_NS / bytesPerSecond);
  }
}
