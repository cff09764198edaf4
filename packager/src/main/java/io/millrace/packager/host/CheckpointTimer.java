package io.millrace.packager.host;

import io.millrace.fabric.Link;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.input.Checkpoint;
import java.util.Optional;

/**
 * Decides when a channel's checkpoint is handed to its ingest: once for each segment, and when a
 * broadcast has ended. Samples that wait are part of it, so it waits for the end of a part, where
 * there are few of them; but not longer than for a segment. Confined to the agent.
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

  private final PackagerMetrics metrics;
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
    }
  }

  /** An entry of the log was taken: hands over what the channel has come to, if it is time. */
  void handOver(Maker maker, Link link, ChannelId channel) {
    boolean isGoodMoment = partMade || overdue;
    partMade = false;
    if (!due || !isGoodMoment) {
      return;
    }
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
  }
}
