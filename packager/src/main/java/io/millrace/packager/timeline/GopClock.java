package io.millrace.packager.timeline;

import io.millrace.packager.state.StateReader;
import io.millrace.packager.state.StateWriter;

/** Watches the distances of keyframes, to tell when the next is due. */
public final class GopClock {
  private static final int REMEMBERED = 8;

  private final long[] lengths = new long[REMEMBERED];
  private int count;
  private boolean begun;
  private long lastKeyframe;
  private int frames;
  private int lastFrames;

  /** Whether the last two groups had the same number of frames. */
  private boolean regular;

  /** Forgets what it saw: the next keyframe is the first. */
  public void restart() {
    begun = false;
    count = 0;
    frames = 0;
    lastFrames = 0;
    regular = false;
  }

  public void keyframe(long dts) {
    if (begun) {
      lengths[count++ % REMEMBERED] = dts - lastKeyframe;
      regular = frames == lastFrames;
      lastFrames = frames;
    }
    begun = true;
    lastKeyframe = dts;
    frames = 1;
  }

  public void otherFrame() {
    frames++;
  }

  /** The longest distance of late, ticks; 0 where none is known. */
  public long expectedLength() {
    long longest = 0;
    for (int i = 0; i < Math.min(count, REMEMBERED); i++) {
      longest = Math.max(longest, lengths[i]);
    }
    return longest;
  }

  /**
   * How many frames come before the next keyframe if this group has as many as the last two had, or
   * as the only one before it; below 0 where those differ, or it has more.
   */
  public int framesToKeyframe() {
    return regular || count == 1 ? lastFrames - frames : -1;
  }

  /** Writes what {@link #restore} of another needs to go on. */
  public void save(StateWriter out) {
    for (long length : lengths) {
      out.number(length);
    }
    out.number(count).flag(begun).number(lastKeyframe);
    out.number(frames).number(lastFrames).flag(regular);
  }

  public void restore(StateReader in) {
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = in.number();
    }
    count = in.integer();
    begun = in.flag();
    lastKeyframe = in.number();
    frames = in.integer();
    lastFrames = in.integer();
    regular = in.flag();
  }
}
