package io.millrace.packager.segmenter;

/**
 * Holds a timeline's target duration: fixed once, from the distance of keyframes and the goal for a
 * segment, and never broken afterwards (RFC 8216bis 4.4.3.1).
 */
final class TargetDuration {
  private static final long SECOND_NS = 1_000_000_000L;
  private static final int MOST_SECONDS = 6;

  /** What a segment's rounded length leaves for sound, which ends up to a frame after the video. */
  private static final long SLACK_NS = 400_000_000L;

  private final long goalNs;
  private int seconds;

  TargetDuration(long goalNs) {
    this.goalNs = goalNs;
  }

  boolean isFixed() {
    return seconds > 0;
  }

  int seconds() {
    return seconds;
  }

  /** Fixes it for keyframes that are {@code gopNs} apart; 0: not known. */
  void fix(long gopNs) {
    long groups = gopNs == 0 ? 0 : Math.max(1, Math.round((double) goalNs / gopNs));
    long segmentNs = Math.max(goalNs, groups * gopNs);
    seconds = Math.clamp(Math.round((double) segmentNs / SECOND_NS), 1, MOST_SECONDS);
  }

  /** Without a whole group of pictures in the longest segment allowed, that is what it is. */
  boolean mustBeFixedAt(long lengthNs) {
    return !isFixed() && lengthNs >= MOST_SECONDS * SECOND_NS;
  }

  /** The longest a segment may become; no limit before it is fixed. */
  long limitNs() {
    return isFixed() ? seconds * SECOND_NS + SLACK_NS : Long.MAX_VALUE;
  }

  /** Whether a segment of this length ends at a keyframe, if the next comes {@code gopNs} later. */
  boolean endsAtKeyframe(long lengthNs, long gopNs) {
    long nextNs = lengthNs + gopNs;
    return nextNs > limitNs() || Math.abs(lengthNs - goalNs) <= Math.abs(nextNs - goalNs);
  }
}
