package io.millrace.ingest;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.Locale;
import java.util.function.IntSupplier;

/** Counts what the ingest does. */
final class IngestMetrics {
  private final Counter dateRanges;
  private final Counter admissions;
  private final Counter ended;
  private final Counter checkpoints;
  private final Counter heldBack;
  private final CounterDataPoint takeovers;
  private final CounterDataPoint bytes;
  private final CounterDataPoint samples;
  private final CounterDataPoint dropped;
  private final CounterDataPoint broadcasts;
  private final CounterDataPoint agentFull;
  private final CounterDataPoint trimmed;
  private final CounterDataPoint badSettings;

  IngestMetrics(PrometheusRegistry registry, IntSupplier publishers) {
    admissions =
        Counter.builder()
            .name("millrace_ingest_admissions")
            .help("Publishers that asked to publish, by the answer")
            .labelNames("result")
            .register(registry);
    checkpoints =
        Counter.builder()
            .name("millrace_ingest_checkpoints")
            .help("States that packagers handed over, by what became of them")
            .labelNames("result")
            .register(registry);
    heldBack =
        Counter.builder()
            .name("millrace_ingest_held_back")
            .help("Times that a publisher was not read for a while, by the reason")
            .labelNames("reason")
            .register(registry);
    dateRanges =
        Counter.builder()
            .name("millrace_ingest_date_ranges")
            .help("Date ranges that the control plane told of, by what became of them")
            .labelNames("result")
            .register(registry);
    takeovers =
        counter(
            registry,
            "millrace_ingest_takeovers",
            "Publishers that took their channel over from an earlier session");
    ended =
        Counter.builder()
            .name("millrace_ingest_publications_ended")
            .help("Publishers' sessions that ended, by the reason")
            .labelNames("reason")
            .register(registry);
    bytes =
        Counter.builder()
            .name("millrace_ingest_samples_received_bytes")
            .unit(Unit.BYTES)
            .help("Payload of the samples written to input logs")
            .register(registry);
    samples = counter(registry, "millrace_ingest_samples", "Samples written to input logs");
    dropped =
        counter(
            registry,
            "millrace_ingest_dropped_samples",
            "Samples dropped because a queue was full or the track unknown");
    broadcasts = counter(registry, "millrace_ingest_broadcasts", "Broadcasts opened");
    agentFull =
        counter(
            registry,
            "millrace_ingest_agent_full",
            "Times that the agent's queue took no more and the next tick had to do");
    trimmed =
        counter(
            registry,
            "millrace_ingest_history_trimmed",
            "Entries and checkpoints let go of because the logs of all channels held too much");
    badSettings =
        counter(
            registry,
            "millrace_ingest_bad_settings",
            "Broadcasts opened with default lengths because the channel's were not valid");
    GaugeWithCallback.builder()
        .name("millrace_ingest_publishers")
        .help("Sessions that publish now")
        .callback(callback -> callback.call(publishers.getAsInt()))
        .register(registry);
  }

  void dateRange(String result) {
    dateRanges.labelValues(result).inc();
  }

  void admitted() {
    admissions.labelValues("admitted").inc();
  }

  void tookOver() {
    takeovers.inc();
  }

  void refused(Admission.Reason reason) {
    admissions.labelValues(reason.name().toLowerCase(Locale.ROOT)).inc();
  }

  void checkpoint(InputLog.Keeping result) {
    checkpoints.labelValues(result.name().toLowerCase(Locale.ROOT)).inc();
  }

  void heldBack(String reason) {
    heldBack.labelValues(reason).inc();
  }

  void publicationEnded(CloseReason reason) {
    ended.labelValues(reason.text()).inc();
  }

  void sample(int sizeBytes) {
    samples.inc();
    bytes.inc(sizeBytes);
  }

  void dropped(long count) {
    dropped.inc(count);
  }

  void broadcastOpened() {
    broadcasts.inc();
  }

  void agentFull() {
    agentFull.inc();
  }

  void trimmed() {
    trimmed.inc();
  }

  void badSettings() {
    badSettings.inc();
  }

  private static CounterDataPoint counter(PrometheusRegistry registry, String name, String help) {
    return Counter.builder().name(name).help(help).register(registry);
  }
}
