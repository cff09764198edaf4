package io.millrace.media.track;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * Holds a VP9 configuration (VPCodecConfigurationRecord, VP codec in ISOBMFF).
 *
 * @param record eight bytes, without a full box's version and flags
 * @param profile 0 to 3
 * @param toldLevel ten times the level; 0 where the encoder does not tell
 * @param chromaSubsampling chromaSubsampling: 0 4:2:0 vertical, 1 4:2:0 colocated, 2 4:2:2, 3 4:4:4
 * @param picture its size is told by keyframes only
 */
public record Vp9Configuration(
    Bytes record, int profile, int toldLevel, int chromaSubsampling, PictureFormat picture)
    implements VideoConfiguration {
  private static final int RECORD_BYTES = 8;
  private static final int FULL_BOX_BYTES = 4;
  private static final int FRAME_MARKER = 2;
  private static final int SYNC_CODE = 0x49_83_42;
  private static final int SRGB = 7;
  private static final int LEVEL_AT = 1;

  /** Frames a second, where they are not known: a level too high is true, one too low is not. */
  private static final double USUAL_MOST = 60;

  /**
   * A level's limits (VP9 annex A).
   *
   * @param number ten times the level
   * @param sampleRate luma samples a second, at most
   * @param pictureSize luma samples of a picture, at most
   */
  private record Level(int number, long sampleRate, long pictureSize) {}

  private static final List<Level> LEVELS =
      List.of(
          new Level(10, 829_440, 36_864),
          new Level(11, 2_764_800, 73_728),
          new Level(20, 4_608_000, 122_880),
          new Level(21, 9_216_000, 245_760),
          new Level(30, 20_736_000, 552_960),
          new Level(31, 36_864_000, 983_040),
          new Level(40, 83_558_400, 2_228_224),
          new Level(41, 160_432_128, 2_228_224),
          new Level(50, 311_951_360, 8_912_896),
          new Level(51, 588_251_136, 8_912_896),
          new Level(52, 1_176_502_272, 8_912_896),
          new Level(60, 1_176_502_272, 35_651_584),
          new Level(61, 2_353_004_544L, 35_651_584),
          new Level(62, 4_706_009_088L, 35_651_584));

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
        record.unsigned(LEVEL_AT),
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
    return new Vp9Configuration(record, profile, toldLevel, chromaSubsampling, newPicture);
  }

  /**
   * A rate that was measured leaves the level as it was: init sections with the one before are out.
   */
  @Override
  public Vp9Configuration withFrameRate(double measured) {
    byte[] levelled = record.toArray();
    levelled[LEVEL_AT] = (byte) level();
    return new Vp9Configuration(
        Bytes.wrap(levelled), profile, level(), chromaSubsampling, picture.withFrameRate(measured));
  }

  /**
   * Ten times the level that the encoder tells, else the least that size and frame rate do not go
   * beyond; of a rate that is not known, 60 frames a second.
   */
  public int level() {
    if (toldLevel > 0) {
      return toldLevel;
    }
    long size = (long) picture.width() * picture.height();
    double rate = picture.frameRate() > 0 ? picture.frameRate() : USUAL_MOST;
    for (Level level : LEVELS) {
      if (size <= level.pictureSize && size * rate <= level.sampleRate) {
        return level.number;
      }
    }
    return LEVELS.getLast().number;
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
        String.format(Locale.ROOT, "vp09.%02d.%02d.%02d", profile, level(), picture.bitDepth());
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
