package io.millrace.media.track;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import java.util.Objects;

/**
 * Holds a FLAC configuration (STREAMINFO, RFC 9639 8.2; FLACSpecificBox, FLAC in ISOBMFF 3.3.2).
 *
 * @param record the body of dfLa after version and flags: the metadata block STREAMINFO alone
 * @param sampleRate Hz
 * @param channels 1 to 8
 * @param bitsPerSample 4 to 32
 * @param frameLength the largest block, samples
 */
public record FlacConfiguration(
    Bytes record, int sampleRate, int channels, int bitsPerSample, int frameLength)
    implements AudioConfiguration {
  private static final int STREAM_INFO_BYTES = 34;
  private static final int BLOCK_HEADER_BYTES = 4;
  private static final int LAST_BLOCK = 0x80;
  private static final int MARK = 0x664C_6143; // fLaC
  private static final int LEAST_BLOCK = 16;

  /** Of the streamable subset (RFC 9639 7): a frame lasts for two seconds at most. */
  private static final int MOST_BLOCK = 16_384;

  private static final int LEAST_SAMPLE_RATE = 8_000;

  public FlacConfiguration {
    Objects.requireNonNull(record, "record");
  }

  /**
   * Reads STREAMINFO: behind the mark {@code fLaC} and a block's header, behind the header, or
   * alone. What follows it is left out. Throws {@link MalformedMediaException}.
   */
  public static FlacConfiguration parse(Bytes given) {
    Bytes info = given;
    if (info.length() >= BLOCK_HEADER_BYTES && info.asByteBuffer().getInt(0) == MARK) {
      info = info.slice(BLOCK_HEADER_BYTES);
    }
    if (info.length() != STREAM_INFO_BYTES) {
      info = inBlock(info);
    }
    BitReader in = new BitReader(info);
    int least = in.smallBits(16);
    int most = in.smallBits(16);
    if (least < LEAST_BLOCK || most < least || most > MOST_BLOCK) {
      throw MalformedMediaException.of(
          "FLAC block size",
          least < LEAST_BLOCK ? least : most,
          "%d..%d, the least before the most".formatted(LEAST_BLOCK, MOST_BLOCK));
    }
    in.skip(48);
    int sampleRate = in.smallBits(20);
    Limits.check("FLAC sample rate", sampleRate, LEAST_SAMPLE_RATE, 0xF_FFFF);
    int channels = in.smallBits(3) + 1;
    int bitsPerSample = in.smallBits(5) + 1;
    Limits.check("FLAC bits per sample", bitsPerSample, 4, 32);
    byte[] record = new byte[BLOCK_HEADER_BYTES + STREAM_INFO_BYTES];
    record[0] = (byte) LAST_BLOCK;
    record[3] = STREAM_INFO_BYTES;
    info.copyTo(record, BLOCK_HEADER_BYTES);
    return new FlacConfiguration(Bytes.wrap(record), sampleRate, channels, bitsPerSample, most);
  }

  private static Bytes inBlock(Bytes block) {
    int size = BLOCK_HEADER_BYTES + STREAM_INFO_BYTES;
    if (block.length() < size) {
      throw MalformedMediaException.of("FLAC STREAMINFO size", block.length(), size + " or more");
    }
    int header = block.asByteBuffer().getInt(0) & ~(LAST_BLOCK << 24);
    if (header != STREAM_INFO_BYTES) {
      throw MalformedMediaException.of(
          "FLAC metadata block header", header, STREAM_INFO_BYTES + ", STREAMINFO's");
    }
    return block.slice(BLOCK_HEADER_BYTES, STREAM_INFO_BYTES);
  }

  /** By the block size in the frame's header (RFC 9639 9.1.1). */
  @Override
  public int frameLength(Bytes frame) {
    try {
      BitReader in = new BitReader(frame);
      in.skip(16);
      int code = in.smallBits(4);
      in.skip(12);
      // A number coded as UTF-8: as many leading ones as it has bytes, or none for one.
      int first = in.smallBits(8);
      int ones = Integer.numberOfLeadingZeros(~(first << 24));
      in.skip(8 * Math.max(0, ones - 1));
      return switch (code) {
        case 0 -> frameLength;
        case 1 -> 192;
        case 2, 3, 4, 5 -> 144 << code;
        case 6 -> in.smallBits(8) + 1;
        case 7 -> in.smallBits(16) + 1;
        default -> 1 << code;
      };
    } catch (MalformedMediaException e) {
      return frameLength;
    }
  }

  @Override
  public String codecsString() {
    return "fLaC";
  }
}
