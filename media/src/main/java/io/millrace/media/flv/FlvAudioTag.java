package io.millrace.media.flv;

import io.millrace.media.Bytes;

/** Says what the body of an audio tag holds. */
public sealed interface FlvAudioTag {
  /** {@code configuration}: an AudioSpecificConfig, not yet looked at. */
  record AacSequenceHeader(Bytes configuration) implements FlvAudioTag {}

  /** One raw AAC frame. */
  record AacFrame(Bytes data) implements FlvAudioTag {}

  /** A tag that carries no sound; encoders send empty ones for silence. */
  record Ignored(String what) implements FlvAudioTag {}

  record Unsupported(String codec) implements FlvAudioTag {}
}
