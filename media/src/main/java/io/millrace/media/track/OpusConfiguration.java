package io.millrace.media.track;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Holds an Opus configuration (OpusSpecificBox, Opus in ISOBMFF 4.3.2).
 *
 * @param record the body of dOps, numbers big-endian
 * @param channels OutputChannelCount, 1 to 255
 * @param preSkip samples at 48 kHz that a decoder drops at the start of the stream
 * @param inputSampleRate of what was encoded, Hz; 0 where unknown
 * @param mappingFamily ChannelMappingFamily; 0: mono or stereo, without a table
 */
public record OpusConfiguration(
    Bytes record, int channels, int preSkip, long inputSampleRate, int mappingFamily)
    implements AudioConfiguration {
  /** Of all Opus (RFC 7845 4): ticks a second of pre-skip, frames and granules. */
  private static final int SAMPLE_RATE = 48_000;

  private static final int USUAL_FRAME = 960;
  private static final int MOST_FRAME = 5_760;
  private static final int FIXED_BYTES = 11;

  /** With a mapping of as many channels as there can be. */
  private static final int MOST_BYTES = FIXED_BYTES + 2 + 255;

  private static final int MAGIC_BYTES = 8;
  private static final long MAGIC = 0x4F70_7573_4865_6164L; // OpusHead
  private static final int[] SILK_FRAMES = {480, 960, 1_920, 2_880};
  private static final int FIRST_HYBRID = 12;
  private static final int FIRST_CELT = 16;

  public OpusConfiguration {
    Objects.requireNonNull(record, "record");
  }

  /** Reads the body of dOps. Throws {@link MalformedMediaException}. */
  public static OpusConfiguration parse(Bytes record) {
    requireBytes("dOps", record, FIXED_BYTES);
    Limits.check("dOps size", record.length(), FIXED_BYTES, MOST_BYTES);
    Limits.check("dOps version", record.unsigned(0), 0, 0);
    ByteBuffer in = record.asByteBuffer();
    OpusConfiguration opus =
        new OpusConfiguration(
            record,
            record.unsigned(1),
            in.getShort(2) & 0xFFFF,
            Integer.toUnsignedLong(in.getInt(4)),
            record.unsigned(10));
    opus.checkMapping();
    return opus;
  }

  /** Reads an identification header (RFC 7845 5.1). Throws {@link MalformedMediaException}. */
  public static OpusConfiguration parseIdentificationHeader(Bytes header) {
    requireBytes("OpusHead", header, MAGIC_BYTES + FIXED_BYTES);
    ByteBuffer in = header.asByteBuffer();
    if (in.getLong(0) != MAGIC) {
      throw new MalformedMediaException("OpusHead: no magic signature");
    }
    // The upper four bits are the major version, and only a change of it is incompatible.
    Limits.check("OpusHead version", header.unsigned(MAGIC_BYTES), 0, 15);
    Limits.check("OpusHead size", header.length(), 0, MAGIC_BYTES + MOST_BYTES);
    byte[] record = header.slice(MAGIC_BYTES).toArray();
    record[0] = 0;
    swap(record, 2, 3);
    swap(record, 4, 7);
    swap(record, 5, 6);
    swap(record, 8, 9);
    return parse(Bytes.wrap(record));
  }

  /** A stream whose encoder tells nothing of it. */
  public static OpusConfiguration unknown(int channels) {
    return parse(
        Bytes.wrap(new byte[] {0, (byte) channels, 0, 0, 0, 0, (byte) 0xBB, (byte) 0x80, 0, 0, 0}));
  }

  private void checkMapping() {
    if (mappingFamily == 0) {
      Limits.check("Opus channels of mapping family 0", channels, 1, 2);
      return;
    }
    Limits.check("Opus channels", channels, 1, 255);
    requireBytes("Opus channel mapping", record, FIXED_BYTES + 2 + channels);
    Limits.check("Opus streams", record.unsigned(FIXED_BYTES), 1, 255);
    Limits.check(
        "Opus coupled streams", record.unsigned(FIXED_BYTES + 1), 0, record.unsigned(FIXED_BYTES));
  }

  private static void requireBytes(String name, Bytes record, int least) {
    if (record.length() < least) {
      throw MalformedMediaException.of(name + " size", record.length(), least + " or more");
    }
  }

  private static void swap(byte[] bytes, int one, int other) {
    byte kept = bytes[one];
    bytes[one] = bytes[other];
    bytes[other] = kept;
  }

  @Override
  public int sampleRate() {
    return SAMPLE_RATE;
  }

  @Override
  public int frameLength() {
    return USUAL_FRAME;
  }

  /** By the packet's table of contents (RFC 6716 3.1): all streams of a packet are as long. */
  @Override
  public int frameLength(Bytes frame) {
    if (frame.isEmpty()) {
      return USUAL_FRAME;
    }
    int configuration = frame.unsigned(0) >> 3;
    int length;
    if (configuration < FIRST_HYBRID) {
      length = SILK_FRAMES[configuration & 3];
    } else if (configuration < FIRST_CELT) {
      length = 480 << (configuration & 1);
    } else {
      length = 120 << (configuration & 3);
    }
    int frames =
        switch (frame.get(0) & 3) {
          case 0 -> 1;
          case 1, 2 -> 2;
          default -> frame.length() < 2 ? 0 : frame.get(1) & 0x3F;
        };
    int samples = length * frames;
    return samples < 1 || samples > MOST_FRAME ? USUAL_FRAME : samples;
  }

  @Override
  public String codecsString() {
    return "Opus";
  }
}
