package io.millrace.server.health;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
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

  /** All that are sent; so each is there before the first. */
  private static final List<String> STATUSES =
      List.of("200", "400", "404", "405", "408", "414", "431", "503");

  private final Counter answers;
  private final Counter closed;

  HealthMetrics(PrometheusRegistry registry) {
    this.answers =
        Counter.builder()
            .name("millrace_metrics_http_requests")
            .help("Answers of the metrics port, by status")
            .labelNames("status")
            .register(registry);
    this.closed =
        Counter.builder()
            .name("millrace_metrics_http_closed")
            .help("Connections to the metrics port that were closed at a limit, by reason")
            .labelNames("reason")
            .register(registry);
    STATUSES.forEach(answers::initLabelValues);
    for (Closed each : Closed.values()) {
      closed.initLabelValues(label(each));
    }
  }

  void answered(int status) {
    answers.labelValues(String.valueOf(status)).inc();
  }

  void closed(Closed why) {
    closed.labelValues(label(why)).inc();
  }

  private static String label(Closed why) {
    return why.name().toLowerCase(Locale.ROOT);
  }
}
