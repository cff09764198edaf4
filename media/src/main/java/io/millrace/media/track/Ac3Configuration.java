package io.millrace.media.track;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import java.util.Objects;

/**
 * Holds an AC-3 configuration (AC3SpecificBox, ETSI TS 102 366 F.4).
 *
 * @param record the body of dac3, three bytes
 * @param sampleRate Hz
 * @param channels the low frequency effects' included
 */
public record Ac3Configuration(Bytes record, int sampleRate, int channels)
    implements AudioConfiguration {
  static final int FRAME_LENGTH = 1_536;
  static final int SYNC_WORD = 0x0B77;
  private static final int RECORD_BYTES = 3;
  private static final int MOST_BSID = 8;
  private static final int MOST_FRAME_SIZE_CODE = 37;
  private static final int[] SAMPLE_RATES = {48_000, 44_100, 32_000};

  /** By acmod: 1+1, then front and surround: 1/0, 2/0, 3/0, 2/1, 3/1, 2/2 and 3/2. */
  private static final int[] CHANNELS = {2, 1, 2, 3, 3, 4, 4, 5};

  private static final int[] CHANNEL_CONFIGURATIONS = {8, 1, 2, 3, 9, 4, 10, 5};
  private static final int THREE_AND_TWO = 7;
  private static final int CONFIGURATION_5_1 = 6;

  public Ac3Configuration {
    Objects.requireNonNull(record, "record");
  }

  /** Reads the body of dac3. Throws {@link MalformedMediaException}. */
  public static Ac3Configuration parse(Bytes record) {
    if (record.length() != RECORD_BYTES) {
      throw MalformedMediaException.of("dac3 size", record.length(), "" + RECORD_BYTES);
    }
    BitReader in = new BitReader(record);
    int sampleRate = sampleRate(in.smallBits(2));
    in.skip(8);
    int channels = channels(in.smallBits(3), in.bit());
    return new Ac3Configuration(record, sampleRate, channels);
  }

  /** Makes the configuration of a syncframe (4.3). Throws {@link MalformedMediaException}. */
  public static Ac3Configuration ofFrame(Bytes frame) {
    BitReader in = new BitReader(frame);
    requireSync(in.smallBits(16));
    in.skip(16);
    int rateCode = in.smallBits(2);
    sampleRate(rateCode);
    int sizeCode = in.smallBits(6);
    Limits.check("AC-3 frmsizecod", sizeCode, 0, MOST_FRAME_SIZE_CODE);
    int bsid = in.smallBits(5);
    Limits.check("AC-3 bsid", bsid, 0, MOST_BSID);
    int mode = in.smallBits(3);
    int coding = in.smallBits(3);
    boolean centre = (coding & 1) != 0 && coding != 1;
    boolean surround = (coding & 4) != 0;
    in.skip((centre ? 2 : 0) + (surround ? 2 : 0) + (coding == 2 ? 2 : 0));
    int effects = in.bit();
    long bits =
        (long) rateCode << 22
            | (long) bsid << 17
            | (long) mode << 14
            | (long) coding << 11
            | (long) effects << 10
            | (long) (sizeCode >> 1) << 5;
    return parse(Bytes.wrap(new byte[] {(byte) (bits >> 16), (byte) (bits >> 8), (byte) bits}));
  }

  static void requireSync(int word) {
    if (word != SYNC_WORD) {
      throw MalformedMediaException.of("AC-3 syncword", word, "" + SYNC_WORD);
    }
  }

  static int sampleRate(int fscod) {
    return SAMPLE_RATES[(int) Limits.check("AC-3 fscod", fscod, 0, 2)];
  }

  static int channels(int acmod, int lfeon) {
    return CHANNELS[acmod] + lfeon;
  }

  /** Where the channels are, as ISO/IEC 23091-3 numbers it; 0 where it has no number for them. */
  public int channelConfiguration() {
    BitReader in = new BitReader(record);
    in.skip(10);
    return channelConfiguration(in.smallBits(3), in.bit());
  }

  static int channelConfiguration(int acmod, int lfeon) {
    if (lfeon == 0) {
      return CHANNEL_CONFIGURATIONS[acmod];
    }
    return acmod == THREE_AND_TWO ? CONFIGURATION_5_1 : 0;
  }

  @Override
  public int frameLength() {
    return FRAME_LENGTH;
  }

  @Override
  public String codecsString() {
    return "ac-3";
  }
}
