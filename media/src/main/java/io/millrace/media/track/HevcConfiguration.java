package io.millrace.media.track;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Holds an HEVC configuration (HEVCDecoderConfigurationRecord, ISO 14496-15 8.3.3.1).
 *
 * @param record the record as the encoder sent it, or made of parameter sets that samples brought
 * @param profileSpace general_profile_space
 * @param highTier general_tier_flag
 * @param profile general_profile_idc
 * @param compatibility general_profile_compatibility_flags, 32 bits
 * @param constraints general_constraint_indicator_flags, 48 bits
 * @param level general_level_idc, thirty times the level
 * @param nalLengthSize bytes of a NAL unit's length prefix, 1, 2 or 4
 * @param picture what the first SPS and the record's SEI messages tell of the pictures
 */
public record HevcConfiguration(
    Bytes record,
    int profileSpace,
    boolean highTier,
    int profile,
    long compatibility,
    long constraints,
    int level,
    int nalLengthSize,
    PictureFormat picture)
    implements VideoConfiguration {
  static final int FIXED_BYTES = 23;
  private static final int MAX_RECORD_BYTES = 65_536;
  private static final int CONSTRAINT_BYTES = 6;

  /** NAL unit types (H.265 7.4.2.2). */
  private static final int TYPE_LAST_SLICE = 31;

  private static final int TYPE_RADL_N = 6;
  private static final int TYPE_RASL_N = 8;
  private static final int TYPE_RASL_R = 9;
  private static final int TYPE_FIRST_IRAP = 16;
  private static final int TYPE_LAST_IRAP = 21;
  private static final int TYPE_LAST_SUBLAYER_NON_REFERENCE = 14;
  private static final int TYPE_SPS = 33;
  private static final int TYPE_PREFIX_SEI = 39;

  public HevcConfiguration {
    Objects.requireNonNull(record, "record");
    Objects.requireNonNull(picture, "picture");
  }

  /** Reads the record. Throws {@link MalformedMediaException}. */
  public static HevcConfiguration parse(Bytes record) {
    if (record.length() < FIXED_BYTES || record.length() > MAX_RECORD_BYTES) {
      throw MalformedMediaException.of(
          "hvcC size", record.length(), FIXED_BYTES + ".." + MAX_RECORD_BYTES);
    }
    // Encoders from before the standard was final write 0.
    Limits.check("hvcC version", record.unsigned(0), 0, 1);
    int nalLengthSize = (record.get(21) & 3) + 1;
    if (nalLengthSize == 3) {
      throw MalformedMediaException.of("hvcC NAL length size", nalLengthSize, "1, 2 or 4");
    }
    return new HevcConfiguration(
        record,
        record.unsigned(1) >> 6,
        (record.get(1) & 0x20) != 0,
        record.get(1) & 0x1F,
        number(record, 2, 4),
        number(record, 6, CONSTRAINT_BYTES),
        record.unsigned(12),
        nalLengthSize,
        picture(record));
  }

  /** What the first SPS tells, else the record itself; and the marks of SEI messages. */
  private static PictureFormat picture(Bytes record) {
    @Nullable PictureFormat told = null;
    HdrMarks marks = new HdrMarks();
    for (NalArray array : arrays(record)) {
      for (Bytes nal : array.units) {
        if (array.type == TYPE_SPS && told == null) {
          told = HevcSequenceParameters.of(nal).picture();
        } else if (array.type == TYPE_PREFIX_SEI && nal.length() > 2) {
          marks.addSei(nal.slice(2));
        }
      }
    }
    PictureFormat picture = told == null ? fromRecord(record) : told;
    double averageRate = number(record, 19, 2) / 256.0;
    return marks.addTo(
        picture.frameRate() > 0 ? picture : picture.withFrameRate(usableRate(averageRate)));
  }

  /**
   * NAL units of one type.
   *
   * @param whole as the record has it
   */
  record NalArray(int type, List<Bytes> units, Bytes whole) {}

  static List<NalArray> arrays(Bytes record) {
    List<NalArray> arrays = new ArrayList<>();
    int at = FIXED_BYTES;
    for (int left = record.unsigned(22); left > 0; left--) {
      int start = at;
      require(record, at, 3);
      int count = (int) number(record, at + 1, 2);
      at += 3;
      List<Bytes> units = new ArrayList<>();
      for (; count > 0; count--) {
        require(record, at, 2);
        int length = (int) number(record, at, 2);
        require(record, at + 2, length);
        units.add(record.slice(at + 2, length));
        at += 2 + length;
      }
      arrays.add(new NalArray(record.get(start) & 0x3F, units, record.slice(start, at - start)));
    }
    return arrays;
  }

  private static PictureFormat fromRecord(Bytes record) {
    return new PictureFormat(
        0, 0, 0, 0, 0, 8 + (record.get(17) & 7), record.get(16) & 3, null, null, null);
  }

  private static double usableRate(double rate) {
    return rate >= 1 && rate <= 1000 ? rate : 0;
  }

  private static void require(Bytes record, int at, int count) {
    if (count > record.length() - at) {
      throw MalformedMediaException.of(
          "hvcC bytes left", record.length() - at, "at least " + count);
    }
  }

  private static long number(Bytes record, int at, int count) {
    long value = 0;
    for (int i = 0; i < count; i++) {
      value = value << 8 | record.unsigned(at + i);
    }
    return value;
  }

  @Override
  public HevcConfiguration withPicture(PictureFormat newPicture) {
    return new HevcConfiguration(
        record,
        profileSpace,
        highTier,
        profile,
        compatibility,
        constraints,
        level,
        nalLengthSize,
        newPicture);
  }

  /**
   * By the type of the sample's slices: an IRAP picture (types 16 to 21) is a sync sample, RADL and
   * RASL pictures lead it, a sub-layer non-reference picture of the base layer is disposable.
   */
  @Override
  public SampleDependency dependency(Bytes sample) {
    NalUnits units = new NalUnits(sample, nalLengthSize);
    for (Bytes nal = units.next(); nal != null; nal = units.next()) {
      int type = nal.get(0) >> 1 & 0x3F;
      // All slices of a picture have the same type, but for what is lost (7.4.2.4.5).
      if (type <= TYPE_LAST_SLICE) {
        return dependency(type);
      }
    }
    return SampleDependency.DEPENDENT;
  }

  private static SampleDependency dependency(int type) {
    if (type >= TYPE_FIRST_IRAP && type <= TYPE_LAST_IRAP) {
      return SampleDependency.SYNC;
    }
    if (type == TYPE_RASL_N || type == TYPE_RASL_R) {
      return SampleDependency.SKIPPED_LEADING;
    }
    if (type == TYPE_RADL_N || type == TYPE_RADL_N + 1) {
      return SampleDependency.DECODABLE_LEADING;
    }
    boolean nonReference = type <= TYPE_LAST_SUBLAYER_NON_REFERENCE && (type & 1) == 0;
    return nonReference ? SampleDependency.DISPOSABLE : SampleDependency.DEPENDENT;
  }

  @Override
  public HevcConfiguration withKeyframe(Bytes sample) {
    HdrMarks marks = new HdrMarks();
    NalUnits units = new NalUnits(sample, nalLengthSize);
    for (Bytes nal = units.next(); nal != null; nal = units.next()) {
      if ((nal.get(0) >> 1 & 0x3F) == TYPE_PREFIX_SEI && nal.length() > 2) {
        marks.addSei(nal.slice(2));
      }
    }
    return withPicture(marks.addTo(picture));
  }

  /** As annex E.3 of ISO 14496-15 has it, for the sample entry hvc1. */
  @Override
  public String codecsString() {
    StringBuilder text = new StringBuilder("hvc1.");
    if (profileSpace > 0) {
      text.append((char) ('A' + profileSpace - 1));
    }
    long reversed = Integer.toUnsignedLong(Integer.reverse((int) compatibility));
    text.append(
        String.format(Locale.ROOT, "%d.%X.%s%d", profile, reversed, highTier ? "H" : "L", level));
    int bytes = CONSTRAINT_BYTES;
    for (long rest = constraints; bytes > 0 && (rest & 0xFF) == 0; rest >>= 8) {
      bytes--;
    }
    for (int i = 0; i < bytes; i++) {
      text.append(
          String.format(
              Locale.ROOT, ".%X", constraints >> (8 * (CONSTRAINT_BYTES - 1 - i)) & 0xFF));
    }
    return text.toString();
  }
}
