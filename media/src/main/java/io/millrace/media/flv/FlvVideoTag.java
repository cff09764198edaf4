package io.millrace.media.flv;

import io.millrace.media.Bytes;

/** Says what the body of a video tag holds. */
public sealed interface FlvVideoTag {
  /** {@code configuration}: an AVCDecoderConfigurationRecord, not yet looked at. */
  record AvcSequenceHeader(Bytes configuration) implements FlvVideoTag {}

  /**
   * One access unit.
   *
   * @param keyframe what the tag claims; the NAL units may tell otherwise
   * @param compositionTimeMs pts − dts, may be below 0
   * @param data length-prefixed NAL units, not yet looked at
   */
  record AvcFrame(boolean keyframe, int compositionTimeMs, Bytes data) implements FlvVideoTag {}

  /** No more frames until the next sequence header. */
  record AvcEndOfSequence() implements FlvVideoTag {}

  /** A tag that carries no picture: empty, a command to a player, metadata. */
  record Ignored(String what) implements FlvVideoTag {}

  record Unsupported(String codec) implements FlvVideoTag {}
}
