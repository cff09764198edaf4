package io.millrace.packager.host;

import io.millrace.fabric.Link;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.input.Checkpoint;
import java.util.Optional;

/**
 * Decides when a channel's checkpoint is handed to its ingest: once for each segment, but not more
 * often than once in a second, and when a broadcast has ended. Samples that wait are part of it, so
 * it waits for the end of a part, where there are few of them; but not longer than for a segment.
 * Confined to the agent.
 */
final class CheckpointTimer {
  /** Makes the checkpoint, if the packager's state is not longer than so many bytes. */
  @FunctionalInterface
  interface Maker {
    Optional<Checkpoint> make(int mostStateBytes);
  }

  private static final int FEW_BYTES = 64 * 1024;

  /** More is handed to no ingest: that keeps no more of a channel by default. */
  private static final int MOST_BYTES = 4 * 1024 * 1024;

  /** One costs as much as the index is long; segments may be as short as a publisher makes them. */
  private static final long LEAST_INTERVAL_NS = 1_000_000_000L;

  private final PackagerMetrics metrics;
  private long lastUtcNs;
  private boolean ended;
  private long lastMsn = -1;
  private boolean due;
  private boolean overdue;
  private boolean partMade;

  CheckpointTimer(PackagerMetrics metrics) {
    this.metrics = metrics;
  }

  void onPart() {
    partMade = true;
  }

  void onRecord(IndexRecord record) {
    if (record instanceof IndexRecord.TimelineOpened) {
      lastMsn = -1;
    } else if (record instanceof IndexRecord.SegmentEnded ended && ended.msn() > lastMsn) {
      lastMsn = ended.msn();
      overdue = due;
      due = true;
    } else if (record instanceof IndexRecord.BroadcastEnded) {
      due = true;
      overdue = true;
      ended = true;
    }
  }

  /**
   * An entry of the log was taken: hands over what the channel has come to, if it is time.
   *
   * @param utcNs when the newest sample or tick came
   */
  void handOver(Maker maker, Link link, ChannelId channel, long utcNs) {
    boolean isGoodMoment = partMade || overdue;
    partMade = false;
    if (!due || !isGoodMoment) {
      return;
    }
    long sinceNs = utcNs - lastUtcNs;
    if (sinceNs >= 0 && sinceNs < LEAST_INTERVAL_NS && !ended) {
      return;
    }
    lastUtcNs = utcNs;
    Optional<Checkpoint> made = maker.make(overdue ? MOST_BYTES : FEW_BYTES);
    if (made.isPresent() && made.get().state().length() <= MOST_BYTES) {
      link.keep(channel, made.get());
      metrics.checkpoint("handed_over");
    } else if (!overdue) {
      return;
    } else {
      metrics.checkpoint("too_long");
    }
    due = false;
    overdue = false;
    ended = false;
  }
}
