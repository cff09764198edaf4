package io.millrace.media.track;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import io.millrace.media.track.Obus.Obu;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * Holds an AV1 configuration (AV1CodecConfigurationRecord, AV1 in ISOBMFF 2.3.3).
 *
 * @param record the record as the encoder sent it, or made of a later sequence header
 * @param profile seq_profile
 * @param level seq_level_idx_0
 * @param tier seq_tier_0
 * @param monochrome mono_chrome
 * @param subsampling chroma_subsampling_x, chroma_subsampling_y and chroma_sample_position: 1, 1
 *     and 2 bits
 * @param picture what the sequence header and the metadata OBUs tell of the pictures
 */
public record Av1Configuration(
    Bytes record,
    int profile,
    int level,
    int tier,
    boolean monochrome,
    int subsampling,
    PictureFormat picture)
    implements VideoConfiguration {
  private static final int FIXED_BYTES = 4;
  private static final int MAX_RECORD_BYTES = 65_536;

  /** Some twenty are used. */
  private static final int MOST_SEQUENCE_HEADER_BYTES = 4_096;

  private static final int KEY_FRAME = 0;
  private static final int MARKER_AND_VERSION = 0x81;
  private static final int CHROMA_420 = 1;

  /** What a codecs string says of the colour where it does not tell it: BT.709. */
  private static final Colour BY_DEFAULT = new Colour(1, 1, 1, false);

  public Av1Configuration {
    Objects.requireNonNull(record, "record");
    Objects.requireNonNull(picture, "picture");
  }

  /**
   * Reads the record; size and colour are known where it has a sequence header. Throws {@link
   * MalformedMediaException}.
   */
  public static Av1Configuration parse(Bytes record) {
    if (record.length() < FIXED_BYTES || record.length() > MAX_RECORD_BYTES) {
      throw MalformedMediaException.of(
          "av1C size", record.length(), FIXED_BYTES + ".." + MAX_RECORD_BYTES);
    }
    if (record.unsigned(0) != MARKER_AND_VERSION) {
      throw MalformedMediaException.of(
          "av1C marker and version", record.unsigned(0), "" + MARKER_AND_VERSION);
    }
    int flags = record.unsigned(2);
    boolean monochrome = (flags & 0x10) != 0;
    int subsampling = flags & 0xF;
    int bitDepth = (flags & 0x40) == 0 ? 8 : (flags & 0x20) == 0 ? 10 : 12;
    int chromaFormat = monochrome ? 0 : 3 - (subsampling >> 3) - (subsampling >> 2 & 1);
    Av1Configuration fixed =
        new Av1Configuration(
            record,
            (int) Limits.check("av1C seq_profile", record.unsigned(1) >> 5, 0, 2),
            record.get(1) & 0x1F,
            flags >> 7,
            monochrome,
            subsampling,
            new PictureFormat(0, 0, 0, 0, 0, bitDepth, chromaFormat, null, null, null));
    HdrMarks marks = new HdrMarks();
    PictureFormat picture = fixed.picture;
    for (Obu obu : Obus.all(record.slice(FIXED_BYTES))) {
      switch (obu.type()) {
        case Obus.SEQUENCE_HEADER -> picture = Av1SequenceHeader.parse(obu.payload()).picture();
        case Obus.METADATA -> marks.addMetadataObu(obu.payload());
        default -> {}
      }
    }
    return fixed.withPicture(marks.addTo(picture));
  }

  /**
   * Makes the configuration of a temporal unit with a sequence header, for an encoder that sends no
   * record; empty where it has none. Throws {@link MalformedMediaException}.
   */
  public static Optional<Av1Configuration> ofTemporalUnit(Bytes temporalUnit) {
    for (Obu obu : Obus.all(temporalUnit)) {
      if (obu.type() == Obus.SEQUENCE_HEADER) {
        Av1SequenceHeader header = Av1SequenceHeader.parse(obu.payload());
        return Optional.of(of(header, obu));
      }
    }
    return Optional.empty();
  }

  private static Av1Configuration of(Av1SequenceHeader header, Obu obu) {
    return new Av1Configuration(
        record(header, obu),
        header.profile(),
        header.level(),
        header.tier(),
        header.monochrome(),
        header.subsampling(),
        header.picture());
  }

  @Override
  public Av1Configuration withPicture(PictureFormat newPicture) {
    return new Av1Configuration(record, profile, level, tier, monochrome, subsampling, newPicture);
  }

  /**
   * The temporal unit as a sample carries it: without temporal delimiters (AV1 in ISOBMFF 2.4).
   * Throws {@link MalformedMediaException}.
   */
  public static Bytes withoutTemporalDelimiters(Bytes temporalUnit) {
    List<Obu> obus = Obus.all(temporalUnit);
    if (obus.stream().noneMatch(obu -> obu.type() == Obus.TEMPORAL_DELIMITER)) {
      return temporalUnit;
    }
    byte[] kept = new byte[temporalUnit.length()];
    int size = 0;
    for (Obu obu : obus) {
      if (obu.type() != Obus.TEMPORAL_DELIMITER) {
        obu.whole().copyTo(kept, size);
        size += obu.whole().length();
      }
    }
    return Bytes.wrap(kept, 0, size);
  }

  /** A sync sample has a sequence header, and its first frame is a key frame that is shown. */
  @Override
  public SampleDependency dependency(Bytes sample) {
    try {
      boolean header = false;
      boolean reduced = false;
      for (Obu obu : Obus.all(sample)) {
        if (obu.type() == Obus.SEQUENCE_HEADER && !header) {
          header = true;
          reduced = Av1SequenceHeader.parse(obu.payload()).reducedStillPicture();
        } else if (obu.type() == Obus.FRAME || obu.type() == Obus.FRAME_HEADER) {
          return header && (reduced || isShownKeyFrame(obu))
              ? SampleDependency.SYNC
              : SampleDependency.DEPENDENT;
        }
      }
    } catch (MalformedMediaException e) {
      // No decoder starts at what cannot be read.
    }
    return SampleDependency.DEPENDENT;
  }

  /** By show_existing_frame, frame_type and show_frame (AV1 5.9.2). */
  private static boolean isShownKeyFrame(Obu obu) {
    BitReader in = new BitReader(obu.payload());
    return !in.flag() && in.smallBits(2) == KEY_FRAME && in.flag();
  }

  /**
   * A sequence header that differs from the record's makes a new record. All of a temporal unit are
   * the same (AV1 7.5): the first is looked at.
   */
  @Override
  public Av1Configuration withKeyframe(Bytes sample) {
    HdrMarks marks = new HdrMarks();
    Av1Configuration told = this;
    boolean isTold = false;
    try {
      for (Obu obu : Obus.all(sample)) {
        if (obu.type() == Obus.SEQUENCE_HEADER && !isTold) {
          told = told.withSequenceHeader(obu);
          isTold = true;
        } else if (obu.type() == Obus.METADATA) {
          marks.addMetadataObu(obu.payload());
        }
      }
    } catch (MalformedMediaException e) {
      // What was read before the break holds.
    }
    return told.withPicture(marks.addTo(told.picture));
  }

  private Av1Configuration withSequenceHeader(Obu obu) {
    for (Obu known : Obus.all(record.slice(FIXED_BYTES))) {
      if (known.type() == Obus.SEQUENCE_HEADER && known.payload().equals(obu.payload())) {
        return this;
      }
    }
    Av1SequenceHeader header = Av1SequenceHeader.parse(obu.payload());
    return of(header, obu)
        .withPicture(header.picture().withHdr(picture.masteringDisplay(), picture.contentLight()));
  }

  private static Bytes record(Av1SequenceHeader header, Obu obu) {
    int bitDepth = header.picture().bitDepth();
    Bytes payload = obu.payload();
    Limits.check("AV1 sequence header size", payload.length(), 1, MOST_SEQUENCE_HEADER_BYTES);
    byte[] size = leb128(payload.length());
    byte[] made = new byte[FIXED_BYTES + 1 + size.length + payload.length()];
    made[0] = (byte) MARKER_AND_VERSION;
    made[1] = (byte) (header.profile() << 5 | header.level());
    made[2] =
        (byte)
            (header.tier() << 7
                | (bitDepth > 8 ? 0x40 : 0)
                | (bitDepth > 10 ? 0x20 : 0)
                | (header.monochrome() ? 0x10 : 0)
                | header.subsampling());
    // The record's OBUs have sizes (AV1 in ISOBMFF 2.3.4), a sample's last may have none.
    made[FIXED_BYTES] = Obus.SEQUENCE_HEADER << 3 | 2;
    System.arraycopy(size, 0, made, FIXED_BYTES + 1, size.length);
    payload.copyTo(made, FIXED_BYTES + 1 + size.length);
    return Bytes.wrap(made);
  }

  private static byte[] leb128(int value) {
    return value < 0x80
        ? new byte[] {(byte) value}
        : new byte[] {(byte) (value | 0x80), (byte) (value >> 7 | 0x80), (byte) (value >> 14)};
  }

  /**
   * As section 5 of AV1 in ISOBMFF has it: the short form says 4:2:0 and BT.709 as well, so it is
   * written of 4:2:0 alone whose colour was not told to us. Of others all fields are written, those
   * of a colour that was not told with the short form's values.
   */
  @Override
  public String codecsString() {
    String text =
        String.format(
            Locale.ROOT,
            "av01.%d.%02d%s.%02d",
            profile,
            level,
            tier == 0 ? "M" : "H",
            picture.bitDepth());
    Colour colour = picture.colour();
    if (colour == null && picture.chromaFormat() == CHROMA_420) {
      return text;
    }
    Colour told = colour == null ? BY_DEFAULT : colour;
    return text
        + String.format(
            Locale.ROOT,
            ".%d.%d%d%d.%02d.%02d.%02d.%d",
            monochrome ? 1 : 0,
            subsampling >> 3,
            subsampling >> 2 & 1,
            subsampling & 3,
            told.primaries(),
            told.transfer(),
            told.matrix(),
            told.fullRange() ? 1 : 0);
  }
}
