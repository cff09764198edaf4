package io.millrace.packager.timeline;

import io.millrace.packager.state.StateReader;
import io.millrace.packager.state.StateWriter;
import java.util.Arrays;

/**
 * Predicts how long a frame of video lasts, from the distances of those before it and from what the
 * stream declares, as far as the two agree.
 */
public final class FrameInterval {
  private static final int REMEMBERED = 32;
  private static final int ENOUGH = 8;
  private static final double AGREEMENT = 0.03;
  private static final double UNKNOWN_RATE = 30;

  /** What lasts longer is a pause. */
  private static final long LONGEST_SECONDS = 1;

  private final int timescale;
  private final double declaredTicks;
  private final long sourceTick;
  private final long[] distances = new long[REMEMBERED];
  private int count;
  private boolean stale = true;
  private double estimate;

  /**
   * @param declaredRate frames a second; 0: the stream does not tell
   * @param timescale of the ticks predicted
   * @param sourceTimescale of the publisher's timestamps; they are whole ticks of it
   */
  public FrameInterval(double declaredRate, int timescale, int sourceTimescale) {
    this.timescale = timescale;
    this.declaredTicks = declaredRate >= 1 ? timescale / declaredRate : 0;
    this.sourceTick = Math.max(1, timescale / sourceTimescale);
  }

  /** Forgets what it learned: the frames that come may be another encoder's. */
  public void restart() {
    count = 0;
    stale = true;
  }

  /** Learns the distance of two frames' dts. */
  public void add(long ticks) {
    if (ticks > 0 && ticks <= LONGEST_SECONDS * timescale) {
      distances[count++ % REMEMBERED] = ticks;
      stale = true;
    }
  }

  /** Whether a frame's length is more than a guess. */
  public boolean isKnown() {
    return declaredTicks > 0 || count >= ENOUGH;
  }

  /** A frame's length, as near as it is known. */
  public long ticks() {
    if (stale) {
      estimate = estimate();
      stale = false;
    }
    return Math.max(1, Math.round(estimate));
  }

  /**
   * A frame's length for predicting the next dts: never more than it will be where the publisher's
   * clock is too coarse for it, so that no picture seems to be shown before it is decoded.
   */
  public long predictedTicks() {
    long ticks = ticks();
    return Math.max(1, ticks - ticks % sourceTick);
  }

  private double estimate() {
    if (count < ENOUGH && declaredTicks > 0) {
      return declaredTicks;
    }
    if (count == 0) {
      return timescale / UNKNOWN_RATE;
    }
    double mean = mean();
    boolean agree = Math.abs(mean - declaredTicks) <= declaredTicks * AGREEMENT;
    return declaredTicks > 0 && agree ? declaredTicks : mean;
  }

  /** The mean of the distances that are not far from the middle one: a stall is no frame rate. */
  private double mean() {
    long[] sorted = Arrays.copyOf(distances, Math.min(count, REMEMBERED));
    Arrays.sort(sorted);
    long middle = sorted[sorted.length / 2];
    long sum = 0;
    int used = 0;
    for (long distance : sorted) {
      if (distance * 2 >= middle && distance * 2 <= middle * 3) {
        sum += distance;
        used++;
      }
    }
    return (double) sum / used;
  }

  /** Writes what {@link #restore} of another of the same track needs to go on. */
  public void save(StateWriter out) {
    for (long distance : distances) {
      out.number(distance);
    }
    out.number(count).flag(stale).real(estimate);
  }

  public void restore(StateReader in) {
    for (int i = 0; i < distances.length; i++) {
      distances[i] = in.number();
    }
    count = in.integer();
    stale = in.flag();
    estimate = in.real();
  }
}
