package io.millrace.server.health;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Locale;

/** Counts what the metrics port answers, and whom it lets go. */
final class HealthMetrics {
  /** Says why a connection was closed. */
  enum Closed {
    /** There were as many connections as there may be. */
    CONNECTIONS,
    /** There were as many from its address as there may be. */
    ADDRESS,
    /** It had not got its answer in time. */
    TIMEOUT
  }

  private final Counter answers;
  private final Counter closed;

  HealthMetrics(PrometheusRegistry registry) {
    this.answers =
        Counter.builder()
            .name("millrace_metrics_http_requests")
            .help("Answers of the metrics port, by status class")
            .labelNames("status")
            .register(registry);
    this.closed =
        Counter.builder()
            .name("millrace_metrics_http_closed")
            .help("Connections to the metrics port that were closed at a limit, by reason")
            .labelNames("reason")
            .register(registry);
    for (Closed each : Closed.values()) {
      closed.initLabelValues(label(each));
    }
  }

  void answered(int status) {
    answers.labelValues(status / 100 + "xx").inc();
  }

  void closed(Closed why) {
    closed.labelValues(label(why)).inc();
  }

  private static String label(Closed why) {
    return why.name().toLowerCase(Locale.ROOT);
  }
}
