package io.millrace.ingest.rtmp.session;

import io.millrace.ingest.rtmp.chunk.Limit;
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

/** Counts what the RTMP server does; what a limit ended, by {@link Limit#label}. */
public final class RtmpMetrics {
  /** As the label {@code limit} where no limit was passed; to Prometheus that is no label. */
  private static final String NONE = "";

  private final Gauge open;
  private final Counter connections;
  private final Counter errors;
  private final Counter timeouts;
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
            .labelNames("result", "limit")
            .register(registry);
    errors =
        Counter.builder()
            .name("millrace_rtmp_protocol_errors")
            .help("What peers sent that cannot be, by kind, and by the limit that it passed")
            .labelNames("kind", "limit")
            .register(registry);
    timeouts =
        Counter.builder()
            .name("millrace_rtmp_timeouts")
            .help("Connections closed for silence, or for getting nowhere, by limit")
            .labelNames("limit")
            .register(registry);
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
    connections.labelValues("accepted", NONE).inc();
  }

  /** A connection was refused by a limit. */
  public void refused(Limit limit) {
    connections.labelValues("refused", limit.label()).inc();
  }

  /** An accepted connection was closed. */
  public void closed() {
    open.dec();
  }

  void error(RtmpException e) {
    errors.labelValues(kind(e.code()), e.limit().map(Limit::label).orElse(NONE)).inc();
  }

  void beyond(Limit limit) {
    errors.labelValues(kind(RtmpException.Code.LIMIT), limit.label()).inc();
  }

  void malformedMedia() {
    errors.labelValues(kind(RtmpException.Code.MEDIA), NONE).inc();
  }

  private static String kind(RtmpException.Code code) {
    return code.name().toLowerCase(Locale.ROOT);
  }

  void timedOut(Limit limit) {
    timeouts.labelValues(limit.label()).inc();
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
