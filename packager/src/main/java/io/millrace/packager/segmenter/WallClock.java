package io.millrace.packager.segmenter;

import io.millrace.media.index.IndexRecord.ClockAnchored;
import io.millrace.packager.ResumePoint;
import io.millrace.packager.state.StateReader;
import io.millrace.packager.state.StateWriter;
import java.util.Optional;

/**
 * Says which instant a timeline's media time is: UTC is media time plus an offset. Each stretch has
 * one from its beginning on, and another one from a segment on where the encoder's clock and ours
 * have come apart. All times are nanoseconds.
 */
final class WallClock {
  private static final long MILLISECOND_NS = 1_000_000L;

  /** Long enough for a sample that a network did not hold up. */
  private static final long WATCHED_NS = 30_000 * MILLISECOND_NS;

  /** Less is not worth a step in the dates, and a Period. */
  private static final long LEAST_STEP_NS = 200 * MILLISECOND_NS;

  /** Dates may overlap by less than a second (RFC 8216bis 6.2.1). */
  private static final long MOST_BACK_NS = 900 * MILLISECOND_NS;

  private static final long NEVER = Long.MIN_VALUE;

  private boolean told = true;
  private long nextMsn;
  private long nextMediaNs;
  private long leastNextOffsetNs = Long.MIN_VALUE;
  private long offsetNs;
  private boolean known;

  /** The least offset of a sample, by when it arrived, since it is watched. */
  private long observedNs = Long.MAX_VALUE;

  private long watchedFromNs = NEVER;
  private long arrivedNs;

  /**
   * A stretch with a clock of its own begins.
   *
   * @param msn its first segment
   * @param mediaNs from when on that is presented
   * @param publishedEndNs end of what was published before it, which is not after it by this clock
   * @see #observe which at least the first sample must come by
   */
  void beginAt(long msn, long mediaNs, long publishedEndNs) {
    told = false;
    nextMsn = msn;
    nextMediaNs = mediaNs;
    leastNextOffsetNs = known ? offsetNs + publishedEndNs - mediaNs : Long.MIN_VALUE;
    watchAnew();
  }

  /** Learns that a sample was there to be seen when it arrived: no anchor may say otherwise. */
  void observe(long ptsNs, long arrivalNs) {
    observedNs = Math.min(observedNs, arrivalNs - ptsNs);
    if (watchedFromNs == NEVER) {
      watchedFromNs = arrivalNs;
    }
    arrivedNs = arrivalNs;
  }

  /** What has to be told before anything of the stretch that has begun is published. */
  Optional<ClockAnchored> due() {
    if (told) {
      return Optional.empty();
    }
    told = true;
    known = true;
    return Optional.of(anchor(nextMsn, nextMediaNs, Math.max(observedNs, leastNextOffsetNs)));
  }

  /**
   * Corrects the clock at the beginning of a segment, where what came of late was always later than
   * it says by much, or once earlier. Steps back are small ones: the segment is still later than
   * the one before it.
   *
   * @param mediaNs from when on the segment is presented
   * @param beforeNs how long the one before it is
   */
  Optional<ClockAnchored> correctAt(long msn, long mediaNs, long beforeNs) {
    if (!told || watchedFromNs == NEVER || arrivedNs - watchedFromNs < WATCHED_NS) {
      return Optional.empty();
    }
    long wantedNs = observedNs - offsetNs;
    long stepNs = Math.max(wantedNs, -Math.min(MOST_BACK_NS, beforeNs / 2));
    if (stepNs == wantedNs) {
      watchAnew(); // else the rest follows with the next segment
    }
    return Math.abs(stepNs) < LEAST_STEP_NS
        ? Optional.empty()
        : Optional.of(anchor(msn, mediaNs, offsetNs + stepNs));
  }

  private ClockAnchored anchor(long msn, long mediaNs, long newOffsetNs) {
    offsetNs = newOffsetNs;
    return new ClockAnchored(msn, mediaNs, mediaNs + offsetNs);
  }

  private void watchAnew() {
    observedNs = Long.MAX_VALUE;
    watchedFromNs = NEVER;
  }

  /** UTC minus media time, as the newest anchor says. */
  long offsetNs() {
    return offsetNs;
  }

  boolean isKnown() {
    return known;
  }

  void save(StateWriter out) {
    out.flag(told).number(nextMsn).number(nextMediaNs).number(leastNextOffsetNs);
    out.number(offsetNs).flag(known);
    out.number(observedNs).number(watchedFromNs).number(arrivedNs);
  }

  void restore(StateReader in) {
    told = in.flag();
    nextMsn = in.number();
    nextMediaNs = in.number();
    leastNextOffsetNs = in.number();
    offsetNs = in.number();
    known = in.flag();
    observedNs = in.number();
    watchedFromNs = in.number();
    arrivedNs = in.number();
  }

  /** Another clock of the timeline has said which instant its media time is. */
  void resume(ResumePoint point) {
    known = point.anchored();
    offsetNs = point.utcOffsetNs();
  }
}
