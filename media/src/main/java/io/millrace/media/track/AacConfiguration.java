package io.millrace.media.track;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import java.util.Objects;

/**
 * Holds an AAC configuration (AudioSpecificConfig, ISO 14496-3 1.6.2.1).
 *
 * @param record the AudioSpecificConfig as the encoder sent it
 * @param objectType audio object type; 2 is LC, 5 HE, 29 HE v2 where the record says so
 * @param sampleRate of the core, Hz
 * @param channels of the core, 1 to 8; 0 where a program config element tells
 * @param frameLength samples of one frame at the core's rate, 1024 or 960; twice as many come out
 *     of a decoder where SBR doubles the rate
 * @param outputSampleRate what comes out of a decoder, Hz: SBR's where the record tells of it
 */
public record AacConfiguration(
    Bytes record,
    int objectType,
    int sampleRate,
    int channels,
    int frameLength,
    int outputSampleRate)
    implements AudioConfiguration {
  private static final int[] SAMPLE_RATES = {
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
    7_350
  };
  private static final int EXPLICIT_RATE = 15;
  private static final int SBR = 5;
  private static final int PARAMETRIC_STEREO = 29;
  private static final int SBR_SYNC = 0x2B7;
  private static final int PARAMETRIC_STEREO_SYNC = 0x548;
  private static final int MAX_RECORD_BYTES = 1024;

  public AacConfiguration {
    Objects.requireNonNull(record, "record");
  }

  /** A configuration without SBR. */
  public AacConfiguration(
      Bytes record, int objectType, int sampleRate, int channels, int frameLength) {
    this(record, objectType, sampleRate, channels, frameLength, sampleRate);
  }

  /** Reads the record. Throws {@link MalformedMediaException}. */
  public static AacConfiguration parse(Bytes record) {
    if (record.length() < 2 || record.length() > MAX_RECORD_BYTES) {
      throw MalformedMediaException.of(
          "AudioSpecificConfig size", record.length(), "2.." + MAX_RECORD_BYTES);
    }
    BitReader in = new BitReader(record);
    int objectType = objectType(in);
    int sampleRate = sampleRate(in);
    int channels = channels(in.smallBits(4));
    boolean hierarchical = objectType == SBR || objectType == PARAMETRIC_STEREO;
    int outputRate = sampleRate;
    int core = objectType;
    if (hierarchical) {
      outputRate = sampleRate(in);
      core = objectType(in);
    }
    if (core < 1 || core > 4) {
      throw MalformedMediaException.of("audio object type", core, "1..4, alone or under SBR");
    }
    int frameLength = in.flag() ? 960 : 1024;
    Extension extension = new Extension(objectType, outputRate);
    if (!hierarchical && channels != 0) {
      extension = extension(in, extension);
    }
    return new AacConfiguration(
        record, extension.objectType, sampleRate, channels, frameLength, extension.sampleRate);
  }

  /** Parametric stereo makes two of the core's one (ISO 14496-3 1.6.5.3). */
  @Override
  public int outputChannels() {
    return objectType == PARAMETRIC_STEREO ? 2 : channels;
  }

  /** channelConfiguration, of the core; its numbers are those of ISO/IEC 23091-3. */
  public int channelConfiguration() {
    BitReader in = new BitReader(record);
    objectType(in);
    sampleRate(in);
    return in.smallBits(4);
  }

  @Override
  public String codecsString() {
    return "mp4a.40." + objectType;
  }

  private static int objectType(BitReader in) {
    int type = in.smallBits(5);
    return type == 31 ? 32 + in.smallBits(6) : type;
  }

  private static int sampleRate(BitReader in) {
    int index = in.smallBits(4);
    int rate = index == EXPLICIT_RATE ? in.smallBits(24) : index;
    if (index != EXPLICIT_RATE) {
      if (index >= SAMPLE_RATES.length) {
        throw MalformedMediaException.of("samplingFrequencyIndex", index, "0..12 or 15");
      }
      rate = SAMPLE_RATES[index];
    }
    if (rate < 7_350 || rate > 192_000) {
      throw MalformedMediaException.of("sample rate", rate, "7350..192000");
    }
    return rate;
  }

  private static int channels(int configuration) {
    return switch (configuration) {
      case 0, 1, 2, 3, 4, 5, 6 -> configuration;
      case 7, 12, 14 -> 8;
      case 11 -> 7;
      default ->
          throw MalformedMediaException.of(
              "channelConfiguration", configuration, "0..7, 11, 12 or 14");
    };
  }

  private record Extension(int objectType, int sampleRate) {}

  /** Backward compatible signalling after the GASpecificConfig (ISO 14496-3 1.6.6.1). */
  private static Extension extension(BitReader in, Extension core) {
    if (in.flag()) {
      in.skip(14);
    }
    in.skip(1);
    if (in.remaining() < 17 || in.bits(11) != SBR_SYNC || objectType(in) != SBR || !in.flag()) {
      return core;
    }
    int sampleRate = sampleRate(in);
    boolean stereo = in.remaining() >= 12 && in.bits(11) == PARAMETRIC_STEREO_SYNC && in.bit() == 1;
    return new Extension(stereo ? PARAMETRIC_STEREO : SBR, sampleRate);
  }
}
