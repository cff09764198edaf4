package io.millrace.ingest;

import java.time.Duration;

/**
 * Holds the limits of the ingest.
 *
 * @param maxPublishers sessions that publish at the same time
 * @param queueSamples samples of one publisher that may wait for the agent before the publisher is
 *     asked to pause; beyond twice as many they are dropped
 * @param queueBytes as {@code queueSamples}, in bytes
 * @param historyBytes most bytes of a channel's log kept for sending again
 * @param allHistoryBytes most bytes of all channels' logs kept for sending again; beyond it each
 *     keeps an equal share
 * @param historyEntries most entries of a channel's log kept for sending again
 * @param maxTracks tracks of one channel
 * @param maxAhead how far a publisher's media may run ahead of the clock before it is paused
 * @param maxBytesPerSecond media of a channel's publishers; one that sends more is read more slowly
 * @param halfOpenAfter a publisher silent for longer gives way to another key of its channel
 * @param tick how often the clock is written to a log into which nothing else comes
 * @param report how often a channel's status is reported
 * @param linger how long the log of an ended broadcast is kept for those who were away
 */
public record IngestConfig(
    int maxPublishers,
    int queueSamples,
    int queueBytes,
    int historyBytes,
    long allHistoryBytes,
    int historyEntries,
    int maxTracks,
    Duration maxAhead,
    long maxBytesPerSecond,
    Duration halfOpenAfter,
    Duration tick,
    Duration report,
    Duration linger) {

  public IngestConfig {
    atLeast("ingest.max-publishers", maxPublishers, 1);
    atLeast("ingest.queue-samples", queueSamples, 16);
    atLeast("ingest.queue-bytes", queueBytes, 64 << 10);
    atLeast("ingest.history-bytes", historyBytes, 64 << 10);
    atLeast("ingest.max-all-history-bytes", allHistoryBytes, 64 << 10);
    atLeast("ingest.history-entries", historyEntries, 16);
    atLeast("ingest.max-tracks", maxTracks, 1);
    positive("ingest.max-ahead", maxAhead);
    atLeast("ingest.max-bytes-per-second", maxBytesPerSecond, 64 << 10);
    positive("ingest.half-open-after", halfOpenAfter);
    positive("ingest.tick", tick);
    positive("ingest.report", report);
    positive("ingest.linger", linger);
  }

  public static IngestConfig defaults() {
    return new IngestConfig(
        1_000,
        1_024,
        8 << 20,
        16 << 20,
        usualAllHistoryBytes(),
        8_192,
        32,
        Duration.ofSeconds(10),
        12 << 20,
        Duration.ofSeconds(3),
        Duration.ofMillis(200),
        Duration.ofSeconds(1),
        Duration.ofMinutes(1));
  }

  /** An eighth of the heap. */
  public static long usualAllHistoryBytes() {
    return Math.max(1L << 20, Runtime.getRuntime().maxMemory() / 8);
  }

  private static void atLeast(String name, long value, long least) {
    if (value < least) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: " + least + " or more)");
    }
  }

  private static void positive(String name, Duration value) {
    if (!value.isPositive()) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: above 0)");
    }
  }
}
