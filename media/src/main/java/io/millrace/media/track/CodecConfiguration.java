package io.millrace.media.track;

import io.millrace.media.Bytes;

/** Holds what a decoder must know before the first sample: typed values and the record. */
public sealed interface CodecConfiguration permits VideoConfiguration, AudioConfiguration {
  /** The codec's string for {@code CODECS} (RFC 6381), {@code avc1.64001f}. */
  String codecsString();

  /**
   * The decoder configuration record: what the encoder sent (avcC, AudioSpecificConfig), in the
   * form of ISO media files where the encoder's was another.
   */
  Bytes record();
}
