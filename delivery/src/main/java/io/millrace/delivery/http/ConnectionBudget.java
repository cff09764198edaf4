package io.millrace.delivery.http;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;

/**
 * Limits what all connections of a server keep for themselves alone: requests that are not
 * complete, streams, answers that are not taken. Any thread.
 *
 * <p>Beyond the limit each connection may keep an equal share of it. So the few that keep much are
 * closed, and not those that come next.
 */
public final class ConnectionBudget {
  private final long limitBytes;
  private final IntSupplier connections;
  private final AtomicLong usedBytes = new AtomicLong();

  /**
   * A budget of which nothing is used.
   *
   * @param connections how many there are
   */
  public ConnectionBudget(long limitBytes, IntSupplier connections) {
    this.limitBytes = limitBytes;
    this.connections = connections;
  }

  void add(long bytes) {
    usedBytes.addAndGet(bytes);
  }

  /** What one connection may keep now. */
  long shareBytes() {
    return usedBytes.get() <= limitBytes
        ? Long.MAX_VALUE
        : limitBytes / Math.max(1, connections.getAsInt());
  }
}
