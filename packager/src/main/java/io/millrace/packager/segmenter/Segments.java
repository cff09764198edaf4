package io.millrace.packager.segmenter;

import io.millrace.media.index.IndexRecord;
import io.millrace.packager.ResumePoint;
import io.millrace.packager.state.StateReader;
import io.millrace.packager.state.StateWriter;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Holds what the segments of all renditions have in common: their numbers, from when on each is
 * presented, or expected to be, how long the longest is, and which are in the window.
 */
final class Segments {
  private final Publisher publisher;
  private final SegmentWindow window;

  /** Of the stretch; those that every rendition is past are forgotten. */
  private final TreeMap<Long, Long> startsNs = new TreeMap<>();

  private long expectedStartNs = Long.MAX_VALUE;
  private long nextMsn;
  private long longestNs;

  Segments(long windowNs, Publisher publisher) {
    this.publisher = publisher;
    this.window = new SegmentWindow(windowNs);
  }

  /** The number of the next stretch's first segment. */
  long nextMsn() {
    return nextMsn;
  }

  /** Begins a stretch that is presented from an instant on. */
  void begin(long startNs) {
    if (nextMsn > 0) {
      publisher.record(new IndexRecord.Discontinuity(nextMsn));
      window.discontinuityBefore(nextMsn);
    }
    startsNs.clear();
    beginsAt(nextMsn, startNs);
  }

  void beginsAt(long msn, long startNs) {
    startsNs.put(msn, startNs);
    expectedStartNs = Long.MAX_VALUE;
  }

  /** The segment after the newest is expected to be presented from an instant on. */
  void expectStart(long startNs) {
    expectedStartNs = startNs;
  }

  /** {@link Long#MAX_VALUE} where nothing is expected. */
  long expectedStartNs() {
    return expectedStartNs;
  }

  /** From when on a segment is presented, where that is decided. */
  @Nullable Long findStart(long msn) {
    return startsNs.get(msn);
  }

  long startOf(long msn) {
    Long startNs = startsNs.get(msn);
    if (startNs == null) {
      throw new IllegalStateException("segment " + msn + " has no start");
    }
    return startNs;
  }

  /** The stretch is over; the next begins with this number. */
  void close(long msn) {
    nextMsn = msn;
  }

  /**
   * A segment has ended: the window moves on.
   *
   * @param neededMsn the first segment that a rendition has not ended yet
   */
  void ended(long lengthNs, long neededMsn) {
    longestNs = Math.max(longestNs, lengthNs);
    if (window.add(lengthNs)) {
      publisher.record(
          new IndexRecord.WindowStarted(window.firstMsn(), window.passedDiscontinuities()));
    }
    startsNs.headMap(neededMsn).clear();
  }

  long longestNs() {
    return longestNs;
  }

  void save(StateWriter out) {
    out.number(expectedStartNs).number(nextMsn).number(longestNs).number(startsNs.size());
    startsNs.forEach((msn, startNs) -> out.number(msn).number(startNs));
    window.save(out);
  }

  void restore(StateReader in) {
    expectedStartNs = in.number();
    nextMsn = in.number();
    longestNs = in.number();
    int count = in.count();
    for (int i = 0; i < count; i++) {
      long msn = in.number();
      startsNs.put(msn, in.number());
    }
    window.restore(in);
  }

  /** How many discontinuities there were. */
  long discontinuities() {
    return window.allDiscontinuities();
  }

  /** Goes on behind all that another has published, and says that the window begins there. */
  void resume(ResumePoint point) {
    nextMsn = point.nextMsn();
    window.beginAt(nextMsn, point.discontinuities());
    publisher.record(
        new IndexRecord.WindowStarted(window.firstMsn(), window.passedDiscontinuities()));
  }
}
