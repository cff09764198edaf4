package io.millrace.window.store;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.datapoints.GaugeDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.LongSupplier;

/** Counts what the windows of one role do: {@code millrace_origin_…}, {@code millrace_edge_…}. */
public final class StoreMetrics {
  private final GaugeDataPoint used;
  private final CounterDataPoint evicted;
  private final CounterDataPoint refused;
  private final CounterDataPoint wrongHash;
  private final CounterDataPoint repaired;
  private final CounterDataPoint repairFailed;
  private final CounterDataPoint staleFence;
  private final CounterDataPoint shortened;
  private final DistributionDataPoint availability;
  private final CounterDataPoint fileFailures;
  private volatile LongSupplier held = () -> 0;
  private volatile LongSupplier files = () -> 0;
  private volatile LongSupplier fileBytes = () -> 0;

  /**
   * @param role {@code origin} or {@code edge}
   */
  public StoreMetrics(String role, PrometheusRegistry registry) {
    String prefix = "millrace_" + role + "_window_";
    used =
        Gauge.builder()
            .name(prefix + "used_bytes")
            .help("Part bytes held in memory")
            .register(registry);
    GaugeWithCallback.builder()
        .name(prefix + "held_bytes")
        .help("Part bytes that the windows let go of and that answers still hold")
        .callback(callback -> callback.call((double) held.getAsLong()))
        .register(registry);
    GaugeWithCallback.builder()
        .name(prefix + "files")
        .help("Memory files that are open, one for each segment of a rendition")
        .callback(callback -> callback.call((double) files.getAsLong()))
        .register(registry);
    GaugeWithCallback.builder()
        .name(prefix + "file_bytes")
        .help("What they take of the memory, in whole pages")
        .callback(callback -> callback.call((double) fileBytes.getAsLong()))
        .register(registry);
    fileFailures =
        Counter.builder()
            .name(prefix + "file_failures_total")
            .help("Parts that are kept in buffers because no memory file could take them")
            .register(registry);
    Counter drops =
        Counter.builder()
            .name(prefix + "part_drops_total")
            .help("Parts not kept: evicted for room, refused for want of room, of the wrong hash")
            .labelNames("reason")
            .register(registry);
    evicted = drops.labelValues("evicted");
    refused = drops.labelValues("refused");
    wrongHash = drops.labelValues("hash");
    Counter repairs =
        Counter.builder()
            .name(prefix + "repairs_total")
            .help("Parts that were asked for because their bytes had not come")
            .labelNames("result")
            .register(registry);
    repaired = repairs.labelValues("repaired");
    repairFailed = repairs.labelValues("failed");
    staleFence =
        Counter.builder()
            .name(prefix + "stale_fence_total")
            .help("Messages of a writer no longer in office, dropped")
            .register(registry);
    shortened =
        Counter.builder()
            .name(prefix + "shortened_total")
            .help("Times that a window began later because bytes of its first segments are gone")
            .register(registry);
    availability =
        Histogram.builder()
            .name(prefix + "part_availability_seconds")
            .help("Arrival of a part's last sample at the ingest to its availability here")
            .classicOnly()
            .classicUpperBounds(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
            .register(registry);
  }

  void used(long bytes) {
    used.set((double) bytes);
  }

  /** Where the number of bytes held is asked for; any thread may. */
  void held(LongSupplier bytes) {
    held = bytes;
  }

  /** Where what memory files there are is asked for; any thread may. */
  void files(LongSupplier count, LongSupplier bytes) {
    files = count;
    fileBytes = bytes;
  }

  void fileFailed() {
    fileFailures.inc();
  }

  void evicted() {
    evicted.inc();
  }

  void refused() {
    refused.inc();
  }

  void wrongHash() {
    wrongHash.inc();
  }

  /** A part's bytes came after they were asked for. */
  public void repaired() {
    repaired.inc();
  }

  /** A part's bytes were asked for in vain. */
  public void repairFailed() {
    repairFailed.inc();
  }

  /** Something came under a lower fence than was seen. */
  public void staleFence() {
    staleFence.inc();
  }

  /** A window begins later, because bytes of its first segments are gone. */
  public void shortened() {
    shortened.inc();
  }

  /** A part became available. */
  public void available(long latencyNs) {
    availability.observe(latencyNs / 1e9);
  }
}
