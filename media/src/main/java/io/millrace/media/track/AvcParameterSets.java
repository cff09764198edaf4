package io.millrace.media.track;

import io.millrace.media.Bytes;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Follows the parameter sets of H.264 (7.3.2.1, 7.3.2.2). */
final class AvcParameterSets extends ParameterSets {
  /** NAL unit types (H.264 table 7-1). */
  private static final int TYPE_SPS = 7;

  private static final int TYPE_PPS = 8;
  private static final int TYPE_DELIMITER = 9;
  private static final int TYPE_FILLER = 12;
  private static final int TYPE_SPS_EXTENSION = 13;
  private static final int TYPE_SUBSET_SPS = 15;

  private static final int FIXED_BYTES = 7;

  /** The counts' fields are of 5 and 8 bits. */
  private static final int MOST_SEQUENCE_SETS = 31;

  private static final int MOST_PICTURE_SETS = 255;

  private final Bytes record;

  private AvcParameterSets(AvcConfiguration avc) {
    super(avc.nalLengthSize(), 1);
    this.record = avc.record();
  }

  static AvcParameterSets of(AvcConfiguration avc) {
    AvcParameterSets sets = new AvcParameterSets(avc);
    sets.hold(AvcConfiguration.parameterSets(avc.record()));
    return sets;
  }

  @Override
  int type(Bytes nal) {
    return nal.get(0) & 0x1F;
  }

  @Override
  boolean isLeftOut(int type) {
    return switch (type) {
      case TYPE_SPS, TYPE_PPS, TYPE_DELIMITER, TYPE_FILLER, TYPE_SPS_EXTENSION, TYPE_SUBSET_SPS ->
          true;
      default -> false;
    };
  }

  @Override
  @Nullable Key key(Bytes nal) {
    Limits.check("forbidden_zero_bit", nal.unsigned(0) >> 7, 0, 0);
    return switch (type(nal)) {
      case TYPE_SPS -> new Key(Kind.SEQUENCE, AvcSequenceParameters.of(nal).id());
      case TYPE_PPS -> new Key(Kind.PICTURE, pictureSetId(nal));
      default -> null;
    };
  }

  /** Reads on to where slice groups would come, which nobody uses. */
  private static int pictureSetId(Bytes nal) {
    BitReader in = BitReader.ofNalUnit(nal.slice(1));
    int id = in.unsignedExpGolomb("pic_parameter_set_id", 255);
    in.unsignedExpGolomb("seq_parameter_set_id", 31);
    in.skip(2);
    if (in.unsignedExpGolomb("num_slice_groups_minus1", 7) == 0) {
      in.unsignedExpGolomb("num_ref_idx_l0_default_active_minus1", 31);
      in.unsignedExpGolomb("num_ref_idx_l1_default_active_minus1", 31);
      in.skip(3);
      in.signedExpGolomb("pic_init_qp_minus26");
      in.signedExpGolomb("pic_init_qs_minus26");
      in.signedExpGolomb("chroma_qp_index_offset");
      in.skip(3);
    }
    return id;
  }

  @Override
  int most(Kind kind) {
    return kind == Kind.SEQUENCE ? MOST_SEQUENCE_SETS : MOST_PICTURE_SETS;
  }

  @Override
  int otherBytes() {
    return FIXED_BYTES + AvcSequenceParameters.EXTENSION_BYTES;
  }

  @Override
  AvcConfiguration configuration() {
    List<Bytes> sequences = all(Kind.SEQUENCE);
    List<Bytes> pictures = all(Kind.PICTURE);
    // profile_idc, the constraint flags and level_idc are the same three bytes in both.
    Bytes profile = (sequences.isEmpty() ? record : sequences.getFirst()).slice(1, 3);
    ByteBuffer out = ByteBuffer.allocate(MOST_BYTES);
    out.put((byte) 1).put(profile.asByteBuffer());
    out.put((byte) (record.get(4) | 0xFC)).put((byte) (0xE0 | sequences.size()));
    sequences.forEach(set -> out.putShort((short) set.length()).put(set.asByteBuffer()));
    out.put((byte) pictures.size());
    pictures.forEach(set -> out.putShort((short) set.length()).put(set.asByteBuffer()));
    if (!sequences.isEmpty()) {
      out.put(AvcSequenceParameters.of(sequences.getFirst()).extension().asByteBuffer());
    }
    return AvcConfiguration.parse(Bytes.copyOf(out.flip()));
  }
}
