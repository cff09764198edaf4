package io.millrace.packager.segmenter;

import io.millrace.packager.state.StateReader;
import io.millrace.packager.state.StateWriter;

/**
 * Holds a timeline's target duration: fixed once, from the distance of keyframes and the goal for a
 * segment, and never broken afterwards (RFC 8216bis 4.4.3.1).
 */
final class TargetDuration {
  private static final long SECOND_NS = 1_000_000_000L;
  private static final int MOST_SECONDS = 6;

  /** What a segment's rounded length leaves for sound, which ends up to a frame after the video. */
  private static final long SLACK_NS = 400_000_000L;

  /** Keyframes come a little early or late by clocks of milliseconds. */
  private static final long JITTER_NS = 10_000_000L;

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

  /**
   * Fixes it.
   *
   * @param gopNs how far keyframes are apart; 0: not known
   * @param longestNs the longest segment that there is already
   */
  void fix(long gopNs, long longestNs) {
    long groups = gopNs == 0 ? 0 : Math.max(1, Math.round((double) goalNs / gopNs));
    long segmentNs = Math.max(Math.max(goalNs, longestNs), groups * gopNs);
    long wanted = Math.ceilDiv(segmentNs - SLACK_NS + JITTER_NS, SECOND_NS);
    seconds = Math.clamp(wanted, 1, MOST_SECONDS);
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

  void save(StateWriter out) {
    out.number(seconds);
  }

  void restore(StateReader in) {
    seconds = in.integer();
  }

  /** It was fixed by another. */
  void resume(int fixedSeconds) {
    seconds = fixedSeconds;
  }
}
