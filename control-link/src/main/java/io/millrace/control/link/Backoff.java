package io.millrace.control.link;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Says how long to wait between attempts to connect: longer with each failure, and by chance, so
 * that nodes that lost the same control plane do not all come back at once. Confined to one thread.
 */
final class Backoff {
  private static final long FIRST_MS = 100;
  private static final int MOST_DOUBLINGS = 20;

  private final long mostMs;
  private final RandomGenerator random;
  private int failures;

  Backoff(Duration most, RandomGenerator random) {
    this.mostMs = most.toMillis();
    this.random = random;
  }

  /** Counts a failure and tells how long to wait after it. */
  long nextMs() {
    long ceiling = Math.min(mostMs, FIRST_MS << Math.min(failures, MOST_DOUBLINGS));
    failures++;
    return ceiling / 2 + random.nextLong(ceiling / 2 + 1);
  }

  void succeeded() {
    failures = 0;
  }
}
