package io.millrace.bench.flood;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/**
 * Forges Aeron's frames (its protocol specification): well-formed ones of sessions that nobody has,
 * and some that are not well-formed.
 */
final class AeronFrames {
  private static final int DATA = 1;
  private static final int NAK = 2;
  private static final int STATUS = 3;
  private static final int ERROR = 4;
  private static final int SETUP = 5;
  private static final int RTT = 6;
  private static final int KINDS = 10;

  private static final int DATA_BYTES = 32;
  private static final int NAK_BYTES = 28;
  private static final int STATUS_BYTES = 36;
  private static final int SETUP_BYTES = 40;
  private static final int RTT_BYTES = 40;
  private static final int PAYLOAD_BYTES = 64;
  private static final byte WHOLE_MESSAGE = (byte) 0xC0;

  private static final int SMALLEST_TERM = 1 << 16;
  private static final int LARGEST_TERM = 1 << 30;
  private static final int USUAL_MTU = 1_408;

  private final SplittableRandom random;
  private final int[] streams;
  private int next;

  /** Forges for these streams. */
  AeronFrames(SplittableRandom random, int... streams) {
    this.random = random;
    this.streams = streams.clone();
  }

  /** One kind after the other. */
  byte[] next() {
    int stream = streams[random.nextInt(streams.length)];
    int session = random.nextInt();
    return switch (next++ % KINDS) {
      case 0 -> noise(random.nextInt(1, 1_500));
      case 1 -> setup(session, stream, SMALLEST_TERM);
      case 2 -> setup(session, stream, LARGEST_TERM);
      case 3 -> setup(session, stream, random.nextInt());
      case 4 -> data(session, stream);
      case 5 -> status(session, stream);
      case 6 -> nak(session, stream);
      case 7 -> frame(RTT, RTT_BYTES).putInt(8, session).putInt(12, stream).array();
      case 8 -> cut(setup(session, stream, SMALLEST_TERM));
      default -> otherwise(data(session, stream));
    };
  }

  private byte[] noise(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private byte[] setup(int session, int stream, int termLength) {
    return frame(SETUP, SETUP_BYTES)
        .putInt(12, session)
        .putInt(16, stream)
        .putInt(20, 7) // initial term
        .putInt(24, 7) // active term
        .putInt(28, termLength)
        .putInt(32, USUAL_MTU)
        .array();
  }

  /** A whole message of noise, at the beginning of the session. */
  private byte[] data(int session, int stream) {
    return frame(DATA, DATA_BYTES + PAYLOAD_BYTES)
        .put(5, WHOLE_MESSAGE)
        .putInt(12, session)
        .putInt(16, stream)
        .putInt(20, 7) // term
        .put(DATA_BYTES, noise(PAYLOAD_BYTES))
        .array();
  }

  private byte[] status(int session, int stream) {
    return frame(STATUS, STATUS_BYTES)
        .putInt(8, session)
        .putInt(12, stream)
        .putInt(16, 7) // term
        .putInt(24, 1 << 20) // window
        .putLong(28, random.nextLong()) // receiver
        .array();
  }

  private byte[] nak(int session, int stream) {
    return frame(NAK, NAK_BYTES)
        .putInt(8, session)
        .putInt(12, stream)
        .putInt(16, 7) // term
        .putInt(24, 1 << 20) // length
        .array();
  }

  private byte[] cut(byte[] frame) {
    byte[] shorter = new byte[random.nextInt(frame.length)];
    System.arraycopy(frame, 0, shorter, 0, shorter.length);
    return shorter;
  }

  /** Of another version, of a type that there is not, or longer than it is. */
  private byte[] otherwise(byte[] frame) {
    ByteBuffer bytes = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN);
    switch (random.nextInt(4)) {
      case 0 -> bytes.put(4, (byte) random.nextInt(1, 256));
      case 1 -> bytes.putShort(6, (short) random.nextInt(12, 1 << 16));
      case 2 -> bytes.putShort(6, (short) ERROR);
      default -> bytes.putInt(0, random.nextInt());
    }
    return frame;
  }

  private static ByteBuffer frame(int type, int length) {
    return ByteBuffer.allocate(length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(0, length)
        .putShort(6, (short) type);
  }
}
