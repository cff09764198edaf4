package io.millrace.conformance.hls;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * The largest bit rate of segments in a row that last from half to one and a half target durations
 * (RFC 8216bis 4.1). Confined to one thread.
 */
final class PeakRate {
  private record Weight(long bytes, long durationNs) {}

  private final Deque<Weight> row = new ArrayDeque<>();
  private long rowNs;
  private long nextMsn;
  private long peakBps;

  /** Takes a segment; one that does not follow the one before begins another row. */
  void add(long msn, long bytes, long durationNs, long targetDurationNs) {
    if (msn != nextMsn) {
      row.clear();
      rowNs = 0;
    }
    nextMsn = msn + 1;
    row.add(new Weight(bytes, durationNs));
    rowNs += durationNs;
    while (!row.isEmpty() && rowNs > targetDurationNs * 3 / 2) {
      rowNs -= row.removeFirst().durationNs();
    }
    long sumBytes = 0;
    long sumNs = 0;
    for (Iterator<Weight> newest = row.descendingIterator(); newest.hasNext(); ) {
      Weight each = newest.next();
      sumBytes += each.bytes();
      sumNs += each.durationNs();
      if (sumNs >= targetDurationNs / 2 && sumNs > 0) {
        peakBps = Math.max(peakBps, (long) ((double) sumBytes * 8e9 / (double) sumNs));
      }
    }
  }

  /** Bits per second; 0 where none is known. */
  long bps() {
    return peakBps;
  }
}
