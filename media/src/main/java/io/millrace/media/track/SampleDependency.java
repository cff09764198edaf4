package io.millrace.media.track;

/** Says what a sample of video depends on, and what depends on it (ISO 14496-12 8.6.4). */
public enum SampleDependency {
  /** Decoding can start here. */
  SYNC,

  DEPENDENT,

  /** As {@link #DEPENDENT}, and no other sample depends on it. */
  DISPOSABLE,

  /** Shown before the keyframe that it follows, and decoded without what came before that. */
  DECODABLE_LEADING,

  /**
   * Shown before the keyframe that it follows, and not decoded by who starts there: it refers to
   * what came before (RASL, H.265 3.129).
   */
  SKIPPED_LEADING
}
