package io.millrace.media.track;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import java.util.Objects;

/**
 * Holds an E-AC-3 configuration of one independent substream (EC3SpecificBox, ETSI TS 102 366 F.6).
 * Streams of more substreams, which have more than 5.1 channels or several programmes, are refused.
 *
 * @param record the body of dec3
 * @param sampleRate Hz
 * @param channels the low frequency effects' included
 */
public record Eac3Configuration(Bytes record, int sampleRate, int channels)
    implements AudioConfiguration {
  private static final int LEAST_BYTES = 5;
  private static final int MAX_RECORD_BYTES = 64;
  private static final int MOST_DATA_RATE = 0x1FFF;
  private static final int BLOCK_LENGTH = 256;

  /** Of a block each, they make the six that an access unit has. */
  private static final int MOST_FRAMES = 6;

  public Eac3Configuration {
    Objects.requireNonNull(record, "record");
  }

  /** Reads the body of dec3. Throws {@link MalformedMediaException}. */
  public static Eac3Configuration parse(Bytes record) {
    if (record.length() < LEAST_BYTES || record.length() > MAX_RECORD_BYTES) {
      throw MalformedMediaException.of(
          "dec3 size", record.length(), LEAST_BYTES + ".." + MAX_RECORD_BYTES);
    }
    BitReader in = new BitReader(record);
    in.skip(13);
    Limits.check("dec3 num_ind_sub", in.smallBits(3), 0, 0);
    int sampleRate = Ac3Configuration.sampleRate(in.smallBits(2));
    in.skip(10);
    int channels = Ac3Configuration.channels(in.smallBits(3), in.bit());
    in.skip(3);
    Limits.check("dec3 num_dep_sub", in.smallBits(4), 0, 0);
    return new Eac3Configuration(record, sampleRate, channels);
  }

  /**
   * Makes the configuration of an access unit: one syncframe, or several of less than six blocks
   * each. Their bsmod is not looked for: they are said to be a complete main service. Throws {@link
   * MalformedMediaException}.
   */
  public static Eac3Configuration ofAccessUnit(Bytes unit) {
    SyncFrame frame = SyncFrame.parse(unit);
    int sampleRate = Ac3Configuration.sampleRate(frame.rateCode);
    long bitsPerSecond = 8L * frame.sizeBytes * sampleRate / ((long) frame.blocks * BLOCK_LENGTH);
    long dataRate = Math.min(MOST_DATA_RATE, Math.ceilDiv(bitsPerSecond, 1_000));
    long bits =
        dataRate << 27
            | (long) frame.rateCode << 22
            | (long) frame.bsid << 17
            | (long) frame.coding << 9
            | (long) frame.effects << 8;
    byte[] record = new byte[LEAST_BYTES];
    for (int i = 0; i < LEAST_BYTES; i++) {
      record[i] = (byte) (bits >> (8 * (LEAST_BYTES - 1 - i)));
    }
    // All frames of the unit, so that no other substream is overlooked.
    int frames = 1;
    for (int at = frame.sizeBytes; at < unit.length(); frames++) {
      Limits.check("E-AC-3 syncframes of an access unit", frames + 1, 1, MOST_FRAMES);
      at += SyncFrame.parse(unit.slice(at)).sizeBytes;
    }
    return parse(Bytes.wrap(record));
  }

  /**
   * One syncframe's header (E.1.2).
   *
   * @param blocks of 256 samples
   */
  private record SyncFrame(
      int sizeBytes, int rateCode, int blocks, int coding, int effects, int bsid) {
    private static final int HALVED_RATE = 3;
    private static final int LEAST_BSID = 11;
    private static final int MOST_BSID = 16;
    private static final int[] BLOCKS = {1, 2, 3, 6};

    static SyncFrame parse(Bytes data) {
      BitReader in = new BitReader(data);
      Ac3Configuration.requireSync(in.smallBits(16));
      Limits.check("E-AC-3 strmtyp", in.smallBits(2), 0, 0);
      Limits.check("E-AC-3 substreamid", in.smallBits(3), 0, 0);
      int sizeBytes = 2 * (in.smallBits(11) + 1);
      if (sizeBytes > data.length()) {
        throw MalformedMediaException.of(
            "E-AC-3 frame size", sizeBytes, "at most " + data.length());
      }
      int rateCode = in.smallBits(2);
      if (rateCode == HALVED_RATE) {
        throw MalformedMediaException.of("E-AC-3 fscod", rateCode, "0..2");
      }
      int blocks = BLOCKS[in.smallBits(2)];
      int coding = in.smallBits(3);
      int effects = in.bit();
      int bsid = in.smallBits(5);
      Limits.check("E-AC-3 bsid", bsid, LEAST_BSID, MOST_BSID);
      return new SyncFrame(sizeBytes, rateCode, blocks, coding, effects, bsid);
    }
  }

  /** Where the channels are, as ISO/IEC 23091-3 numbers it; 0 where it has no number for them. */
  public int channelConfiguration() {
    BitReader in = new BitReader(record);
    in.skip(28);
    return Ac3Configuration.channelConfiguration(in.smallBits(3), in.bit());
  }

  @Override
  public int frameLength() {
    return Ac3Configuration.FRAME_LENGTH;
  }

  /** As many blocks as its syncframes have. */
  @Override
  public int frameLength(Bytes unit) {
    int blocks = 0;
    try {
      int frames = 0;
      for (int at = 0; at < unit.length() && frames < MOST_FRAMES; frames++) {
        SyncFrame frame = SyncFrame.parse(unit.slice(at));
        blocks += frame.blocks;
        at += frame.sizeBytes;
      }
    } catch (MalformedMediaException e) {
      return frameLength();
    }
    return blocks == 0 ? frameLength() : blocks * BLOCK_LENGTH;
  }

  @Override
  public String codecsString() {
    return "ec-3";
  }
}
