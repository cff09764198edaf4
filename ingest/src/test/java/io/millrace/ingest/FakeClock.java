package io.millrace.ingest;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands still until it is moved. */
public final class FakeClock implements IngestClock {
  private final AtomicLong nowNs = new AtomicLong(1_700_000_000_000_000_000L);

  @Override
  public long utcNs() {
    return nowNs.get();
  }

  public void advance(Duration by) {
    nowNs.addAndGet(by.toNanos());
  }
}
