package io.millrace.media.track;

import io.millrace.media.Bytes;

/** Holds what a decoder must know before the first sample: typed values and the record as sent. */
public sealed interface CodecConfiguration permits AvcConfiguration, AacConfiguration {
  /** The codec's string for {@code CODECS} (RFC 6381), {@code avc1.64001f}. */
  String codecsString();

  /** The decoder configuration record exactly as the encoder sent it: avcC, AudioSpecificConfig. */
  Bytes record();
}
