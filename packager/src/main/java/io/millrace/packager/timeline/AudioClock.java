package io.millrace.packager.timeline;

import io.millrace.packager.state.StateReader;
import io.millrace.packager.state.StateWriter;
import java.util.List;
import java.util.OptionalLong;

/**
 * Rebuilds the times of one track of sound from the lengths of its frames: milliseconds are too
 * coarse for it, and some encoders' timestamps tremble by several. The count follows the timestamps
 * where all of several frames say that it is wrong: at once where frames are missing or too many,
 * in small steps where the encoder's clock drifts.
 */
public final class AudioClock {
  /** How many frames behind one that seems far from the count have to say the same. */
  public static final int CONFIRMING = 2;

  /** A step that the count takes at once, three quarters of a frame of AAC of 48 kHz. */
  private static final long HOLE_NS = 16_000_000L;

  /** A drift that is made good, and of how many frames each has to show it. */
  private static final long DRIFT_NS = 5_000_000L;

  private static final int WATCHED = 32;

  /** The most by which the count is moved for a drift, so that no frame is far from its place. */
  private static final long STEP_NS = 8_000_000L;

  private final int timescale;
  private final long holeTicks;
  private final long driftTicks;
  private final long stepTicks;
  private final IrregularityCounter counter;
  private boolean begun;
  private long nextTicks;

  /** Of the frames since the count was looked at last: how many, and how far from it. */
  private int watched;

  private long leastDrift;
  private long mostDrift;

  /**
   * One that is known to follow the frame to be placed.
   *
   * @param lengthTicks the frame's length
   */
  public record Frame(long mediaNs, long lengthTicks) {}

  public AudioClock(int timescale, IrregularityCounter counter) {
    this.timescale = timescale;
    this.holeTicks = Ticks.floorOfNs(HOLE_NS, timescale);
    this.driftTicks = Ticks.floorOfNs(DRIFT_NS, timescale);
    this.stepTicks = Ticks.floorOfNs(STEP_NS, timescale);
    this.counter = counter;
  }

  /** Begins anew with the next frame's own timestamp. */
  public void restart() {
    begun = false;
    watched = 0;
  }

  /** The most by which a frame is moved without a hole before it. */
  public long stepTicks() {
    return stepTicks;
  }

  /** Whether a frame with this timestamp can be placed better with those that follow it known. */
  public boolean doubts(long mediaNs) {
    return begun && Math.abs(Ticks.ofNs(mediaNs, timescale) - nextTicks) >= holeTicks;
  }

  /**
   * When the frame with this timestamp is; empty where it must be dropped.
   *
   * @param frameTicks the frame's length; codecs there are whose frames are not equally long
   * @param following what is known to follow it, up to {@link #CONFIRMING}
   */
  public OptionalLong place(long mediaNs, long frameTicks, List<Frame> following) {
    long stamped = Ticks.ofNs(mediaNs, timescale);
    if (!begun) {
      begun = true;
      nextTicks = stamped;
    }
    long drift = stamped - nextTicks;
    long step = Math.abs(drift) < holeTicks ? 0 : leastOf(drift, frameTicks, following);
    if (step >= holeTicks) {
      counter.count(Irregularity.AUDIO_GAP);
      move(step);
    } else if (step <= -holeTicks) {
      counter.count(Irregularity.AUDIO_OVERLAP);
      if (-step >= frameTicks * 3 / 4) {
        return OptionalLong.empty();
      }
      // Less than a frame: those that come are each a little shorter.
      move(Math.max(step, -mostStep(frameTicks)));
    } else {
      watch(drift, frameTicks);
    }
    long ticks = nextTicks;
    nextTicks += frameTicks;
    return OptionalLong.of(ticks);
  }

  /** The least by which the frame and those that follow are off the count to its side; else 0. */
  private long leastOf(long drift, long frameTicks, List<Frame> following) {
    long least = drift;
    long counted = nextTicks + frameTicks;
    for (Frame frame : following) {
      long its = Ticks.ofNs(frame.mediaNs(), timescale) - counted;
      least = drift > 0 ? Math.min(least, its) : Math.max(least, its);
      counted += frame.lengthTicks();
    }
    return drift > 0 ? Math.max(0, least) : Math.min(0, least);
  }

  private void watch(long drift, long frameTicks) {
    leastDrift = watched == 0 ? drift : Math.min(leastDrift, drift);
    mostDrift = watched == 0 ? drift : Math.max(mostDrift, drift);
    if (++watched < WATCHED) {
      return;
    }
    long most = mostStep(frameTicks);
    if (leastDrift >= driftTicks) {
      counter.count(Irregularity.AUDIO_DRIFT);
      move(Math.min(leastDrift, most));
    } else if (mostDrift <= -driftTicks) {
      counter.count(Irregularity.AUDIO_DRIFT);
      move(Math.max(mostDrift, -most));
    }
    watched = 0;
  }

  /** No frame is shorter than half of what it is. */
  private long mostStep(long frameTicks) {
    return Math.min(stepTicks, frameTicks / 2);
  }

  private void move(long ticks) {
    nextTicks += ticks;
    watched = 0;
  }

  /** Writes what {@link #restore} of another clock of the same track needs to go on. */
  public void save(StateWriter out) {
    out.flag(begun).number(nextTicks).number(watched).number(leastDrift).number(mostDrift);
  }

  public void restore(StateReader in) {
    begun = in.flag();
    nextTicks = in.number();
    watched = in.integer();
    leastDrift = in.number();
    mostDrift = in.number();
  }
}
