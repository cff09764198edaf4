package io.millrace.media.flv;

import io.millrace.media.Bytes;

/** Says what the body of a video tag holds of one track. */
public sealed interface FlvVideoTag {
  /**
   * What a decoder must know before the frames that follow.
   *
   * @param track 0 where the tag names none
   * @param configuration the codec's decoder configuration record, not yet looked at
   */
  record SequenceStart(FlvVideoCodec codec, int track, Bytes configuration)
      implements FlvVideoTag {}

  /**
   * One access unit.
   *
   * @param track 0 where the tag names none
   * @param keyframe what the tag claims; the data may tell otherwise
   * @param compositionTimeMs pts − dts, may be below 0
   * @param data length-prefixed NAL units, OBUs or a frame, not yet looked at
   */
  record CodedFrame(
      FlvVideoCodec codec, int track, boolean keyframe, int compositionTimeMs, Bytes data)
      implements FlvVideoTag {}

  /** No more frames of the track until the next sequence start. */
  record SequenceEnd(FlvVideoCodec codec, int track) implements FlvVideoTag {}

  /**
   * What is told of the pictures besides.
   *
   * @param values in AMF0, not yet looked at
   */
  record Metadata(int track, Bytes values) implements FlvVideoTag {}

  /** A tag that carries no picture: empty, a command to a player. */
  record Ignored(String what) implements FlvVideoTag {}

  record Unsupported(String codec) implements FlvVideoTag {}
}
