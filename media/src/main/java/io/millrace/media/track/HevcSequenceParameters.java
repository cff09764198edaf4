package io.millrace.media.track;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import java.nio.ByteBuffer;

/** Reads what a sequence parameter set tells about the picture (H.265 7.3.2.2 and annex E). */
final class HevcSequenceParameters {
  private static final int TYPE_SPS = 33;
  private static final int PROFILE_BYTES = 12;
  private static final int PROFILE_BITS = 88;
  private static final int LEVEL_BITS = 8;
  private static final int MOST_PIXELS = 65_536;
  private static final int MOST_REFERENCE_SETS = 64;
  private static final int MOST_PICTURES = 16;

  private final BitReader in;

  /** general_profile_space to general_level_idc. */
  private final byte[] profile = new byte[PROFILE_BYTES];

  private int subLayers;
  private boolean nested;
  private int id;
  private int chromaFormat;
  private int bitDepth;
  private int chromaBitDepth = 8;
  private final PictureFormat picture;

  private HevcSequenceParameters(BitReader in) {
    this.in = in;
    this.picture = read();
  }

  /** Reads a NAL unit of type 33, its header included. Throws {@link MalformedMediaException}. */
  static HevcSequenceParameters of(Bytes nal) {
    if (nal.length() < 3 || (nal.get(0) >> 1 & 0x3F) != TYPE_SPS) {
      throw new MalformedMediaException("sequence parameter set: not a NAL unit of type 33");
    }
    return new HevcSequenceParameters(BitReader.ofNalUnit(nal.slice(2)));
  }

  int id() {
    return id;
  }

  PictureFormat picture() {
    return picture;
  }

  /**
   * Writes over what a configuration record tells before its arrays (ISO 14496-15 8.3.3.1); of
   * segmentation and parallelism nothing is known.
   */
  void writeTo(ByteBuffer record) {
    int lengthSize = record.get(21) & 3;
    record.put(0, (byte) 1).put(1, profile);
    record.putShort(13, (short) 0xF000).put(15, (byte) 0xFC);
    record.put(16, (byte) (0xFC | chromaFormat));
    record.put(17, (byte) (0xF8 | (bitDepth - 8))).put(18, (byte) (0xF8 | (chromaBitDepth - 8)));
    record.putShort(19, (short) 0);
    record.put(21, (byte) ((subLayers + 1) << 3 | (nested ? 4 : 0) | lengthSize));
  }

  private PictureFormat read() {
    in.skip(4);
    subLayers = in.smallBits(3);
    nested = in.flag();
    readProfileTierLevel();
    id = in.unsignedExpGolomb("sps_seq_parameter_set_id", 15);
    chromaFormat = in.unsignedExpGolomb("chroma_format_idc", 3);
    boolean separatePlanes = chromaFormat == 3 && in.flag();
    int width = in.unsignedExpGolomb("pic_width_in_luma_samples", MOST_PIXELS);
    int height = in.unsignedExpGolomb("pic_height_in_luma_samples", MOST_PIXELS);
    if (in.flag()) {
      int unitX = !separatePlanes && (chromaFormat == 1 || chromaFormat == 2) ? 2 : 1;
      int unitY = !separatePlanes && chromaFormat == 1 ? 2 : 1;
      width -= unitX * (crop(width) + crop(width));
      height -= unitY * (crop(height) + crop(height));
    }
    if (width < 1 || height < 1) {
      throw new MalformedMediaException(
          "picture after cropping: %dx%d (expected: at least 1x1)".formatted(width, height));
    }
    bitDepth = 8 + in.unsignedExpGolomb("bit_depth_luma_minus8", 8);
    VideoUsability usability = new VideoUsability();
    try {
      readUsability(usability);
    } catch (MalformedMediaException e) {
      // The picture can be shown without what follows; what was read before the break holds.
    }
    return usability.picture(width, height, bitDepth, chromaFormat);
  }

  private int crop(int most) {
    return in.unsignedExpGolomb("conf_win_offset", most);
  }

  private void readProfileTierLevel() {
    for (int i = 0; i < PROFILE_BYTES; i++) {
      profile[i] = (byte) in.smallBits(8);
    }
    int bits = 0;
    for (int i = 0; i < subLayers; i++) {
      bits += (in.flag() ? PROFILE_BITS : 0) + (in.flag() ? LEVEL_BITS : 0);
    }
    if (subLayers > 0) {
      in.skip(2 * (8 - subLayers));
    }
    in.skip(bits);
  }

  private void readUsability(VideoUsability usability) {
    chromaBitDepth = 8 + in.unsignedExpGolomb("bit_depth_chroma_minus8", 8);
    int orderBits = 4 + in.unsignedExpGolomb("log2_max_pic_order_cnt_lsb_minus4", 12);
    for (int i = in.flag() ? 0 : subLayers; i <= subLayers; i++) {
      skipNumbers(3);
    }
    skipNumbers(6);
    boolean scalingLists = in.flag();
    if (scalingLists && in.flag()) {
      skipScalingLists();
    }
    in.skip(2);
    if (in.flag()) {
      in.skip(8);
      skipNumbers(2);
      in.skip(1);
    }
    skipReferenceSets();
    if (in.flag()) {
      int longTerm = in.unsignedExpGolomb("num_long_term_ref_pics_sps", 32);
      in.skip(longTerm * (orderBits + 1));
    }
    in.skip(2);
    if (in.flag()) {
      usability.readShape(in);
      in.skip(3);
      if (in.flag()) {
        for (int i = 0; i < 4; i++) {
          in.unsignedExpGolomb("def_disp_win_offset", MOST_PIXELS);
        }
      }
      if (in.flag()) {
        usability.readTiming(in, 1);
      }
    }
  }

  private void skipNumbers(int count) {
    for (int i = 0; i < count; i++) {
      in.unsignedExpGolomb("sequence parameter", Integer.MAX_VALUE - 1);
    }
  }

  /** Of 7.3.4. */
  private void skipScalingLists() {
    for (int size = 0; size < 4; size++) {
      for (int matrix = 0; matrix < 6; matrix += size == 3 ? 3 : 1) {
        if (!in.flag()) {
          skipNumbers(1);
          continue;
        }
        int coefficients = Math.min(64, 1 << (4 + 2 * size));
        for (int i = size > 1 ? -1 : 0; i < coefficients; i++) {
          in.signedExpGolomb("scaling_list_delta_coef");
        }
      }
    }
  }

  /** Of 7.3.7: how many pictures a set has counts for one that is predicted from it. */
  private void skipReferenceSets() {
    int sets = in.unsignedExpGolomb("num_short_term_ref_pic_sets", MOST_REFERENCE_SETS);
    int pictures = 0;
    for (int set = 0; set < sets; set++) {
      boolean predicted = set > 0 && in.flag();
      pictures = predicted ? predictedPictures(pictures) : ownPictures();
    }
  }

  private int predictedPictures(int before) {
    in.skip(1);
    skipNumbers(1);
    int pictures = 0;
    for (int i = 0; i <= before; i++) {
      boolean used = in.flag();
      pictures += used || in.flag() ? 1 : 0;
    }
    return (int) Limits.check("pictures of a reference set", pictures, 0, 2 * MOST_PICTURES);
  }

  private int ownPictures() {
    int negative = in.unsignedExpGolomb("num_negative_pics", MOST_PICTURES);
    int positive = in.unsignedExpGolomb("num_positive_pics", MOST_PICTURES);
    for (int i = 0; i < negative + positive; i++) {
      skipNumbers(1);
      in.skip(1);
    }
    return negative + positive;
  }
}
