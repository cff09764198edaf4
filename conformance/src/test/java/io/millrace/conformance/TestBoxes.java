package io.millrace.conformance;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Writes boxes for the tests, right or wrong as they are told. */
final class TestBoxes {
  private TestBoxes() {}

  static byte[] join(byte[]... pieces) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] piece : pieces) {
      out.writeBytes(piece);
    }
    return out.toByteArray();
  }

  static byte[] box(String type, byte[]... pieces) {
    byte[] payload = join(pieces);
    return join(u32(8 + payload.length), text(type), payload);
  }

  static byte[] fullBox(String type, int version, int flags, byte[]... pieces) {
    return box(type, u32((long) version << 24 | flags), join(pieces));
  }

  static byte[] u8(int value) {
    return new byte[] {(byte) value};
  }

  static byte[] u16(int value) {
    return ByteBuffer.allocate(2).putShort((short) value).array();
  }

  static byte[] u32(long value) {
    return ByteBuffer.allocate(4).putInt((int) value).array();
  }

  static byte[] u64(long value) {
    return ByteBuffer.allocate(8).putLong(value).array();
  }

  static byte[] zeros(int count) {
    return new byte[count];
  }

  static byte[] text(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** The producer's time (ISO/IEC 14496-12 8.16.5), in NTP's seconds since 1900. */
  static byte[] prft(Instant utc, long mediaTime) {
    long seconds = utc.getEpochSecond() + 2_208_988_800L;
    long fraction = ((long) utc.getNano() << 32) / 1_000_000_000L;
    return fullBox("prft", 1, 24, u32(1), u32(seconds), u32(fraction), u64(mediaTime));
  }

  static byte[] styp(String... brands) {
    return box("styp", text(brands[0]), u32(0), text(String.join("", brands)));
  }

  /** Colours of BT.2020 with those transfer characteristics. */
  static byte[] colr(int transfer) {
    return box("colr", text("nclx"), u16(9), u16(transfer), u16(9), u8(0));
  }

  /** An init section that a test may change before it is written. */
  static final class Init {
    String brand = "cmf2";
    int tracks = 1;
    int trackId = 1;
    long timescale;
    boolean video;
    int width = 1280;
    byte[] behindConfig = {};
    String sampleEntry;

    /** The box with the decoder's configuration, where it is no avcC. */
    byte[] config = {};

    /** Of AAC. */
    byte[] audioSpecificConfig = {0x11, (byte) 0x90};

    int level = 0x1F;

    static Init video() {
      Init init = new Init();
      init.video = true;
      init.timescale = 90_000;
      init.sampleEntry = "avc1";
      return init;
    }

    static Init audio() {
      Init init = new Init();
      init.timescale = 48_000;
      init.sampleEntry = "mp4a";
      return init;
    }

    byte[] bytes() {
      List<byte[]> moov = new ArrayList<>(List.of(fullBox("mvhd", 0, 0, zeros(96))));
      for (int i = 0; i < tracks; i++) {
        moov.add(trak(trackId + i));
      }
      moov.add(box("mvex", fullBox("trex", 0, 0, u32(trackId), u32(1), zeros(12))));
      if (tracks > 1) {
        moov.set(
            moov.size() - 1,
            box(
                "mvex",
                fullBox("trex", 0, 0, u32(trackId), u32(1), zeros(12)),
                fullBox("trex", 0, 0, u32(trackId + 1), u32(1), zeros(12))));
      }
      return join(
          box("ftyp", text(brand), u32(0), text(brand), text("iso6")),
          box("moov", moov.toArray(byte[][]::new)));
    }

    private byte[] avcC() {
      return box("avcC", u8(1), u8(0x64), u8(0), u8(level), u8(0xFF), u8(0xE0), u8(0));
    }

    private byte[] esds() {
      int length = audioSpecificConfig.length;
      byte[] specific = join(u8(5), u8(length), audioSpecificConfig);
      byte[] decoder = join(u8(4), u8(15 + length), u8(0x40), zeros(12), specific);
      return fullBox("esds", 0, 0, u8(3), u8(20 + length), zeros(3), decoder);
    }

    private byte[] trak(int id) {
      byte[] entry =
          video
              ? box(
                  sampleEntry,
                  zeros(6),
                  u16(1),
                  zeros(16),
                  u16(width),
                  u16(720),
                  zeros(50),
                  config.length > 0 ? config : avcC(),
                  behindConfig)
              : box(sampleEntry, zeros(6), u16(1), zeros(20), config.length > 0 ? config : esds());
      return box(
          "trak",
          fullBox("tkhd", 0, 7, zeros(8), u32(id), zeros(68)),
          box(
              "mdia",
              fullBox("mdhd", 0, 0, zeros(8), u32(timescale), zeros(8)),
              fullBox("hdlr", 0, 0, u32(0), text(video ? "vide" : "soun"), zeros(13)),
              box("minf", box("stbl", fullBox("stsd", 0, 0, u32(1), entry)))));
    }
  }

  /** A sample that a test may change before it is written. */
  static final class Sample {
    long duration;
    long flags;
    int compositionOffset;
    byte[] data;
  }

  /** A chunk that a test may change before it is written. */
  static final class Chunk {
    long sequenceNumber;
    int trackId = 1;
    int tfhdFlags = 0x02_0000;
    boolean tfdt = true;
    int tfdtVersion = 1;
    long decodeTime;
    int dataOffset;
    byte[] behindSamples = {};
    byte[] before = {};
    List<Sample> samples = new ArrayList<>();

    byte[] bytes() {
      byte[] moof = moof(0);
      moof = moof(moof.length + 8 + dataOffset);
      byte[] data = join(samples.stream().map(sample -> sample.data).toArray(byte[][]::new));
      return join(before, moof, box("mdat", data, behindSamples));
    }

    private byte[] tfdt() {
      byte[] time = tfdtVersion == 1 ? u64(decodeTime) : u32(decodeTime);
      return fullBox("tfdt", tfdtVersion, 0, time);
    }

    private byte[] moof(int offset) {
      List<byte[]> entries = new ArrayList<>();
      for (Sample sample : samples) {
        entries.add(u32(sample.duration));
        entries.add(u32(sample.data.length));
        entries.add(u32(sample.flags));
        entries.add(u32(sample.compositionOffset));
      }
      byte[] base = (tfhdFlags & 1) != 0 ? u64(0) : zeros(0);
      return box(
          "moof",
          fullBox("mfhd", 0, 0, u32(sequenceNumber)),
          box(
              "traf",
              fullBox("tfhd", 0, tfhdFlags, u32(trackId), base),
              tfdt ? tfdt() : zeros(0),
              fullBox(
                  "trun",
                  1,
                  0xF01,
                  u32(samples.size()),
                  u32(offset),
                  join(entries.toArray(byte[][]::new)))));
    }
  }
}
