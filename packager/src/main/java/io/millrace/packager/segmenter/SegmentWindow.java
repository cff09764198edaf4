package io.millrace.packager.segmenter;

import io.millrace.packager.state.StateReader;
import io.millrace.packager.state.StateWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Tells which ended segments viewers can reach: a length of time, but never less than six, nor more
 * than a playlist has room for.
 */
final class SegmentWindow {
  private static final int LEAST_SEGMENTS = 6;

  /** A playlist of so many is a megabyte, and a tenth of it compressed. */
  static final int MOST_SEGMENTS = 10_800;

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
    while (isTooLong()) {
      totalNs -= durations.remove();
      firstMsn++;
    }
    while (!discontinuities.isEmpty() && discontinuities.getFirst() < firstMsn) {
      discontinuities.removeFirst();
      passedDiscontinuities++;
    }
    return firstMsn != before;
  }

  private boolean isTooLong() {
    return durations.size() > MOST_SEGMENTS
        || (durations.size() > LEAST_SEGMENTS && totalNs - durations.element() >= lengthNs);
  }

  long firstMsn() {
    return firstMsn;
  }

  /** Discontinuities before the first segment's own. */
  long passedDiscontinuities() {
    return passedDiscontinuities;
  }

  void save(StateWriter out) {
    out.number(totalNs).number(firstMsn).number(passedDiscontinuities).number(durations.size());
    durations.forEach(out::number);
    out.number(discontinuities.size());
    discontinuities.forEach(out::number);
  }

  void restore(StateReader in) {
    totalNs = in.number();
    firstMsn = in.number();
    passedDiscontinuities = in.number();
    int segments = in.count();
    for (int i = 0; i < segments; i++) {
      durations.add(in.number());
    }
    int jumps = in.count();
    for (int i = 0; i < jumps; i++) {
      discontinuities.add(in.number());
    }
  }

  /** How many discontinuities there were. */
  long allDiscontinuities() {
    return passedDiscontinuities + discontinuities.size();
  }

  /** Nothing before {@code msn} can be reached any more. */
  void beginAt(long msn, long discontinuitiesBefore) {
    firstMsn = msn;
    passedDiscontinuities = discontinuitiesBefore;
  }
}
