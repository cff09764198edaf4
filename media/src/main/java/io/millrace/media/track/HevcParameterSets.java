package io.millrace.media.track;

import io.millrace.media.Bytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Follows the parameter sets of HEVC's base layer (H.265 7.3.2.1 to 7.3.2.3). */
final class HevcParameterSets extends ParameterSets {
  /** NAL unit types (H.265 table 7-1). */
  private static final int TYPE_VPS = 32;

  private static final int TYPE_PPS = 34;
  private static final int TYPE_DELIMITER = 35;
  private static final int TYPE_FILLER = 38;

  private static final int NAL_HEADER_BYTES = 2;
  private static final int VPS_BITS = 32;

  /** An array's, before its NAL units. */
  private static final int ARRAY_BYTES = 3;

  private static final int COMPLETE = 0x80;

  /** Of other NAL units, SEI messages as a rule; more than two a record does not need. */
  private static final int MOST_OTHER_ARRAYS = 16;

  private final Bytes record;

  /** As the record has them. */
  private final List<Bytes> otherArrays = new ArrayList<>();

  private HevcParameterSets(HevcConfiguration hevc) {
    super(hevc.nalLengthSize(), NAL_HEADER_BYTES);
    this.record = hevc.record();
  }

  static HevcParameterSets of(HevcConfiguration hevc) {
    HevcParameterSets sets = new HevcParameterSets(hevc);
    for (HevcConfiguration.NalArray array : HevcConfiguration.arrays(hevc.record())) {
      if (array.type() >= TYPE_VPS && array.type() <= TYPE_PPS) {
        sets.hold(array.units());
      } else if (sets.otherArrays.size() < MOST_OTHER_ARRAYS) {
        sets.otherArrays.add(array.whole());
      }
    }
    return sets;
  }

  @Override
  int type(Bytes nal) {
    return nal.get(0) >> 1 & 0x3F;
  }

  @Override
  boolean isLeftOut(int type) {
    return (type >= TYPE_VPS && type <= TYPE_DELIMITER) || type == TYPE_FILLER;
  }

  @Override
  @Nullable Key key(Bytes nal) {
    int type = type(nal);
    if (type < TYPE_VPS || type > TYPE_PPS) {
      return null;
    }
    Limits.check("forbidden_zero_bit", nal.unsigned(0) >> 7, 0, 0);
    Limits.check("nuh_layer_id", (nal.get(0) & 1) << 5 | nal.unsigned(1) >> 3, 0, 0);
    BitReader in = BitReader.ofNalUnit(nal.slice(NAL_HEADER_BYTES));
    return switch (type) {
      case TYPE_VPS -> new Key(Kind.VIDEO, videoSetId(in));
      case TYPE_PPS -> new Key(Kind.PICTURE, pictureSetId(in));
      default -> new Key(Kind.SEQUENCE, HevcSequenceParameters.of(nal).id());
    };
  }

  private static int videoSetId(BitReader in) {
    int id = in.smallBits(4);
    in.skip(VPS_BITS - 4);
    return id;
  }

  private static int pictureSetId(BitReader in) {
    int id = in.unsignedExpGolomb("pps_pic_parameter_set_id", 63);
    in.unsignedExpGolomb("pps_seq_parameter_set_id", 15);
    in.skip(7);
    in.unsignedExpGolomb("num_ref_idx_l0_default_active_minus1", 14);
    in.unsignedExpGolomb("num_ref_idx_l1_default_active_minus1", 14);
    in.signedExpGolomb("init_qp_minus26");
    in.skip(3);
    return id;
  }

  /** As many as there are ids. */
  @Override
  int most(Kind kind) {
    return kind == Kind.PICTURE ? 64 : 16;
  }

  @Override
  int otherBytes() {
    int arrays = otherArrays.stream().mapToInt(Bytes::length).sum();
    return HevcConfiguration.FIXED_BYTES + Kind.values().length * ARRAY_BYTES + arrays;
  }

  @Override
  HevcConfiguration configuration() {
    List<Bytes> sequences = all(Kind.SEQUENCE);
    ByteBuffer out = ByteBuffer.allocate(MOST_BYTES);
    out.put(record.slice(0, HevcConfiguration.FIXED_BYTES - 1).asByteBuffer());
    if (!sequences.isEmpty()) {
      HevcSequenceParameters.of(sequences.getFirst()).writeTo(out);
    }
    out.position(HevcConfiguration.FIXED_BYTES);
    int arrays = otherArrays.size();
    for (Kind kind : Kind.values()) {
      List<Bytes> sets = all(kind);
      if (!sets.isEmpty()) {
        arrays++;
        out.put((byte) (COMPLETE | type(sets.getFirst()))).putShort((short) sets.size());
        sets.forEach(set -> out.putShort((short) set.length()).put(set.asByteBuffer()));
      }
    }
    otherArrays.forEach(array -> out.put(array.asByteBuffer()));
    out.put(HevcConfiguration.FIXED_BYTES - 1, (byte) arrays);
    return HevcConfiguration.parse(Bytes.copyOf(out.flip()));
  }
}
