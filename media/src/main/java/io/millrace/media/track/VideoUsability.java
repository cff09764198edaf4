package io.millrace.media.track;

import org.jspecify.annotations.Nullable;

/**
 * Reads the first fields of the video usability information, which H.264 (annex E) and H.265 (annex
 * E) have in common.
 */
final class VideoUsability {
  private static final int EXTENDED_ASPECT = 255;
  private static final int[][] ASPECTS = {
    {0, 0}, {1, 1}, {12, 11}, {10, 11}, {16, 11}, {40, 33}, {24, 11}, {20, 11}, {32, 11}, {80, 33},
    {18, 11}, {15, 11}, {64, 33}, {160, 99}, {4, 3}, {3, 2}, {2, 1}
  };

  private int aspectWidth;
  private int aspectHeight;
  private double frameRate;
  private @Nullable Colour colour;

  /** Reads up to the location of chroma samples. */
  void readShape(BitReader in) {
    if (in.flag()) {
      readAspect(in);
    }
    if (in.flag()) {
      in.skip(1);
    }
    if (in.flag()) {
      readSignalType(in);
    }
    if (in.flag()) {
      in.unsignedExpGolomb("chroma_sample_loc_type_top_field", 5);
      in.unsignedExpGolomb("chroma_sample_loc_type_bottom_field", 5);
    }
  }

  /** Reads num_units_in_tick and time_scale. */
  void readTiming(BitReader in, int ticksPerFrame) {
    long unitsInTick = in.bits(32);
    long timeScale = in.bits(32);
    // The rate of what nobody can watch is noise.
    double rate = unitsInTick == 0 ? 0 : timeScale / ((double) ticksPerFrame * unitsInTick);
    frameRate = rate >= 1 && rate <= 1000 ? rate : 0;
  }

  private void readAspect(BitReader in) {
    int indication = in.smallBits(8);
    if (indication == EXTENDED_ASPECT) {
      int width = in.smallBits(16);
      int height = in.smallBits(16);
      aspectWidth = width;
      aspectHeight = height;
    } else if (indication < ASPECTS.length) {
      aspectWidth = ASPECTS[indication][0];
      aspectHeight = ASPECTS[indication][1];
    }
  }

  private void readSignalType(BitReader in) {
    in.skip(3);
    boolean fullRange = in.flag();
    if (in.flag()) {
      colour = new Colour(in.smallBits(8), in.smallBits(8), in.smallBits(8), fullRange);
    } else if (fullRange) {
      colour = Colour.UNSPECIFIED_FULL_RANGE;
    }
  }

  PictureFormat picture(int width, int height, int bitDepth, int chromaFormat) {
    return new PictureFormat(
        width,
        height,
        aspectWidth,
        aspectHeight,
        frameRate,
        bitDepth,
        chromaFormat,
        colour,
        null,
        null);
  }
}
