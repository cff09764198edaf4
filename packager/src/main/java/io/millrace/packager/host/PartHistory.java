package io.millrace.packager.host;

import io.millrace.limits.FairBudget;
import io.millrace.media.Bytes;
import io.millrace.media.index.PartKey;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds the bytes of a channel's last parts, by age, by size and by what all channels hold.
 * Confined to the agent.
 */
final class PartHistory {
  private final long maxBytes;
  private final FairBudget budget;
  private final PackagerMetrics metrics;
  private final Map<PartKey, Bytes> bytes = new HashMap<>();
  private final Deque<Kept> order = new ArrayDeque<>();
  private long size;

  /**
   * An empty one.
   *
   * @param budget of all channels
   */
  PartHistory(long maxBytes, FairBudget budget, PackagerMetrics metrics) {
    this.maxBytes = maxBytes;
    this.budget = budget;
    this.metrics = metrics;
  }

  /** Keeps a part; lets go of those that arrived more than {@code maxAgeNs} before it. */
  void add(PartKey key, Bytes data, long arrivalNs, long maxAgeNs) {
    bytes.put(key, data);
    order.add(new Kept(key, arrivalNs));
    resize(data.length());
    while (order.size() > 1 && arrivalNs - order.element().arrivalNs() > maxAgeNs) {
      dropOldest();
    }
    trim();
  }

  /** Lets go of the oldest while there is too much here, or too much everywhere and most here. */
  void trim() {
    while (order.size() > 1 && size > Math.min(maxBytes, budget.shareBytes())) {
      if (size <= maxBytes) {
        metrics.historyTrimmed();
      }
      dropOldest();
    }
  }

  private void dropOldest() {
    Bytes gone = bytes.remove(order.remove().key());
    resize(gone == null ? 0 : -gone.length());
  }

  @Nullable Bytes get(PartKey key) {
    return bytes.get(key);
  }

  void clear() {
    resize(-size);
    bytes.clear();
    order.clear();
  }

  private void resize(long delta) {
    size += delta;
    budget.add(delta);
    metrics.historyBytes(delta);
  }

  private record Kept(PartKey key, long arrivalNs) {}
}
