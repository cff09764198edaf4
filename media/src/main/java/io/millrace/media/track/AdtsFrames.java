package io.millrace.media.track;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Holds frames of AAC that came with ADTS headers (ISO 14496-3 1.A.2.2), as MPEG-2 transport
 * streams have them, and some encoders that send no AudioSpecificConfig.
 *
 * @param configuration as the first header tells it; SBR is not told there
 * @param frames without their headers
 */
public record AdtsFrames(AacConfiguration configuration, List<Bytes> frames) {
  /** Three seconds of sound; encoders send one frame in a tag. */
  private static final int MOST_FRAMES = 128;

  private static final int SYNC_WORD = 0xFFF;
  private static final int HEADER_BYTES = 7;
  private static final int CHECKSUM_BYTES = 2;

  public AdtsFrames {
    Objects.requireNonNull(configuration, "configuration");
    frames = List.copyOf(frames);
  }

  /**
   * Reads them; empty where the bytes are anything else. A raw frame does not begin with the sync
   * word: it would have no element at all.
   */
  public static Optional<AdtsFrames> of(Bytes data) {
    if (data.length() < HEADER_BYTES
        || (data.unsigned(0) << 4 | data.unsigned(1) >> 4) != SYNC_WORD) {
      return Optional.empty();
    }
    try {
      AacConfiguration configuration = AacConfiguration.parse(Header.parse(data).record());
      List<Bytes> frames = new ArrayList<>(1);
      for (int at = 0; at < data.length(); ) {
        Header header = Header.parse(data.slice(at));
        Limits.check("ADTS frames of a tag", frames.size() + 1, 1, MOST_FRAMES);
        frames.add(data.slice(at + header.ownBytes, header.bytes - header.ownBytes));
        at += header.bytes;
      }
      return Optional.of(new AdtsFrames(configuration, frames));
    } catch (MalformedMediaException e) {
      return Optional.empty();
    }
  }

  /**
   * One frame's header, and its checksum.
   *
   * @param ownBytes of header and checksum
   * @param bytes with the frame
   */
  private record Header(int profile, int rateIndex, int channels, int ownBytes, int bytes) {
    static Header parse(Bytes data) {
      BitReader in = new BitReader(data);
      Limits.check("ADTS syncword", in.bits(12), SYNC_WORD, SYNC_WORD);
      in.skip(1);
      Limits.check("ADTS layer", in.bits(2), 0, 0);
      int ownBytes = HEADER_BYTES + (in.flag() ? 0 : CHECKSUM_BYTES);
      int profile = in.smallBits(2);
      int rateIndex = in.smallBits(4);
      in.skip(1);
      // 0: a program config element within the frames, which a record has no place for here.
      int channels = (int) Limits.check("ADTS channel_configuration", in.bits(3), 1, 7);
      in.skip(4);
      long bytes = Limits.check("ADTS frame_length", in.bits(13), ownBytes + 1L, data.length());
      in.skip(11);
      Limits.check("ADTS number_of_raw_data_blocks_in_frame", in.bits(2), 0, 0);
      return new Header(profile, rateIndex, channels, ownBytes, (int) bytes);
    }

    /** AudioSpecificConfig (1.6.2.1): its object type is the profile and one. */
    Bytes record() {
      int bits = (profile + 1) << 11 | rateIndex << 7 | channels << 3;
      return Bytes.wrap(new byte[] {(byte) (bits >> 8), (byte) bits});
    }
  }
}
