package io.millrace.limits;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Keeps what a peer can bring about again and again from filling the log. Any thread. */
public final class OnceInAWhile {
  private final long periodNs;
  private final AtomicLong lastNs;

  /** Due at once, and then once in the period at most. */
  public OnceInAWhile(Duration period, long nowNs) {
    this.periodNs = period.toNanos();
    this.lastNs = new AtomicLong(nowNs - periodNs);
  }

  /** Whether it is time; says so to one caller only. */
  public boolean isDue(long nowNs) {
    long last = lastNs.get();
    return nowNs - last >= periodNs && lastNs.compareAndSet(last, nowNs);
  }
}
