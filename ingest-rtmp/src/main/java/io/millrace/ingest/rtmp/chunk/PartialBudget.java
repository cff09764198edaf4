package io.millrace.ingest.rtmp.chunk;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Bounds what the messages of all connections that have begun and not ended hold together. Any
 * thread.
 *
 * <p>Connections that do not publish get half of it at most: who has no key cannot take the room of
 * those who have one.
 */
public final class PartialBudget {
  private final long maxBytes;
  private final AtomicLong used = new AtomicLong();
  private final LongAdder refusals = new LongAdder();

  public PartialBudget(long maxBytes) {
    if (maxBytes < 1) {
      throw new IllegalArgumentException("maxBytes: " + maxBytes + " (expected: 1 or more)");
    }
    this.maxBytes = maxBytes;
  }

  /** Takes so much; throws, and takes nothing, where that would be too much. */
  void reserve(long bytes, boolean publishing) {
    long most = publishing ? maxBytes : maxBytes / 2;
    long before = used.get();
    while (bytes <= most - before) {
      long found = used.compareAndExchange(before, before + bytes);
      if (found == before) {
        return;
      }
      before = found;
    }
    refusals.increment();
    throw RtmpException.beyond(
        Limit.ALL_PARTIAL_BYTES, "partial bytes of all connections", before + bytes, most);
  }

  void release(long bytes) {
    used.addAndGet(-bytes);
  }

  /** What is taken now. */
  public long usedBytes() {
    return used.get();
  }

  /** How often more was wanted than there was. */
  public long refusals() {
    return refusals.sum();
  }
}
