package io.millrace.media.track;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;

/**
 * Holds what a sequence header OBU tells (AV1 5.5).
 *
 * @param level seq_level_idx of the first operating point
 * @param tier seq_tier of the first operating point
 * @param subsampling subsampling_x, subsampling_y and chroma_sample_position: 1, 1 and 2 bits
 */
record Av1SequenceHeader(
    int profile,
    int level,
    int tier,
    boolean reducedStillPicture,
    boolean monochrome,
    int subsampling,
    PictureFormat picture) {
  private static final int SELECT_BY_FRAME = 2;
  private static final int BT_709 = 1;
  private static final int SRGB_TRANSFER = 13;
  private static final int IDENTITY_MATRIX = 0;

  /** Reads the OBU's payload. Throws {@link MalformedMediaException}. */
  static Av1SequenceHeader parse(Bytes payload) {
    return new Reader(new BitReader(payload)).read();
  }

  private static final class Reader {
    private final BitReader in;
    private int profile;
    private int level;
    private int tier;
    private double frameRate;

    Reader(BitReader in) {
      this.in = in;
    }

    Av1SequenceHeader read() {
      profile = in.smallBits(3);
      if (profile > 2) {
        throw MalformedMediaException.of("seq_profile", profile, "0..2");
      }
      in.skip(1);
      boolean reduced = in.flag();
      if (reduced) {
        level = in.smallBits(5);
      } else {
        readOperatingPoints();
      }
      int widthBits = in.smallBits(4) + 1;
      int heightBits = in.smallBits(4) + 1;
      int width = in.smallBits(widthBits) + 1;
      int height = in.smallBits(heightBits) + 1;
      if (!reduced && in.flag()) {
        in.skip(7);
      }
      in.skip(3);
      if (!reduced) {
        skipTools();
      }
      in.skip(3);
      return readColour(reduced, width, height);
    }

    private void readOperatingPoints() {
      boolean timing = in.flag();
      boolean decoderModel = false;
      int delayBits = 0;
      if (timing) {
        readTiming();
        decoderModel = in.flag();
        if (decoderModel) {
          delayBits = in.smallBits(5) + 1;
          in.skip(42);
        }
      }
      boolean displayDelay = in.flag();
      int points = in.smallBits(5) + 1;
      for (int point = 0; point < points; point++) {
        in.skip(12);
        int itsLevel = in.smallBits(5);
        int itsTier = itsLevel > 7 ? in.bit() : 0;
        if (point == 0) {
          level = itsLevel;
          tier = itsTier;
        }
        if (decoderModel && in.flag()) {
          in.skip(2 * delayBits + 1);
        }
        if (displayDelay && in.flag()) {
          in.skip(4);
        }
      }
    }

    private void readTiming() {
      long unitsInTick = in.bits(32);
      long timeScale = in.bits(32);
      if (in.flag()) {
        double ticks = 1.0 + in.unsignedExpGolomb("num_ticks_per_picture", Integer.MAX_VALUE - 1);
        double rate = unitsInTick == 0 ? 0 : timeScale / (ticks * unitsInTick);
        frameRate = rate >= 1 && rate <= 1000 ? rate : 0;
      }
    }

    private void skipTools() {
      in.skip(4);
      boolean orderHint = in.flag();
      if (orderHint) {
        in.skip(2);
      }
      int screenContent = in.flag() ? SELECT_BY_FRAME : in.bit();
      if (screenContent > 0 && !in.flag()) {
        in.skip(1);
      }
      if (orderHint) {
        in.skip(3);
      }
    }

    private Av1SequenceHeader readColour(boolean reduced, int width, int height) {
      boolean highDepth = in.flag();
      int bitDepth = highDepth ? 10 : 8;
      if (profile == 2 && highDepth) {
        bitDepth = in.flag() ? 12 : 10;
      }
      boolean monochrome = profile != 1 && in.flag();
      boolean described = in.flag();
      int primaries = described ? in.smallBits(8) : Colour.UNSPECIFIED;
      int transfer = described ? in.smallBits(8) : Colour.UNSPECIFIED;
      int matrix = described ? in.smallBits(8) : Colour.UNSPECIFIED;
      boolean fullRange = true;
      int subsampling = 0;
      if (monochrome) {
        fullRange = in.flag();
        subsampling = 0b1100;
      } else if (primaries != BT_709 || transfer != SRGB_TRANSFER || matrix != IDENTITY_MATRIX) {
        fullRange = in.flag();
        subsampling = readSubsampling(bitDepth);
      }
      Colour colour = new Colour(primaries, transfer, matrix, fullRange);
      PictureFormat picture =
          new PictureFormat(
              width,
              height,
              0,
              0,
              frameRate,
              bitDepth,
              monochrome ? 0 : 3 - (subsampling >> 3) - (subsampling >> 2 & 1),
              colour.isUnspecified() ? null : colour,
              null,
              null);
      return new Av1SequenceHeader(profile, level, tier, reduced, monochrome, subsampling, picture);
    }

    private int readSubsampling(int bitDepth) {
      int x = profile == 1 ? 0 : 1;
      int y = profile == 0 ? 1 : 0;
      if (profile == 2 && bitDepth == 12) {
        x = in.bit();
        y = x == 1 ? in.bit() : 0;
      }
      int position = x == 1 && y == 1 ? in.smallBits(2) : 0;
      return x << 3 | y << 2 | position;
    }
  }
}
