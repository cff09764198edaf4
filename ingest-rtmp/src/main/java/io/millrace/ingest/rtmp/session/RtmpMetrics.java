package io.millrace.ingest.rtmp.session;

import io.millrace.ingest.rtmp.chunk.PartialBudget;
import io.millrace.ingest.rtmp.chunk.RtmpException;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.Locale;

/** Counts what the RTMP server does. */
public final class RtmpMetrics {
  private final Gauge open;
  private final Counter connections;
  private final Counter errors;
  private final CounterDataPoint timeouts;
  private final CounterDataPoint pauses;
  private final CounterDataPoint receivedBytes;
  private final CounterDataPoint unsupported;

  public RtmpMetrics(PrometheusRegistry registry, PartialBudget partial) {
    open =
        Gauge.builder()
            .name("millrace_rtmp_open_connections")
            .help("Connections that are open now")
            .register(registry);
    connections =
        Counter.builder()
            .name("millrace_rtmp_connections")
            .help("Connections accepted, and refused by a limit")
            .labelNames("result")
            .register(registry);
    errors =
        Counter.builder()
            .name("millrace_rtmp_protocol_errors")
            .help("What peers sent that cannot be, by kind")
            .labelNames("kind")
            .register(registry);
    timeouts = counter(registry, "millrace_rtmp_timeouts", "Connections closed for silence");
    pauses =
        counter(
            registry, "millrace_rtmp_pauses", "Times that a publisher was not read for a while");
    unsupported =
        counter(
            registry,
            "millrace_rtmp_unsupported_streams",
            "Streams refused because they cannot be delivered");
    receivedBytes =
        Counter.builder()
            .name("millrace_rtmp_received_bytes")
            .unit(Unit.BYTES)
            .help("Bytes received behind handshakes")
            .register(registry);
    GaugeWithCallback.builder()
        .name("millrace_rtmp_partial_bytes")
        .unit(Unit.BYTES)
        .help("What messages that have begun and not ended hold, those of all connections")
        .callback(point -> point.call((double) partial.usedBytes()))
        .register(registry);
    CounterWithCallback.builder()
        .name("millrace_rtmp_partial_refusals")
        .help("Connections closed because those messages would have held too much")
        .callback(point -> point.call((double) partial.refusals()))
        .register(registry);
  }

  /** A connection was opened within the limits. */
  public void accepted() {
    open.inc();
    connections.labelValues("accepted").inc();
  }

  /** A connection was refused by a limit. */
  public void refused() {
    connections.labelValues("refused").inc();
  }

  /** An accepted connection was closed. */
  public void closed() {
    open.dec();
  }

  void error(RtmpException.Code code) {
    errors.labelValues(code.name().toLowerCase(Locale.ROOT)).inc();
  }

  void timedOut() {
    timeouts.inc();
  }

  void paused() {
    pauses.inc();
  }

  void unsupported() {
    unsupported.inc();
  }

  void received(long bytes) {
    receivedBytes.inc(bytes);
  }

  private static CounterDataPoint counter(PrometheusRegistry registry, String name, String help) {
    return Counter.builder().name(name).help(help).register(registry);
  }
}
