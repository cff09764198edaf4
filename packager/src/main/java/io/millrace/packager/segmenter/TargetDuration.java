package io.millrace.packager.segmenter;

import io.millrace.packager.state.StateReader;
import io.millrace.packager.state.StateWriter;
import java.util.function.LongSupplier;

/**
 * Holds a timeline's target duration: fixed once, from the distance of keyframes and the goal for a
 * segment, and never broken afterwards (RFC 8216bis 4.4.3.1).
 */
final class TargetDuration {
  private static final long SECOND_NS = 1_000_000_000L;
  private static final int MOST_SECONDS = 6;

  /** A segment that is so much longer than whole seconds is still rounded down to them. */
  private static final long ROUNDED_DOWN_NS = 500_000_000L;

  /** What of that is left at least to the renditions that do not lead. */
  private static final long LEAST_ROOM_NS = 100_000_000L;

  /** Keyframes come a little early or late by clocks of milliseconds, and so do frames of sound. */
  private static final long JITTER_NS = 10_000_000L;

  private final long goalNs;
  private final LongSupplier longestFrameNs;
  private int seconds;

  /**
   * Not fixed yet.
   *
   * @param longestFrameNs of the renditions that do not lead: their segments end up to a frame
   *     later than the one's that leads, and begin with it at the earliest
   */
  TargetDuration(long goalNs, LongSupplier longestFrameNs) {
    this.goalNs = goalNs;
    this.longestFrameNs = longestFrameNs;
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
    long wanted = Math.ceilDiv(segmentNs - slackNs() + JITTER_NS, SECOND_NS);
    seconds = Math.clamp(wanted, 1, MOST_SECONDS);
  }

  /** Without a whole group of pictures in the longest segment allowed, that is what it is. */
  boolean mustBeFixedAt(long lengthNs, long frameNs) {
    boolean longest =
        lengthNs >= MOST_SECONDS * SECOND_NS || lengthNs + frameNs > limitNs(MOST_SECONDS);
    return !isFixed() && longest;
  }

  /** The longest a segment of the rendition that leads may become; no limit before it is fixed. */
  long limitNs() {
    return isFixed() ? limitNs(seconds) : Long.MAX_VALUE;
  }

  /** Half of it stays in any case: frames as long as that fit no segment. */
  private long limitNs(int of) {
    return Math.max(of * SECOND_NS / 2, of * SECOND_NS + slackNs());
  }

  /** By how much the rendition that leads may pass it; below 0 where the others need so much. */
  private long slackNs() {
    long roomNs = longestFrameNs.getAsLong() + JITTER_NS;
    return ROUNDED_DOWN_NS - Math.max(LEAST_ROOM_NS, roomNs);
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
