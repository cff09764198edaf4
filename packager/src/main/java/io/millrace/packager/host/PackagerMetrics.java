package io.millrace.packager.host;

import io.millrace.packager.timeline.Irregularity;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.EnumMap;
import java.util.Map;

/** Counts what the node's packagers do. */
final class PackagerMetrics {
  private final Counter parts;
  private final Counter partBytes;
  private final Counter samples;
  private final Counter staleEntries;
  private final Counter lostEntries;
  private final Counter refusedChannels;
  private final Counter historyTrimmed;
  private final Counter checkpoints;
  private final Gauge channels;
  private final Gauge historyBytes;
  private final Map<Irregularity, CounterDataPoint> irregularities =
      new EnumMap<>(Irregularity.class);

  PackagerMetrics(PrometheusRegistry registry) {
    parts = counter(registry, "millrace_packager_parts_total", "Parts published");
    partBytes = counter(registry, "millrace_packager_part_bytes_total", "Bytes of parts published");
    samples = counter(registry, "millrace_packager_samples_total", "Samples taken from input logs");
    staleEntries =
        counter(
            registry,
            "millrace_packager_stale_entries_total",
            "Entries dropped because their writer is no longer in office");
    lostEntries =
        counter(
            registry,
            "millrace_packager_lost_entries_total",
            "Entries of input logs that never came");
    refusedChannels =
        counter(
            registry,
            "millrace_packager_refused_channels_total",
            "Channels refused because the node has as many as it may");
    historyTrimmed =
        counter(
            registry,
            "millrace_packager_history_trimmed_total",
            "Parts let go of because the histories of all channels held too much");
    checkpoints =
        Counter.builder()
            .name("millrace_packager_checkpoints_total")
            .help("Channels' checkpoints, by what became of them")
            .labelNames("result")
            .register(registry);
    channels =
        Gauge.builder().name("millrace_packager_channels").help("Channels held").register(registry);
    historyBytes =
        Gauge.builder()
            .name("millrace_packager_history_bytes")
            .help("Part bytes held for late joiners")
            .register(registry);
    Counter byKind =
        Counter.builder()
            .name("millrace_packager_irregularities_total")
            .help("Irregularities of publishers' samples, by kind")
            .labelNames("kind")
            .register(registry);
    for (Irregularity kind : Irregularity.values()) {
      irregularities.put(kind, byKind.labelValues(kind.label()));
    }
  }

  private static Counter counter(PrometheusRegistry registry, String name, String help) {
    return Counter.builder().name(name).help(help).register(registry);
  }

  void part(int bytes) {
    parts.inc();
    partBytes.inc(bytes);
  }

  void sample() {
    samples.inc();
  }

  void staleEntry() {
    staleEntries.inc();
  }

  void lostEntries(long count) {
    lostEntries.inc(count);
  }

  void refusedChannel() {
    refusedChannels.inc();
  }

  /** What became of a checkpoint: handed_over, too_long, restored or refused. */
  void checkpoint(String result) {
    checkpoints.labelValues(result).inc();
  }

  void channels(int count) {
    channels.set(count);
  }

  void historyTrimmed() {
    historyTrimmed.inc();
  }

  void historyBytes(long delta) {
    historyBytes.inc((double) delta);
  }

  void irregularity(Irregularity kind, long count) {
    CounterDataPoint counter = irregularities.get(kind);
    if (counter != null) {
      counter.inc(count);
    }
  }
}
