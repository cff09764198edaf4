package io.millrace.media.track;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

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
 * @param frameRate frames a second, the highest; from the VUI timing, or measured where that does
 *     not tell; 0 where it is not known
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
  private static final int MAX_RECORD_BYTES = 65_536;
  private static final int NAL_TYPE_IDR = 5;

  public AvcConfiguration {
    Objects.requireNonNull(record, "record");
  }

  /**
   * Reads the record. What follows the parameter sets in high profiles is often missing and is not
   * looked at. Throws {@link MalformedMediaException}.
   */
  public static AvcConfiguration parse(Bytes record) {
    if (record.length() < 7 || record.length() > MAX_RECORD_BYTES) {
      throw MalformedMediaException.of("avcC size", record.length(), "7.." + MAX_RECORD_BYTES);
    }
    if (record.get(0) != 1) {
      throw MalformedMediaException.of("avcC version", record.unsigned(0), "1");
    }
    int nalLengthSize = (record.get(4) & 3) + 1;
    if (nalLengthSize == 3) {
      throw MalformedMediaException.of("avcC NAL length size", nalLengthSize, "1, 2 or 4");
    }
    Optional<Bytes> first = sequenceParameterSet(record);
    checkParameterSets(record);
    Optional<AvcSequenceParameters> parameters = first.map(AvcSequenceParameters::parse);
    return new AvcConfiguration(
        record,
        record.unsigned(1),
        record.unsigned(2),
        record.unsigned(3),
        nalLengthSize,
        parameters.map(AvcSequenceParameters::width).orElse(0),
        parameters.map(AvcSequenceParameters::height).orElse(0),
        parameters.map(AvcSequenceParameters::frameRate).orElse(0.0));
  }

  /** What the first sequence parameter set tells; empty where the record has none. */
  public Optional<AvcSequenceParameters> sequenceParameters() {
    return sequenceParameterSet(record).map(AvcSequenceParameters::parse);
  }

  /**
   * Whether a sample holds an IDR picture's slice, whatever its container says of it. A sample that
   * is not made of length-prefixed NAL units holds none.
   */
  public boolean isIdr(Bytes sample) {
    for (int at = firstNal(sample, 0); at >= 0; at = nextNal(sample, at)) {
      if ((sample.get(at) & 0x1F) == NAL_TYPE_IDR) {
        return true;
      }
    }
    return false;
  }

  /** Whether no other picture refers to a sample's: nal_ref_idc is 0 in all its slices. */
  public boolean isDisposable(Bytes sample) {
    boolean slices = false;
    for (int at = firstNal(sample, 0); at >= 0; at = nextNal(sample, at)) {
      int type = sample.get(at) & 0x1F;
      if (type >= 1 && type <= NAL_TYPE_IDR) {
        slices = true;
        if ((sample.get(at) & 0x60) != 0) {
          return false;
        }
      }
    }
    return slices;
  }

  /**
   * Where the first byte of the NAL unit whose length stands at {@code at} is; -1: there is none.
   */
  private int firstNal(Bytes sample, int at) {
    long length = nalLength(sample, at);
    int nal = at + nalLengthSize;
    return length > 0 && length <= sample.length() - nal ? nal : -1;
  }

  private int nextNal(Bytes sample, int nal) {
    return firstNal(sample, nal + (int) nalLength(sample, nal - nalLengthSize));
  }

  private long nalLength(Bytes sample, int at) {
    if (at + nalLengthSize > sample.length()) {
      return -1;
    }
    long length = 0;
    for (int i = 0; i < nalLengthSize; i++) {
      length = length << 8 | sample.unsigned(at + i);
    }
    return length;
  }

  /** The same configuration with a frame rate that was measured. */
  public AvcConfiguration withFrameRate(double measured) {
    return new AvcConfiguration(
        record, profile, constraints, level, nalLengthSize, width, height, measured);
  }

  @Override
  public String codecsString() {
    return String.format(Locale.ROOT, "avc1.%02x%02x%02x", profile, constraints, level);
  }

  private static Optional<Bytes> sequenceParameterSet(Bytes record) {
    return (record.get(5) & 0x1F) == 0 ? Optional.empty() : Optional.of(parameterSet(record, 6));
  }

  private static void checkParameterSets(Bytes record) {
    int at = 6;
    for (int i = record.get(5) & 0x1F; i > 0; i--) {
      at += 2 + parameterSet(record, at).length();
    }
    if (at >= record.length()) {
      throw new MalformedMediaException("avcC: no count of picture parameter sets");
    }
    int pictureSets = record.unsigned(at++);
    for (int i = 0; i < pictureSets; i++) {
      at += 2 + parameterSet(record, at).length();
    }
  }

  private static Bytes parameterSet(Bytes record, int at) {
    if (at + 2 > record.length()) {
      throw new MalformedMediaException("avcC: parameter set past the end");
    }
    int length = record.unsigned(at) << 8 | record.unsigned(at + 1);
    if (length > record.length() - at - 2) {
      throw MalformedMediaException.of(
          "avcC parameter set size", length, "at most " + (record.length() - at - 2));
    }
    return record.slice(at + 2, length);
  }
}
