package io.millrace.packager.timeline;

/** Watches the distances of keyframes, to tell when the next is due. */
public final class GopClock {
  private static final int REMEMBERED = 8;

  private final long[] lengths = new long[REMEMBERED];
  private int count;
  private boolean begun;
  private long lastKeyframe;
  private int frames;
  private int lastFrames;
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

  /** Whether the last two groups had as many frames as this one has now: a keyframe is next. */
  public boolean keyframeIsNext() {
    return regular && frames == lastFrames;
  }
}
