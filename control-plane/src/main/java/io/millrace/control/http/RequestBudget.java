package io.millrace.control.http;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;

/**
 * Limits what the requests that are being read keep all together: one may be large, and there may
 * be many. Beyond the limit each may keep an equal share of it. Any thread.
 */
final class RequestBudget {
  private final long limitBytes;
  private final IntSupplier connections;
  private final AtomicLong usedBytes = new AtomicLong();

  RequestBudget(long limitBytes, IntSupplier connections) {
    this.limitBytes = limitBytes;
    this.connections = connections;
  }

  void add(long bytes) {
    usedBytes.addAndGet(bytes);
  }

  long usedBytes() {
    return usedBytes.get();
  }

  /** Whether a request that keeps so much keeps more than it may now. */
  boolean isTooMuch(long bytes) {
    return usedBytes.get() > limitBytes && bytes > limitBytes / Math.max(1, connections.getAsInt());
  }
}
