package io.millrace.fabric.aeron;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;

/** Reads counters. */
final class Counters {
  private Counters() {}

  /** A counter's value, over all its labels. */
  static long of(PrometheusRegistry registry, String name) {
    return registry.scrape(name::equals).stream()
        .flatMap(snapshot -> snapshot.getDataPoints().stream())
        .mapToLong(point -> (long) ((CounterDataPointSnapshot) point).getValue())
        .sum();
  }
}
