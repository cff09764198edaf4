package io.millrace.media.cmaf;

import io.millrace.media.Bytes;
import io.millrace.media.mp4.BoxWriter;
import io.millrace.media.track.AacConfiguration;
import io.millrace.media.track.Ac3Configuration;
import io.millrace.media.track.AudioConfiguration;
import io.millrace.media.track.Av1Configuration;
import io.millrace.media.track.AvcConfiguration;
import io.millrace.media.track.Eac3Configuration;
import io.millrace.media.track.FlacConfiguration;
import io.millrace.media.track.HevcConfiguration;
import io.millrace.media.track.Mp3Configuration;
import io.millrace.media.track.OpusConfiguration;
import io.millrace.media.track.VideoConfiguration;
import io.millrace.media.track.Vp9Configuration;

/**
 * Holds what is the codec's own in a sample entry.
 *
 * @param type the sample entry's
 * @param configurationType of the box with the decoder's configuration
 * @param configuration that box's body
 * @param sampleSize bits of a sample of sound; 0 for pictures
 * @param sampleRate as the entry tells it, Hz; 0 for pictures, and where it does not fit
 */
record SampleEntry(
    String type, String configurationType, Bytes configuration, int sampleSize, int sampleRate) {
  private static final int MOST_SAMPLE_RATE = 0xFFFF;
  private static final int AAC = 0x40;
  private static final int VPS = 32;
  private static final int PPS = 34;

  static SampleEntry of(VideoConfiguration video) {
    return switch (video) {
      // ISO 14496-15 5.4.2.1
      case AvcConfiguration avc -> of("avc1", "avcC", profiled(avc));
      // ISO 14496-15 8.4.1.1
      case HevcConfiguration hevc -> of("hvc1", "hvcC", complete(hevc.record()));
      // AV1 in ISOBMFF 2.2
      case Av1Configuration av1 -> of("av01", "av1C", av1.record());
      // VP codec in ISOBMFF: a full box of version 1
      case Vp9Configuration vp9 -> of("vp09", "vpcC", full(1, levelled(vp9)));
    };
  }

  static SampleEntry of(AudioConfiguration audio) {
    return switch (audio) {
      // ISO 14496-14 6.7.2; 16.16 cannot hold a higher rate, the AudioSpecificConfig can
      case AacConfiguration aac ->
          new SampleEntry(
              "mp4a", "esds", esds(AAC, aac.record()), 16, fitting(aac.outputSampleRate()));
      case Mp3Configuration mp3 ->
          new SampleEntry(
              "mp4a", "esds", esds(mp3.objectTypeIndication(), Bytes.EMPTY), 16, mp3.sampleRate());
      // Opus in ISOBMFF 4.3.1
      case OpusConfiguration opus ->
          new SampleEntry("Opus", "dOps", opus.record(), 16, opus.sampleRate());
      // ETSI TS 102 366 F.3, F.5
      case Ac3Configuration ac3 ->
          new SampleEntry("ac-3", "dac3", ac3.record(), 16, ac3.sampleRate());
      case Eac3Configuration eac3 ->
          new SampleEntry("ec-3", "dec3", eac3.record(), 16, eac3.sampleRate());
      // FLAC in ISOBMFF 3.3.1
      case FlacConfiguration flac ->
          new SampleEntry(
              "fLaC",
              "dfLa",
              full(0, flac.record()),
              flac.bitsPerSample(),
              regularDivision(flac.sampleRate()));
    };
  }

  private static SampleEntry of(String type, String configurationType, Bytes configuration) {
    return new SampleEntry(type, configurationType, configuration, 0, 0);
  }

  private static int fitting(int sampleRate) {
    return sampleRate > MOST_SAMPLE_RATE ? 0 : sampleRate;
  }

  /** The greatest regular division of the rate that 16 bits hold: 48 kHz for 96 and 192. */
  private static int regularDivision(int sampleRate) {
    int rate = sampleRate;
    while (rate > MOST_SAMPLE_RATE && rate % 2 == 0) {
      rate /= 2;
    }
    return Math.min(rate, MOST_SAMPLE_RATE);
  }

  private static Bytes full(int version, Bytes body) {
    return new BoxWriter().u8(version).u24(0).bytes(body).toBytes();
  }

  /** The record with profile and level of its SPS, also where the encoder wrote others. */
  private static Bytes profiled(AvcConfiguration avc) {
    byte[] avcC = avc.record().toArray();
    avcC[1] = (byte) avc.profile();
    avcC[2] = (byte) avc.constraints();
    avcC[3] = (byte) avc.level();
    return Bytes.wrap(avcC);
  }

  /** The record with a level, also where the encoder does not tell it. */
  private static Bytes levelled(Vp9Configuration vp9) {
    byte[] vpcC = vp9.record().toArray();
    vpcC[1] = (byte) vp9.level();
    return Bytes.wrap(vpcC);
  }

  /**
   * The record with configurationVersion 1, which encoders from before the standard was final do
   * not write, and with array_completeness set for its parameter sets, as the sample entry hvc1 has
   * it: encoders leave the bit out.
   */
  private static Bytes complete(Bytes record) {
    byte[] hvcC = record.toArray();
    hvcC[0] = 1;
    int at = 23;
    for (int arrays = hvcC[22] & 0xFF; arrays > 0; arrays--) {
      int type = hvcC[at] & 0x3F;
      if (type >= VPS && type <= PPS) {
        hvcC[at] |= (byte) 0x80;
      }
      int units = (hvcC[at + 1] & 0xFF) << 8 | (hvcC[at + 2] & 0xFF);
      at += 3;
      for (; units > 0; units--) {
        at += 2 + ((hvcC[at] & 0xFF) << 8 | (hvcC[at + 1] & 0xFF));
      }
    }
    return Bytes.wrap(hvcC);
  }

  /** ES_Descriptor (ISO 14496-1 7.2.6.5) with DecoderConfig, its specific info and SLConfig. */
  private static Bytes esds(int objectType, Bytes specificInfo) {
    BoxWriter out = new BoxWriter();
    int config = specificInfo.length();
    int specific = config == 0 ? 0 : descriptorBytes(config);
    int decoder = descriptorBytes(13 + specific);
    out.u32(0);
    descriptor(out, 3, 3 + decoder + descriptorBytes(1)).u16(0).u8(0);
    descriptor(out, 4, 13 + specific).u8(objectType).u8(0x15).u24(0).u32(0).u32(0);
    if (config > 0) {
      descriptor(out, 5, config).bytes(specificInfo);
    }
    return descriptor(out, 6, 1).u8(2).toBytes();
  }

  /** Tag and length of an MPEG-4 descriptor (ISO 14496-1 8.3.3), seven bits a byte. */
  private static BoxWriter descriptor(BoxWriter out, int tag, int length) {
    out.u8(tag);
    if (length > 0x7F) {
      out.u8(0x80 | length >> 7);
    }
    return out.u8(length & 0x7F);
  }

  private static int descriptorBytes(int length) {
    return length + (length > 0x7F ? 3 : 2);
  }
}
