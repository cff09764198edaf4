package io.millrace.sdk;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One track that an encoder sends. What does not apply to its kind, or is not known yet, is null.
 *
 * @param kind video or audio
 * @param codec as RFC 6381 writes it, such as {@code avc1.64001f} or {@code mp4a.40.2}
 * @param width of the picture, in pixels
 * @param height of the picture, in pixels
 * @param frameRate in frames per second
 * @param keyframeInterval from one keyframe to the next
 * @param sampleRate in hertz
 * @param channels how many audio channels
 * @param bitrateBps in bits per second
 */
public record Track(
    Kind kind,
    String codec,
    @Nullable Integer width,
    @Nullable Integer height,
    @Nullable Double frameRate,
    @Nullable Duration keyframeInterval,
    @Nullable Integer sampleRate,
    @Nullable Integer channels,
    @Nullable Long bitrateBps) {
  /** What a track is of. */
  public enum Kind {
    /** Pictures. */
    VIDEO,
    /** Sound. */
    AUDIO,
    /** A kind that this version of the library does not know. */
    UNKNOWN
  }

  /** Checks that kind and codec are there. */
  public Track {
    requireNonNull(kind, "kind");
    requireNonNull(codec, "codec");
  }
}
