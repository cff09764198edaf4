package io.millrace.media.track;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Holds an MP3 configuration: what the header of every frame tells (ISO 11172-3 2.4.2.3, ISO
 * 13818-3 2.4.2.3, layer III).
 *
 * @param record the four bytes of a frame's header, without what changes from frame to frame
 * @param sampleRate Hz
 * @param channels 1 or 2
 * @param frameLength samples of a frame: 1,152, or 576 at the low sampling frequencies
 */
public record Mp3Configuration(Bytes record, int sampleRate, int channels, int frameLength)
    implements AudioConfiguration {
  /** Three seconds of sound; encoders send one frame in a tag. */
  private static final int MOST_FRAMES = 128;

  private static final int HEADER_BYTES = 4;
  private static final int SYNC = 0xFFE0_0000;

  /** Sync word, version, layer and sampling frequency. */
  private static final int CONSTANT_BITS = 0xFFFE_0C00;

  private static final int MONO_BITS = 0xC0;
  private static final int LAYER_3 = 1;
  private static final int VERSION_1 = 3;
  private static final int VERSION_2 = 2;
  private static final int RESERVED_VERSION = 1;
  private static final int[] SAMPLE_RATES = {44_100, 48_000, 32_000};
  private static final int[] KILOBITS_1 = {
    0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320
  };
  private static final int[] KILOBITS_2 = {
    0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160
  };

  public Mp3Configuration {
    Objects.requireNonNull(record, "record");
  }

  /** Reads a frame, or its header alone. Throws {@link MalformedMediaException}. */
  public static Mp3Configuration parse(Bytes frame) {
    int header = header(frame);
    int version = header >> 19 & 3;
    int divisor = version == VERSION_1 ? 1 : version == VERSION_2 ? 2 : 4;
    boolean mono = (header & MONO_BITS) == MONO_BITS;
    int constant = (header & CONSTANT_BITS) | (mono ? MONO_BITS : 0);
    return new Mp3Configuration(
        Bytes.wrap(
            new byte[] {
              (byte) (constant >> 24),
              (byte) (constant >> 16),
              (byte) (constant >> 8),
              (byte) constant
            }),
        SAMPLE_RATES[header >> 10 & 3] / divisor,
        mono ? 1 : 2,
        version == VERSION_1 ? 1_152 : 576);
  }

  /** The frames that a payload consists of. Throws {@link MalformedMediaException}. */
  public static List<Bytes> frames(Bytes payload) {
    List<Bytes> frames = new ArrayList<>();
    for (int at = 0; at < payload.length(); ) {
      if (frames.size() == MOST_FRAMES) {
        throw MalformedMediaException.of(
            "MP3 frames of a tag", MOST_FRAMES + 1L, "at most " + MOST_FRAMES);
      }
      Bytes rest = payload.slice(at);
      int size = sizeBytes(header(rest));
      // The last may be of free format or cut, which is for the decoder to see.
      int taken = size == 0 ? rest.length() : Math.min(size, rest.length());
      frames.add(rest.slice(0, taken));
      at += taken;
    }
    return frames;
  }

  private static int header(Bytes frame) {
    if (frame.length() < HEADER_BYTES) {
      throw MalformedMediaException.of("MP3 frame size", frame.length(), "4 or more");
    }
    int header = frame.asByteBuffer().getInt(0);
    boolean known =
        (header & SYNC) == SYNC
            && (header >> 19 & 3) != RESERVED_VERSION
            && (header >> 17 & 3) == LAYER_3
            && (header >> 12 & 15) != 15
            && (header >> 10 & 3) != 3;
    if (!known) {
      throw new MalformedMediaException(
          "MP3 frame header: %08x (expected: a sync word, layer III)".formatted(header));
    }
    return header;
  }

  /** 0 for the free format. */
  private static int sizeBytes(int header) {
    int version = header >> 19 & 3;
    int divisor = version == VERSION_1 ? 1 : version == VERSION_2 ? 2 : 4;
    int sampleRate = SAMPLE_RATES[header >> 10 & 3] / divisor;
    int kilobits = (version == VERSION_1 ? KILOBITS_1 : KILOBITS_2)[header >> 12 & 15];
    int slots = version == VERSION_1 ? 144_000 : 72_000;
    return kilobits == 0 ? 0 : slots * kilobits / sampleRate + (header >> 9 & 1);
  }

  /** The objectTypeIndication of its elementary stream (ISO 14496-1 table 5): MPEG-1 or MPEG-2. */
  public int objectTypeIndication() {
    return frameLength == 1_152 ? 0x6B : 0x69;
  }

  @Override
  public String codecsString() {
    return frameLength == 1_152 ? "mp4a.6B" : "mp4a.69";
  }
}
