package io.millrace.ingest;

import io.millrace.control.link.ListedRanges;
import io.millrace.control.link.MarkedRange;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.input.InputRecord;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Consumer;

/**
 * Takes the date ranges that are asked for to the agent, as many as a broadcast's playlists may
 * list at once; of more, the newest are left out. Confined to the agent, but for {@link #ask}.
 */
final class AskedRanges {
  private final ArrayBlockingQueue<MarkedRange> asked =
      new ArrayBlockingQueue<>(MarkedRange.MOST_AT_ONCE);
  private final IngestMetrics metrics;

  /** Per broadcast. */
  private ListedRanges listed = new ListedRanges();

  AskedRanges(IngestMetrics metrics) {
    this.metrics = metrics;
  }

  /** Any thread. */
  void ask(MarkedRange range) {
    if (!asked.offer(range)) {
      metrics.dateRange("refused");
    }
  }

  void broadcastOpened() {
    listed = new ListedRanges();
  }

  /** Hands out the records of all that were asked for, where there is a broadcast to have them. */
  void take(boolean onAir, Duration window, long nowNs, Consumer<InputRecord> log) {
    for (MarkedRange next = asked.poll(); next != null; next = asked.poll()) {
      if (onAir && listed.add(next, window, nowNs)) {
        metrics.dateRange("marked");
        log.accept(new InputRecord.DateRangeMarked(record(next), nowNs));
      } else {
        metrics.dateRange("refused");
      }
    }
  }

  private static IndexRecord.DateRange record(MarkedRange range) {
    return new IndexRecord.DateRange(
        range.id(), range.rangeClass(), range.startUtcNs(), range.durationNs(), range.attributes());
  }
}
