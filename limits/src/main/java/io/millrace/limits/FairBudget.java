package io.millrace.limits;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;

/**
 * Limits what all connections of a server keep together: one may keep much, and there may be many.
 * Any thread.
 *
 * <p>Beyond the limit each connection may keep an equal share of it. So the few that keep much are
 * refused, and not those that come next.
 */
public final class FairBudget {
  private final long limitBytes;
  private final IntSupplier connections;
  private final AtomicLong usedBytes = new AtomicLong();

  /**
   * A budget of which nothing is used.
   *
   * @param connections how many there are
   */
  public FairBudget(long limitBytes, IntSupplier connections) {
    this.limitBytes = limitBytes;
    this.connections = connections;
  }

  /** Counts what a connection keeps from now on, or, where negative, keeps no longer. */
  public void add(long bytes) {
    usedBytes.addAndGet(bytes);
  }

  /** What all connections keep. */
  public long usedBytes() {
    return usedBytes.get();
  }

  /** What one connection may keep now. */
  public long shareBytes() {
    return usedBytes.get() <= limitBytes
        ? Long.MAX_VALUE
        : limitBytes / Math.max(1, connections.getAsInt());
  }
}
