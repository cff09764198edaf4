package io.millrace.media.track;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * Holds a VP9 configuration (VPCodecConfigurationRecord, VP codec in ISOBMFF).
 *
 * @param record eight bytes, without a full box's version and flags
 * @param profile 0 to 3
 * @param level ten times the level; 0 where the encoder does not tell
 * @param chromaSubsampling chromaSubsampling: 0 4:2:0 vertical, 1 4:2:0 colocated, 2 4:2:2, 3 4:4:4
 * @param picture its size is told by keyframes only
 */
public record Vp9Configuration(
    Bytes record, int profile, int level, int chromaSubsampling, PictureFormat picture)
    implements VideoConfiguration {
  private static final int RECORD_BYTES = 8;
  private static final int FULL_BOX_BYTES = 4;
  private static final int FRAME_MARKER = 2;
  private static final int SYNC_CODE = 0x49_83_42;
  private static final int SRGB = 7;

  public Vp9Configuration {
    Objects.requireNonNull(record, "record");
    Objects.requireNonNull(picture, "picture");
  }

  /**
   * Reads the record, with or without a full box's version and flags before it. Throws {@link
   * MalformedMediaException}.
   */
  public static Vp9Configuration parse(Bytes given) {
    boolean fullBox = given.length() == FULL_BOX_BYTES + RECORD_BYTES && given.get(0) == 1;
    Bytes record = fullBox ? given.slice(FULL_BOX_BYTES) : given;
    if (record.length() != RECORD_BYTES) {
      throw MalformedMediaException.of("vpcC size", given.length(), "8, or 12 with version 1");
    }
    int chroma = (int) Limits.check("vpcC chromaSubsampling", record.get(2) >> 1 & 7, 0, 3);
    Colour colour =
        new Colour(
            record.unsigned(3), record.unsigned(4), record.unsigned(5), (record.get(2) & 1) != 0);
    return new Vp9Configuration(
        record,
        (int) Limits.check("vpcC profile", record.unsigned(0), 0, 3),
        record.unsigned(1),
        chroma,
        new PictureFormat(
            0,
            0,
            0,
            0,
            0,
            (int) Limits.check("vpcC bitDepth", record.unsigned(2) >> 4, 8, 12),
            Math.max(1, chroma),
            colour.isUnspecified() ? null : colour,
            null,
            null));
  }

  @Override
  public Vp9Configuration withPicture(PictureFormat newPicture) {
    return new Vp9Configuration(record, profile, level, chromaSubsampling, newPicture);
  }

  @Override
  public SampleDependency dependency(Bytes sample) {
    return keyframeSize(sample).isPresent() ? SampleDependency.SYNC : SampleDependency.DEPENDENT;
  }

  @Override
  public Vp9Configuration withKeyframe(Bytes sample) {
    return keyframeSize(sample)
        .map(size -> withPicture(picture.withSize(size.width, size.height)))
        .orElse(this);
  }

  private record Size(int width, int height) {}

  /** The size that a keyframe's uncompressed header tells (VP9 6.2); empty where it is none. */
  private static Optional<Size> keyframeSize(Bytes sample) {
    BitReader in = new BitReader(sample);
    try {
      if (in.smallBits(2) != FRAME_MARKER) {
        return Optional.empty();
      }
      int profile = in.bit() | in.bit() << 1;
      if (profile == 3) {
        in.skip(1);
      }
      boolean existing = in.flag();
      if (existing || in.flag()) {
        return Optional.empty();
      }
      in.skip(2);
      if (in.bits(24) != SYNC_CODE) {
        return Optional.empty();
      }
      if (profile >= 2) {
        in.skip(1);
      }
      boolean srgb = in.smallBits(3) == SRGB;
      boolean oddProfile = (profile & 1) == 1;
      in.skip((srgb ? 0 : 1) + (oddProfile ? (srgb ? 1 : 3) : 0));
      return Optional.of(new Size(in.smallBits(16) + 1, in.smallBits(16) + 1));
    } catch (MalformedMediaException e) {
      return Optional.empty();
    }
  }

  /** As VP codec in ISOBMFF has it: the colour is told where it was told to us. */
  @Override
  public String codecsString() {
    String text =
        String.format(Locale.ROOT, "vp09.%02d.%02d.%02d", profile, level, picture.bitDepth());
    Colour colour = picture.colour();
    if (colour == null && chromaSubsampling <= 1) {
      return text;
    }
    Colour told =
        colour == null
            ? new Colour(Colour.UNSPECIFIED, Colour.UNSPECIFIED, Colour.UNSPECIFIED, false)
            : colour;
    return text
        + String.format(
            Locale.ROOT,
            ".%02d.%02d.%02d.%02d.%02d",
            chromaSubsampling,
            told.primaries(),
            told.transfer(),
            told.matrix(),
            told.fullRange() ? 1 : 0);
  }
}
