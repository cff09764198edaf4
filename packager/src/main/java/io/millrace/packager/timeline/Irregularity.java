package io.millrace.packager.timeline;

import java.util.Locale;

/** Names what can be wrong with a publisher's samples; each kind is counted. */
public enum Irregularity {
  /** A timestamp of 24 bits began again at 0. */
  WRAP_24,
  /** A timestamp of 31 bits began again at 0; OBS writes no more than 31. */
  WRAP_31,
  WRAP_32,
  WRAP_33,
  /** A dts not above the one before it, by up to half a second: moved up by one tick. */
  BACKWARD_STEP,
  /** A dts far from the one before it: a discontinuity of all tracks. */
  JUMP,
  /** A track began far from the others, or did not follow their jump: moved to where they are. */
  TRACK_OFFSET,
  /** A sample of the time before a jump came after it: dropped. */
  STRAY,
  /** pts and dts further apart than any encoder holds pictures back: taken as equal. */
  COMPOSITION_TIME,
  /**
   * A frame marked as key that holds no IDR picture, or the other way round: the picture counts.
   */
  KEYFRAME_MARK,
  /** The sound's timestamps ran ahead of its sample count: a gap. */
  AUDIO_GAP,
  /** The sound's timestamps fell behind its sample count: frames dropped or shortened. */
  AUDIO_OVERLAP,
  /** The sound's timestamps drifted from its sample count: the count was moved. */
  AUDIO_DRIFT,
  /** Decoding could not begin with it: dropped. */
  BEFORE_START,
  /** Its track was not announced: dropped. */
  UNKNOWN_TRACK,
  /** Came after its stretch of time was published as a gap: dropped. */
  LATE,
  /** A picture's dts more than half a frame later than predicted. */
  GAP,
  /** A track without samples for too long: gaps are published until it comes back. */
  SILENT_TRACK,
  /** A frame longer than PART-TARGET. */
  LONG_FRAME,
  /** A segment that had to end before a keyframe came. */
  CUT_WITHOUT_KEYFRAME,
  /** More samples waited than the limit allows: dropped. */
  OVERFLOW,
  /** The ingest dropped samples. */
  DROPPED_UPSTREAM;

  /** As metrics spell it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
