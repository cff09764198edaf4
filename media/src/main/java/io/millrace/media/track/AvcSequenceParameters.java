package io.millrace.media.track;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import java.util.Set;

/** Reads what a sequence parameter set tells about the picture (H.264 7.3.2.1.1 and annex E). */
final class AvcSequenceParameters {
  private static final Set<Integer> PROFILES_WITH_CHROMA =
      Set.of(100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135);

  /** Of Baseline, Main and Extended, the profiles from before the fidelity range extensions. */
  private static final Set<Integer> PROFILES_WITHOUT_EXTENSION = Set.of(66, 77, 88);

  static final int EXTENSION_BYTES = 4;

  private static final int MAX_MACROBLOCKS = 4096;

  /** A tick is a field's time (annex E.2.1). */
  private static final int TICKS_PER_FRAME = 2;

  private final BitReader in;
  private int chromaFormat = 1;
  private int chromaArrayType = 1;
  private int bitDepth = 8;
  private int chromaBitDepth = 8;
  private int profile;
  private int id;
  private boolean separatePlanes;
  private int frameNumBits;
  private boolean framesOnly;
  private boolean macroblockAdaptive;
  private final PictureFormat picture;

  private AvcSequenceParameters(BitReader in) {
    this.in = in;
    this.picture = read();
  }

  /**
   * Reads a NAL unit of type 7, its header byte included. Throws {@link MalformedMediaException}.
   */
  static AvcSequenceParameters of(Bytes nal) {
    if (nal.length() < 4 || (nal.get(0) & 0x1F) != 7) {
      throw new MalformedMediaException("sequence parameter set: not a NAL unit of type 7");
    }
    return new AvcSequenceParameters(BitReader.ofNalUnit(nal.slice(1)));
  }

  int id() {
    return id;
  }

  PictureFormat picture() {
    return picture;
  }

  /** separate_colour_plane_flag. */
  boolean separatePlanes() {
    return separatePlanes;
  }

  /** How long frame_num is. */
  int frameNumBits() {
    return frameNumBits;
  }

  /** frame_mbs_only_flag: no picture is a field, no macroblock of one. */
  boolean framesOnly() {
    return framesOnly;
  }

  /**
   * mb_adaptive_frame_field_flag: what is no field is a frame whose macroblocks may be of fields.
   */
  boolean macroblockAdaptive() {
    return macroblockAdaptive;
  }

  /** What a configuration record tells of the later profiles behind its parameter sets. */
  Bytes extension() {
    if (PROFILES_WITHOUT_EXTENSION.contains(profile)) {
      return Bytes.EMPTY;
    }
    return Bytes.wrap(
        new byte[] {
          (byte) (0xFC | chromaFormat),
          (byte) (0xF8 | (bitDepth - 8)),
          (byte) (0xF8 | (chromaBitDepth - 8)),
          0
        });
  }

  private PictureFormat read() {
    profile = in.smallBits(8);
    in.skip(16);
    id = in.unsignedExpGolomb("seq_parameter_set_id", 31);
    if (PROFILES_WITH_CHROMA.contains(profile)) {
      readChroma();
    }
    frameNumBits = 4 + in.unsignedExpGolomb("log2_max_frame_num_minus4", 12);
    skipPictureOrder();
    in.unsignedExpGolomb("max_num_ref_frames", 16);
    in.skip(1);
    int widthInMacroblocks = in.unsignedExpGolomb("pic_width_in_mbs_minus1", MAX_MACROBLOCKS) + 1;
    int heightInUnits = in.unsignedExpGolomb("pic_height_in_map_units", MAX_MACROBLOCKS) + 1;
    framesOnly = in.flag();
    macroblockAdaptive = !framesOnly && in.flag();
    in.skip(1);
    int unitX = chromaArrayType == 1 || chromaArrayType == 2 ? 2 : 1;
    int unitY = (chromaArrayType == 1 ? 2 : 1) * (framesOnly ? 1 : 2);
    int width = widthInMacroblocks * 16;
    int height = heightInUnits * 16 * (framesOnly ? 1 : 2);
    if (in.flag()) {
      width -= unitX * (crop(width) + crop(width));
      height -= unitY * (crop(height) + crop(height));
    }
    if (width < 1 || height < 1) {
      throw new MalformedMediaException(
          "picture after cropping: %dx%d (expected: at least 1x1)".formatted(width, height));
    }
    VideoUsability usability = new VideoUsability();
    if (in.flag()) {
      readTolerantly(usability);
    }
    return usability.picture(width, height, bitDepth, chromaFormat);
  }

  /** Encoders write broken ones; the picture can be shown without. */
  private void readTolerantly(VideoUsability usability) {
    try {
      usability.readShape(in);
      if (in.flag()) {
        usability.readTiming(in, TICKS_PER_FRAME);
      }
    } catch (MalformedMediaException e) {
      // What was read before the break holds.
    }
  }

  private int crop(int most) {
    return in.unsignedExpGolomb("frame_crop_offset", most);
  }

  private void readChroma() {
    chromaFormat = in.unsignedExpGolomb("chroma_format_idc", 3);
    separatePlanes = chromaFormat == 3 && in.flag();
    chromaArrayType = separatePlanes ? 0 : chromaFormat;
    bitDepth = 8 + in.unsignedExpGolomb("bit_depth_luma_minus8", 6);
    chromaBitDepth = 8 + in.unsignedExpGolomb("bit_depth_chroma_minus8", 6);
    in.skip(1);
    if (in.flag()) {
      for (int list = 0; list < (chromaFormat == 3 ? 12 : 8); list++) {
        if (in.flag()) {
          skipScalingList(list < 6 ? 16 : 64);
        }
      }
    }
  }

  private void skipScalingList(int size) {
    int last = 8;
    int next = 8;
    for (int i = 0; i < size; i++) {
      if (next != 0) {
        next = (last + in.signedExpGolomb("delta_scale")) & 0xFF;
      }
      last = next == 0 ? last : next;
    }
  }

  private void skipPictureOrder() {
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
}
