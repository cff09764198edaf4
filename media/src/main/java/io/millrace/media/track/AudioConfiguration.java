package io.millrace.media.track;

import io.millrace.media.Bytes;

/** Holds a sound codec's configuration, and knows how long a frame of it is. */
public sealed interface AudioConfiguration extends CodecConfiguration
    permits AacConfiguration,
        OpusConfiguration,
        Ac3Configuration,
        Eac3Configuration,
        Mp3Configuration,
        FlacConfiguration {
  /** Ticks a second in which frames are whole numbers long, Hz. */
  int sampleRate();

  /** As coded; 0 where the stream itself tells. */
  int channels();

  /** Samples of a usual frame at {@link #sampleRate}; what it is before the first frame came. */
  int frameLength();

  /** Samples of this frame at {@link #sampleRate}; the usual length where it cannot be read. */
  default int frameLength(Bytes frame) {
    return frameLength();
  }

  /** Of what a decoder gives out, Hz. */
  default int outputSampleRate() {
    return sampleRate();
  }

  /** Of what a decoder gives out; 0 where the stream itself tells. */
  default int outputChannels() {
    return channels();
  }
}
