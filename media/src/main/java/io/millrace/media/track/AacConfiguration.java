package io.millrace.media.track;

import io.millrace.media.Bytes;
import java.util.Objects;

/**
 * Holds an AAC configuration (AudioSpecificConfig, ISO 14496-3 1.6.2.1).
 *
 * @param record the AudioSpecificConfig as the encoder sent it
 * @param objectType audio object type; 2 is LC
 * @param sampleRate of the core, Hz
 * @param channels 1 to 8; 0 where a program config element tells
 * @param frameLength samples of one frame, 1024 or 960
 */
public record AacConfiguration(
    Bytes record, int objectType, int sampleRate, int channels, int frameLength)
    implements CodecConfiguration {
  public AacConfiguration {
    Objects.requireNonNull(record, "record");
  }

  @Override
  public String codecsString() {
    return "mp4a.40." + objectType;
  }
}
