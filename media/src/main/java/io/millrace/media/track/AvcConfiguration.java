package io.millrace.media.track;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Holds an H.264 configuration (AVCDecoderConfigurationRecord, ISO 14496-15 5.3.3.1).
 *
 * @param record the record as the encoder sent it, or made of parameter sets that samples brought
 * @param profile profile_idc; of the first SPS, as are the two after it, where the record has one
 * @param constraints the constraint flags' byte
 * @param level level_idc
 * @param nalLengthSize bytes of a NAL unit's length prefix, 1, 2 or 4
 * @param picture what the first SPS tells of the pictures
 */
public record AvcConfiguration(
    Bytes record, int profile, int constraints, int level, int nalLengthSize, PictureFormat picture)
    implements VideoConfiguration {
  private static final int MAX_RECORD_BYTES = 65_536;
  private static final int NAL_TYPE_IDR = 5;
  private static final int NAL_TYPE_SEI = 6;

  public AvcConfiguration {
    Objects.requireNonNull(record, "record");
    Objects.requireNonNull(picture, "picture");
  }

  /** A configuration of whose pictures no more is known than size and frame rate. */
  public AvcConfiguration(
      Bytes record,
      int profile,
      int constraints,
      int level,
      int nalLengthSize,
      int width,
      int height,
      double frameRate) {
    this(
        record,
        profile,
        constraints,
        level,
        nalLengthSize,
        PictureFormat.of(width, height, frameRate));
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
    List<Bytes> sets = parameterSets(record);
    boolean told = (record.get(5) & 0x1F) > 0;
    PictureFormat picture =
        told ? AvcSequenceParameters.of(sets.getFirst()).picture() : PictureFormat.of(0, 0, 0);
    // The same three bytes in both, and decoders go by the SPS; there are encoders that err here.
    Bytes profile = (told ? sets.getFirst() : record).slice(1, 3);
    return new AvcConfiguration(
        record,
        profile.unsigned(0),
        profile.unsigned(1),
        profile.unsigned(2),
        nalLengthSize,
        picture);
  }

  @Override
  public AvcConfiguration withPicture(PictureFormat newPicture) {
    return new AvcConfiguration(record, profile, constraints, level, nalLengthSize, newPicture);
  }

  /** An IDR picture's slice makes a sample a sync sample; nal_ref_idc of 0 in all, disposable. */
  @Override
  public SampleDependency dependency(Bytes sample) {
    boolean slices = false;
    boolean referred = false;
    NalUnits units = new NalUnits(sample, nalLengthSize);
    for (Bytes nal = units.next(); nal != null; nal = units.next()) {
      int type = nal.get(0) & 0x1F;
      if (type == NAL_TYPE_IDR) {
        return SampleDependency.SYNC;
      }
      if (type >= 1 && type < NAL_TYPE_IDR) {
        slices = true;
        referred |= (nal.get(0) & 0x60) != 0;
      }
    }
    return slices && !referred ? SampleDependency.DISPOSABLE : SampleDependency.DEPENDENT;
  }

  @Override
  public AvcConfiguration withKeyframe(Bytes sample) {
    HdrMarks marks = new HdrMarks();
    NalUnits units = new NalUnits(sample, nalLengthSize);
    for (Bytes nal = units.next(); nal != null; nal = units.next()) {
      if ((nal.get(0) & 0x1F) == NAL_TYPE_SEI) {
        marks.addSei(nal.slice(1));
      }
    }
    return withPicture(marks.addTo(picture));
  }

  @Override
  public String codecsString() {
    return String.format(Locale.ROOT, "avc1.%02x%02x%02x", profile, constraints, level);
  }

  /** Sequence parameter sets, then picture parameter sets. */
  static List<Bytes> parameterSets(Bytes record) {
    List<Bytes> sets = new ArrayList<>();
    int at = 6;
    for (int i = record.get(5) & 0x1F; i > 0; i--) {
      sets.add(parameterSet(record, at));
      at += 2 + sets.getLast().length();
    }
    if (at >= record.length()) {
      throw new MalformedMediaException("avcC: no count of picture parameter sets");
    }
    int pictureSets = record.unsigned(at++);
    for (int i = 0; i < pictureSets; i++) {
      sets.add(parameterSet(record, at));
      at += 2 + sets.getLast().length();
    }
    return sets;
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
