package io.millrace.ingest;

import java.time.Duration;

/**
 * Holds back a publisher that sends faster than the clock, such as a file sent without pacing.
 *
 * <p>Media time spends credit, the clock earns it, a little faster than it runs, so that an
 * encoder's drifting clock never runs out; a burst after a stall spends what the stall earned.
 * Confined to the publisher's thread.
 */
final class PaceLimiter {
  /** A larger step is a jump of the timestamps, not media. */
  private static final long JUMP_NS = 2_000_000_000L;

  private final long capNs;
  private long creditNs;
  private long lastNs;
  private long highNs = Long.MIN_VALUE;

  PaceLimiter(Duration maxAhead, long nowNs) {
    this.capNs = maxAhead.toNanos();
    this.creditNs = capNs;
    this.lastNs = nowNs;
  }

  /** Spends what media time up to {@code mediaNs} costs, at {@code nowNs}. */
  void advance(long mediaNs, long nowNs) {
    long earned = nowNs - lastNs;
    lastNs = nowNs;
    creditNs = Math.min(capNs, creditNs + earned + earned / 20);
    long step = highNs == Long.MIN_VALUE ? 0 : mediaNs - highNs;
    if (step > 0 || step < -JUMP_NS || highNs == Long.MIN_VALUE) {
      highNs = mediaNs;
      creditNs -= step > 0 && step <= JUMP_NS ? step : 0;
    }
  }

  /** How long to wait until there is credit again; 0: go on. */
  long waitNs() {
    return Math.max(0, -creditNs);
  }
}
