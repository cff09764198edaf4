package io.millrace.packager.segmenter;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Tells which ended segments viewers can reach: a length of time, but never less than six. */
final class SegmentWindow {
  private static final int LEAST_SEGMENTS = 6;

  private final long lengthNs;
  private final Deque<Long> durations = new ArrayDeque<>();
  private final List<Long> discontinuities = new ArrayList<>();
  private long totalNs;
  private long firstMsn;
  private long passedDiscontinuities;

  SegmentWindow(long lengthNs) {
    this.lengthNs = lengthNs;
  }

  void discontinuityBefore(long msn) {
    discontinuities.add(msn);
  }

  /** Takes the next segment in; true where segments went out for it. */
  boolean add(long durationNs) {
    durations.add(durationNs);
    totalNs += durationNs;
    long before = firstMsn;
    while (durations.size() > LEAST_SEGMENTS && totalNs - durations.element() >= lengthNs) {
      totalNs -= durations.remove();
      firstMsn++;
    }
    while (!discontinuities.isEmpty() && discontinuities.getFirst() < firstMsn) {
      discontinuities.removeFirst();
      passedDiscontinuities++;
    }
    return firstMsn != before;
  }

  long firstMsn() {
    return firstMsn;
  }

  /** Discontinuities before the first segment's own. */
  long passedDiscontinuities() {
    return passedDiscontinuities;
  }
}
