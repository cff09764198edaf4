package io.millrace.media.track;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import java.util.List;
import java.util.Optional;

/**
 * Finds pictures of H.264 that are coded as fields, or as frames whose macroblocks may be (MBAFF).
 * A stream that allows them need not have any: its slices tell (7.3.3).
 */
public final class AvcFieldCoding {
  private static final int LAST_SLICE_TYPE = 5;
  private static final int MOST_SLICE_TYPE = 9;
  private static final int MOST_PICTURE_SETS = 255;

  /** More than field_pic_flag ends behind. */
  private static final int HEADER_BYTES = 32;

  private final int nalLengthSize;
  private final AvcSequenceParameters sequence;

  private AvcFieldCoding(int nalLengthSize, AvcSequenceParameters sequence) {
    this.nalLengthSize = nalLengthSize;
    this.sequence = sequence;
  }

  /** Empty where no picture can be one, as the first SPS tells it. */
  public static Optional<AvcFieldCoding> of(CodecConfiguration codec) {
    if (!(codec instanceof AvcConfiguration avc) || avc.width() == 0) {
      return Optional.empty();
    }
    List<Bytes> sets = AvcConfiguration.parameterSets(avc.record());
    AvcSequenceParameters sequence = AvcSequenceParameters.of(sets.getFirst());
    return sequence.framesOnly()
        ? Optional.empty()
        : Optional.of(new AvcFieldCoding(avc.nalLengthSize(), sequence));
  }

  /** Whether a sample is such a picture, by its first slice. */
  public boolean isIn(Bytes sample) {
    NalUnits units = new NalUnits(sample, nalLengthSize);
    for (Bytes nal = units.next(); nal != null; nal = units.next()) {
      int type = nal.get(0) & 0x1F;
      if (type >= 1 && type <= LAST_SLICE_TYPE) {
        return sequence.macroblockAdaptive() || isField(nal);
      }
    }
    return false;
  }

  private boolean isField(Bytes slice) {
    BitReader in = BitReader.ofNalUnit(slice.slice(1, Math.min(HEADER_BYTES, slice.length() - 1)));
    try {
      in.unsignedExpGolomb("first_mb_in_slice", Integer.MAX_VALUE);
      in.unsignedExpGolomb("slice_type", MOST_SLICE_TYPE);
      in.unsignedExpGolomb("pic_parameter_set_id", MOST_PICTURE_SETS);
      in.skip((sequence.separatePlanes() ? 2 : 0) + sequence.frameNumBits());
      return in.flag();
    } catch (MalformedMediaException e) {
      return false;
    }
  }
}
