package io.millrace.media.track;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds what a sequence parameter set tells about the picture (H.264 7.3.2.1.1 and annex E).
 *
 * @param width after cropping, luma samples
 * @param height after cropping, luma samples
 * @param aspectWidth of one sample; 0 where unknown
 * @param aspectHeight of one sample; 0 where unknown
 * @param frameRate frames a second; 0 where unknown
 * @param colour null where the set does not describe it
 */
public record AvcSequenceParameters(
    int width,
    int height,
    int aspectWidth,
    int aspectHeight,
    double frameRate,
    @Nullable Colour colour) {

  /** Holds colour_primaries, transfer_characteristics, matrix_coefficients, full range. */
  public record Colour(int primaries, int transfer, int matrix, boolean fullRange) {}

  private static final Set<Integer> PROFILES_WITH_CHROMA =
      Set.of(100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135);
  private static final int EXTENDED_ASPECT = 255;
  private static final int[][] ASPECTS = {
    {0, 0}, {1, 1}, {12, 11}, {10, 11}, {16, 11}, {40, 33}, {24, 11}, {20, 11}, {32, 11}, {80, 33},
    {18, 11}, {15, 11}, {64, 33}, {160, 99}, {4, 3}, {3, 2}, {2, 1}
  };
  private static final int MAX_MACROBLOCKS = 4096;

  /** Reads a NAL unit of type 7, its header byte included. */
  public static AvcSequenceParameters parse(Bytes nal) {
    if (nal.length() < 4 || (nal.get(0) & 0x1F) != 7) {
      throw new MalformedMediaException("sequence parameter set: not a NAL unit of type 7");
    }
    BitReader in = BitReader.ofNalUnit(nal.slice(1));
    int profile = in.smallBits(8);
    in.skip(16);
    in.unsignedExpGolomb("seq_parameter_set_id", 31);
    int chromaArrayType = PROFILES_WITH_CHROMA.contains(profile) ? chroma(in) : 1;
    in.unsignedExpGolomb("log2_max_frame_num_minus4", 12);
    skipPictureOrder(in);
    in.unsignedExpGolomb("max_num_ref_frames", 16);
    in.skip(1);
    int widthInMacroblocks = in.unsignedExpGolomb("pic_width_in_mbs_minus1", MAX_MACROBLOCKS) + 1;
    int heightInUnits = in.unsignedExpGolomb("pic_height_in_map_units", MAX_MACROBLOCKS) + 1;
    boolean framesOnly = in.flag();
    if (!framesOnly) {
      in.skip(1);
    }
    in.skip(1);
    int unitX = chromaArrayType == 1 || chromaArrayType == 2 ? 2 : 1;
    int unitY = (chromaArrayType == 1 ? 2 : 1) * (framesOnly ? 1 : 2);
    int width = widthInMacroblocks * 16;
    int height = heightInUnits * 16 * (framesOnly ? 1 : 2);
    if (in.flag()) {
      width -= unitX * (crop(in, width) + crop(in, width));
      height -= unitY * (crop(in, height) + crop(in, height));
    }
    if (width < 1 || height < 1) {
      throw new MalformedMediaException(
          "picture after cropping: %dx%d (expected: at least 1x1)".formatted(width, height));
    }
    Vui vui = in.flag() ? Vui.readTolerantly(in) : new Vui();
    return new AvcSequenceParameters(
        width, height, vui.aspectWidth, vui.aspectHeight, vui.frameRate, vui.colour);
  }

  private static int crop(BitReader in, int most) {
    return in.unsignedExpGolomb("frame_crop_offset", most);
  }

  /** Returns ChromaArrayType. */
  private static int chroma(BitReader in) {
    int format = in.unsignedExpGolomb("chroma_format_idc", 3);
    boolean separatePlanes = format == 3 && in.flag();
    in.unsignedExpGolomb("bit_depth_luma_minus8", 6);
    in.unsignedExpGolomb("bit_depth_chroma_minus8", 6);
    in.skip(1);
    if (in.flag()) {
      for (int list = 0; list < (format == 3 ? 12 : 8); list++) {
        if (in.flag()) {
          skipScalingList(in, list < 6 ? 16 : 64);
        }
      }
    }
    return separatePlanes ? 0 : format;
  }

  private static void skipScalingList(BitReader in, int size) {
    int last = 8;
    int next = 8;
    for (int i = 0; i < size; i++) {
      if (next != 0) {
        next = (last + in.signedExpGolomb("delta_scale")) & 0xFF;
      }
      last = next == 0 ? last : next;
    }
  }

  private static void skipPictureOrder(BitReader in) {
    int type = in.unsignedExpGolomb("pic_order_cnt_type", 2);
    if (type == 0) {
      in.unsignedExpGolomb("log2_max_pic_order_cnt_lsb_minus4", 12);
    } else if (type == 1) {
      in.skip(1);
      in.signedExpGolomb("offset_for_non_ref_pic");
      in.signedExpGolomb("offset_for_top_to_bottom_field");
      int cycle = in.unsignedExpGolomb("num_ref_frames_in_pic_order_cnt_cycle", 255);
      for (int i = 0; i < cycle; i++) {
        in.signedExpGolomb("offset_for_ref_frame");
      }
    }
  }

  /** The first fields of the video usability information, as far as they can be read. */
  private static final class Vui {
    private int aspectWidth;
    private int aspectHeight;
    private double frameRate;
    private @Nullable Colour colour;

    /** Encoders write broken ones; the picture can be shown without. */
    static Vui readTolerantly(BitReader in) {
      Vui vui = new Vui();
      try {
        vui.read(in);
      } catch (MalformedMediaException e) {
        // What was read before the break holds.
      }
      return vui;
    }

    private void read(BitReader in) {
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
      if (in.flag()) {
        long unitsInTick = in.bits(32);
        long timeScale = in.bits(32);
        // A tick is a field's time; the rate of what nobody can watch is noise.
        double rate = unitsInTick == 0 ? 0 : timeScale / (2.0 * unitsInTick);
        frameRate = rate >= 1 && rate <= 1000 ? rate : 0;
      }
    }

    private void readAspect(BitReader in) {
      int indication = in.smallBits(8);
      if (indication == EXTENDED_ASPECT) {
        aspectWidth = in.smallBits(16);
        aspectHeight = in.smallBits(16);
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
      }
    }
  }
}
