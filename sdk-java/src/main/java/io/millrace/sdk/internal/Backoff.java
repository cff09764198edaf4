package io.millrace.sdk.internal;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Says how long to wait before the next attempt: twice as long each time, less up to half of it by
 * chance, so that many clients do not come back at once. Confined to the reader's thread.
 */
final class Backoff {
  private static final Duration LEAST = Duration.ofMillis(10);
  private static final int MOST_DOUBLINGS = 20;

  private final Duration most;
  private final RandomGenerator random;
  private Duration first;
  private int attempts;

  Backoff(Duration first, Duration most, RandomGenerator random) {
    this.first = first;
    this.most = most;
    this.random = random;
  }

  /** Begins with this delay from now on; within limits, because another says it. */
  void first(Duration delay) {
    first = delay.compareTo(LEAST) < 0 ? LEAST : delay;
  }

  /** An attempt went well. */
  void reset() {
    attempts = 0;
  }

  /** How many attempts in a row went wrong. */
  int attempts() {
    return attempts;
  }

  /** An attempt went wrong. */
  Duration next() {
    Duration doubled = first.multipliedBy(1L << Math.min(attempts, MOST_DOUBLINGS));
    Duration delay = doubled.compareTo(most) < 0 ? doubled : most;
    attempts++;
    long halfNs = delay.toNanos() / 2;
    return Duration.ofNanos(delay.toNanos() - (halfNs == 0 ? 0 : random.nextLong(halfNs)));
  }
}
