package io.millrace.media.flv;

import io.millrace.media.Bytes;

/** Says what the body of an audio tag holds of one track. */
public sealed interface FlvAudioTag {
  /**
   * What a decoder must know before the frames that follow.
   *
   * @param track 0 where the tag names none
   * @param configuration AudioSpecificConfig, OpusHead, fLaC with STREAMINFO; not yet looked at
   */
  record SequenceStart(FlvAudioCodec codec, int track, Bytes configuration)
      implements FlvAudioTag {}

  /** One raw frame; of MP3 maybe several. */
  record CodedFrame(FlvAudioCodec codec, int track, Bytes data) implements FlvAudioTag {}

  /** A tag that carries no sound; encoders send empty ones for silence. */
  record Ignored(String what) implements FlvAudioTag {}

  record Unsupported(String codec) implements FlvAudioTag {}
}
