package io.millrace.packager.host;

import io.millrace.media.Bytes;
import io.millrace.media.index.PartKey;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Holds the bytes of a channel's last parts, by age and by size. Confined to the agent. */
final class PartHistory {
  private final long maxBytes;
  private final PackagerMetrics metrics;
  private final Map<PartKey, Bytes> bytes = new HashMap<>();
  private final Deque<Kept> order = new ArrayDeque<>();
  private long size;

  PartHistory(long maxBytes, PackagerMetrics metrics) {
    this.maxBytes = maxBytes;
    this.metrics = metrics;
  }

  /** Keeps a part; lets go of those that arrived more than {@code maxAgeNs} before it. */
  void add(PartKey key, Bytes data, long arrivalNs, long maxAgeNs) {
    bytes.put(key, data);
    order.add(new Kept(key, arrivalNs));
    resize(data.length());
    while (order.size() > 1
        && (size > maxBytes || arrivalNs - order.element().arrivalNs() > maxAgeNs)) {
      Bytes gone = bytes.remove(order.remove().key());
      resize(gone == null ? 0 : -gone.length());
    }
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
    metrics.historyBytes(delta);
  }

  private record Kept(PartKey key, long arrivalNs) {}
}
