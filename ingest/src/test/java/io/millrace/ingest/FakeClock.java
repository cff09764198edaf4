package io.millrace.ingest;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands still until it is moved. */
public final class FakeClock implements IngestClock {
  private final AtomicLong nowNs = new AtomicLong(1_700_000_000_000_000_000L);

  private final AtomicLong afterNextReadNs = new AtomicLong();

  @Override
  public long utcNs() {
    return nowNs.getAndAdd(afterNextReadNs.getAndSet(0));
  }

  /** Moves on between the next time that it is read and the one after that. */
  public void advanceAfterNextRead(Duration by) {
    afterNextReadNs.set(by.toNanos());
  }

  public void advance(Duration by) {
    nowNs.addAndGet(by.toNanos());
  }
}
