package io.millrace.media.track;

import io.millrace.media.Bytes;
import java.util.Locale;
import java.util.Objects;

/**
 * Holds an H.264 configuration (AVCDecoderConfigurationRecord, ISO 14496-15 5.3.3.1).
 *
 * @param record the record as the encoder sent it
 * @param profile profile_idc
 * @param constraints the constraint flags' byte
 * @param level level_idc
 * @param nalLengthSize bytes of a NAL unit's length prefix, 1, 2 or 4
 * @param width of the picture after cropping, luma samples; 0 where the SPS does not tell
 * @param height of the picture after cropping, luma samples; 0 where the SPS does not tell
 * @param frameRate frames a second from the VUI timing; 0 where it does not tell
 */
public record AvcConfiguration(
    Bytes record,
    int profile,
    int constraints,
    int level,
    int nalLengthSize,
    int width,
    int height,
    double frameRate)
    implements CodecConfiguration {
  public AvcConfiguration {
    Objects.requireNonNull(record, "record");
  }

  @Override
  public String codecsString() {
    return String.format(Locale.ROOT, "avc1.%02x%02x%02x", profile, constraints, level);
  }
}
