package io.millrace.media.cmaf;

import io.millrace.media.Bytes;
import java.util.Objects;

/**
 * Holds one sample as a chunk carries it.
 *
 * @param durationTicks 1 or more, the track's timescale
 * @param compositionOffset pts − dts, may be below 0
 * @param flags what it depends on, one of this class's (ISO 14496-12 8.8.3.1)
 */
public record ChunkSample(long durationTicks, int compositionOffset, int flags, Bytes data) {
  /** Depends on no other sample. */
  public static final int SYNC = 0x0200_0000;

  /** Depends on others; not a sync sample. */
  public static final int DEPENDENT = 0x0101_0000;

  /** As {@link #DEPENDENT}, and no other sample depends on it. */
  public static final int DISPOSABLE = 0x0181_0000;

  /** As {@link #DEPENDENT}; is_leading 3: shown before the keyframe it follows, and decodable. */
  public static final int DECODABLE_LEADING = 0x0D01_0000;

  /** As {@link #DEPENDENT}; is_leading 1: who starts at the keyframe before it cannot decode it. */
  public static final int SKIPPED_LEADING = 0x0501_0000;

  public ChunkSample {
    Objects.requireNonNull(data, "data");
    if (durationTicks < 1 || durationTicks > 0xFFFF_FFFFL) {
      throw new IllegalArgumentException(
          "durationTicks: " + durationTicks + " (expected: 1..2^32-1)");
    }
  }
}
