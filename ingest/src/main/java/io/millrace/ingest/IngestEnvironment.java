package io.millrace.ingest;

import io.millrace.control.link.NodeReports;
import java.util.random.RandomGenerator;

/** Holds what all channels of an ingest share. Confined to the agent, but for its parts. */
final class IngestEnvironment {
  private final IngestConfig config;
  private final NodeReports reports;
  private final IngestMetrics metrics;
  private final IngestClock clock;
  private final RandomGenerator random;
  private long lastEpoch;

  IngestEnvironment(
      IngestConfig config,
      NodeReports reports,
      IngestMetrics metrics,
      IngestClock clock,
      RandomGenerator random) {
    this.config = config;
    this.reports = reports;
    this.metrics = metrics;
    this.clock = clock;
    this.random = random;
  }

  IngestConfig config() {
    return config;
  }

  NodeReports reports() {
    return reports;
  }

  IngestMetrics metrics() {
    return metrics;
  }

  IngestClock clock() {
    return clock;
  }

  RandomGenerator random() {
    return random;
  }

  /**
   * An epoch above every one before it, those of earlier processes included: milliseconds of Unix
   * time, as long as the machine's clock was not set back meanwhile.
   */
  long nextEpoch() {
    lastEpoch = Math.max(lastEpoch + 1, clock.utcNs() / 1_000_000);
    return lastEpoch;
  }
}
