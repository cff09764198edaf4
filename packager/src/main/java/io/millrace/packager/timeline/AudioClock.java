package io.millrace.packager.timeline;

import io.millrace.packager.state.StateReader;
import io.millrace.packager.state.StateWriter;
import java.util.OptionalLong;

/**
 * Rebuilds the times of one track of sound from the lengths of its frames: milliseconds are too
 * coarse for it. Timestamps that drift further from the count than a limit win over it.
 */
public final class AudioClock {
  private static final long MAX_DRIFT_NS = 50_000_000L;

  private final int timescale;
  private final long maxDriftTicks;
  private final IrregularityCounter counter;
  private boolean begun;
  private long nextTicks;

  public AudioClock(int timescale, IrregularityCounter counter) {
    this.timescale = timescale;
    this.maxDriftTicks = Ticks.floorOfNs(MAX_DRIFT_NS, timescale);
    this.counter = counter;
  }

  /** Begins anew with the next frame's own timestamp. */
  public void restart() {
    begun = false;
  }

  /**
   * When the frame with this timestamp is; empty where it must be dropped.
   *
   * @param frameTicks the frame's length; codecs there are whose frames are not equally long
   */
  public OptionalLong place(long mediaNs, long frameTicks) {
    long stamped = Ticks.ofNs(mediaNs, timescale);
    if (!begun) {
      begun = true;
      nextTicks = stamped;
    }
    long drift = stamped - nextTicks;
    if (drift < -maxDriftTicks) {
      counter.count(Irregularity.AUDIO_OVERLAP);
      return OptionalLong.empty();
    }
    if (drift > maxDriftTicks) {
      counter.count(Irregularity.AUDIO_GAP);
      nextTicks = stamped;
    }
    long ticks = nextTicks;
    nextTicks += frameTicks;
    return OptionalLong.of(ticks);
  }

  /** Writes what {@link #restore} of another clock of the same track needs to go on. */
  public void save(StateWriter out) {
    out.flag(begun).number(nextTicks);
  }

  public void restore(StateReader in) {
    begun = in.flag();
    nextTicks = in.number();
  }
}
