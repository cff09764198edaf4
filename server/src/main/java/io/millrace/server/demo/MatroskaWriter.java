package io.millrace.server.demo;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Writes a live Matroska stream (RFC 9559) of one uncompressed video and one PCM track, one cluster
 * for each block, times in milliseconds.
 */
final class MatroskaWriter {
  private static final int EBML = 0x1A45_DFA3;
  private static final int DOC_TYPE = 0x4282;
  private static final int DOC_TYPE_VERSION = 0x4287;
  private static final int DOC_TYPE_READ_VERSION = 0x4285;
  private static final int SEGMENT = 0x1853_8067;
  private static final int INFO = 0x1549_A966;
  private static final int TIMESTAMP_SCALE = 0x2AD7B1;
  private static final int MUXING_APP = 0x4D80;
  private static final int WRITING_APP = 0x5741;
  private static final int TRACKS = 0x1654_AE6B;
  private static final int TRACK_ENTRY = 0xAE;
  private static final int TRACK_NUMBER = 0xD7;
  private static final int TRACK_UID = 0x73C5;
  private static final int TRACK_TYPE = 0x83;
  private static final int FLAG_LACING = 0x9C;
  private static final int CODEC_ID = 0x86;
  private static final int DEFAULT_DURATION = 0x23E383;
  private static final int VIDEO = 0xE0;
  private static final int PIXEL_WIDTH = 0xB0;
  private static final int PIXEL_HEIGHT = 0xBA;
  private static final int UNCOMPRESSED_FOUR_CC = 0x2EB524;
  private static final int AUDIO = 0xE1;
  private static final int SAMPLING_FREQUENCY = 0xB5;
  private static final int AUDIO_CHANNELS = 0x9F;
  private static final int BIT_DEPTH = 0x6264;
  private static final int CLUSTER = 0x1F43_B675;
  private static final int TIMESTAMP = 0xE7;
  private static final int SIMPLE_BLOCK = 0xA3;

  static final int VIDEO_TRACK = 1;
  static final int AUDIO_TRACK = 2;

  private final OutputStream out;

  MatroskaWriter(OutputStream out) {
    this.out = out;
  }

  void header(int width, int height, int framesPerSecond, int sampleRate, int channels)
      throws IOException {
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    Element ebml = new Element();
    ebml.text(DOC_TYPE, "matroska").number(DOC_TYPE_VERSION, 4).number(DOC_TYPE_READ_VERSION, 2);
    header.write(new Element().child(EBML, ebml).bytes());

    header.write(id(SEGMENT));
    header.write(new byte[] {0x01, -1, -1, -1, -1, -1, -1, -1}); // of unknown size: live

    Element info = new Element();
    info.number(TIMESTAMP_SCALE, 1_000_000).text(MUXING_APP, "Millrace").text(WRITING_APP, "demo");
    Element picture = new Element();
    picture.number(PIXEL_WIDTH, width).number(PIXEL_HEIGHT, height);
    picture.text(UNCOMPRESSED_FOUR_CC, "I420");
    Element video = track(VIDEO_TRACK, /* type= */ 1, "V_UNCOMPRESSED");
    video.number(DEFAULT_DURATION, 1_000_000_000L / framesPerSecond).child(VIDEO, picture);
    Element sound = new Element();
    sound.real(SAMPLING_FREQUENCY, sampleRate).number(AUDIO_CHANNELS, channels);
    sound.number(BIT_DEPTH, 16);
    Element audio = track(AUDIO_TRACK, /* type= */ 2, "A_PCM/INT/LIT").child(AUDIO, sound);
    Element tracks = new Element().child(TRACK_ENTRY, video).child(TRACK_ENTRY, audio);
    header.write(new Element().child(INFO, info).child(TRACKS, tracks).bytes());
    out.write(header.toByteArray());
  }

  private static Element track(int number, int type, String codec) {
    return new Element()
        .number(TRACK_NUMBER, number)
        .number(TRACK_UID, number)
        .number(TRACK_TYPE, type)
        .number(FLAG_LACING, 0)
        .text(CODEC_ID, codec);
  }

  /** Writes one frame or stretch of sound. */
  void block(int track, long timeMs, byte[] payload) throws IOException {
    Element timestamp = new Element().number(TIMESTAMP, timeMs);
    byte[] blockHead = {(byte) (0x80 | track), 0, 0, (byte) 0x80};
    byte[] blockStart = start(SIMPLE_BLOCK, blockHead.length + payload.length);
    int size = timestamp.bytes().length + blockStart.length + blockHead.length + payload.length;
    ByteArrayOutputStream head = new ByteArrayOutputStream(64);
    head.write(start(CLUSTER, size));
    head.write(timestamp.bytes());
    head.write(blockStart);
    head.write(blockHead);
    out.write(head.toByteArray());
    out.write(payload);
  }

  void flush() throws IOException {
    out.flush();
  }

  private static byte[] start(int id, int size) {
    byte[] idBytes = id(id);
    return ByteBuffer.allocate(idBytes.length + 4).put(idBytes).putInt(0x1000_0000 | size).array();
  }

  private static byte[] id(int id) {
    int length = 4 - Integer.numberOfLeadingZeros(id) / 8;
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (id >>> (8 * (length - 1 - i)));
    }
    return bytes;
  }

  /** Collects the children of an element. */
  private static final class Element {
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();

    private Element put(int id, byte[] value) {
      content.writeBytes(start(id, value.length));
      content.writeBytes(value);
      return this;
    }

    Element number(int id, long value) {
      return put(id, ByteBuffer.allocate(Long.BYTES).putLong(value).array());
    }

    Element real(int id, double value) {
      return put(id, ByteBuffer.allocate(Double.BYTES).putDouble(value).array());
    }

    Element text(int id, String value) {
      return put(id, value.getBytes(StandardCharsets.US_ASCII));
    }

    Element child(int id, Element element) {
      return put(id, element.bytes());
    }

    byte[] bytes() {
      return content.toByteArray();
    }
  }
}
