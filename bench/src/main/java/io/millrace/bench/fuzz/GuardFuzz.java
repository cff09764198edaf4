package io.millrace.bench.fuzz;

import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.protocol.DataHeaderFlyweight;
import io.aeron.protocol.HeaderFlyweight;
import io.aeron.protocol.SetupFlyweight;
import io.millrace.fabric.aeron.FrameGuard;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Datagrams, taken as Aeron's poller takes them, into one buffer that keeps what was longer before.
 * The first eight bytes say where the clock stands; each datagram has its length and the time since
 * the one before.
 */
final class GuardFuzz implements FuzzTarget.Parser {
  private static final int PER_SECOND = 32;
  private static final int AT_ONCE = 2 * PER_SECOND;
  private static final int TERM_BYTES = 1 << 18;
  private static final int LISTENING = 1;
  private static final int LINK = 100;
  private static final int MOST_DATAGRAM = 65_504;
  private static final int LEAST_FRAME = 8;
  private static final int DATA_BYTES = DataHeaderFlyweight.HEADER_LENGTH;
  private static final long TICK_NS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long SILENCE_NS = TimeUnit.SECONDS.toNanos(30);

  private final UnsafeBuffer datagram = new UnsafeBuffer(ByteBuffer.allocateDirect(MOST_DATAGRAM));
  private final SetupFlyweight setup = new SetupFlyweight(datagram);
  private final DataHeaderFlyweight data = new DataHeaderFlyweight(datagram);

  @Override
  public void feed(byte[] input) {
    ByteBuffer in = ByteBuffer.wrap(input).order(ByteOrder.LITTLE_ENDIAN);
    if (in.remaining() < Long.BYTES) {
      return;
    }
    FrameGuard guard = FrameGuard.of(TERM_BYTES, PER_SECOND);
    guard.open(LISTENING);
    guard.open(LINK);
    long startNs = in.getLong() >> 1; // far enough from where it would begin anew
    long nowNs = startNs;
    datagram.setMemory(0, MOST_DATAGRAM, (byte) 0);
    while (in.remaining() >= 3) {
      int length = Math.min(in.getShort() & 0xFFFF, in.remaining() - 1);
      nowNs += (in.get() & 0xFF) * TICK_NS;
      datagram.putBytes(0, in, in.position(), length);
      in.position(in.position() + length);
      receive(guard, length, nowNs);
      long most = AT_ONCE + 1 + (nowNs - startNs) * PER_SECOND / TimeUnit.SECONDS.toNanos(1);
      FuzzTarget.check(guard.sessions() <= most, "remembers " + guard.sessions());
    }
    goOn(guard, nowNs + SILENCE_NS);
  }

  /** As {@code DataTransportPoller} tells frames apart. */
  private void receive(FrameGuard guard, int length, long nowNs) {
    if (length < LEAST_FRAME || FrameDescriptor.frameVersion(datagram, 0) != 0) {
      return;
    }
    switch (FrameDescriptor.frameType(datagram, 0)) {
      case HeaderFlyweight.HDR_TYPE_DATA, HeaderFlyweight.HDR_TYPE_PAD -> {
        if (guard.passes(data, datagram, length, nowNs)) {
          FuzzTarget.check(isListenedTo(data.streamId()), "stream " + data.streamId());
          FuzzTarget.check(data.termOffset() >= 0, "offset " + data.termOffset());
          requireWhole(length);
        }
      }
      case HeaderFlyweight.HDR_TYPE_SETUP -> {
        if (guard.passes(setup, length, nowNs)) {
          FuzzTarget.check(length >= SetupFlyweight.HEADER_LENGTH, "cut at " + length);
          FuzzTarget.check(isListenedTo(setup.streamId()), "stream " + setup.streamId());
          int term = setup.termLength();
          FuzzTarget.check(
              term >= 1 << 16 && term <= TERM_BYTES && Integer.bitCount(term) == 1,
              "term of " + term);
          FuzzTarget.check(guard.sessions() > 0, "it passes and is not remembered");
        }
      }
      default -> {}
    }
  }

  private static boolean isListenedTo(int stream) {
    return stream == LISTENING || stream == LINK;
  }

  /** Every frame ends within the datagram, so that who reads the stream finds the next one. */
  private void requireWhole(int length) {
    if (length == DATA_BYTES && FrameDescriptor.frameLength(datagram, 0) == 0) {
      return; // a heartbeat
    }
    long at = 0;
    while (at < length) {
      int frame = FrameDescriptor.frameLength(datagram, (int) at);
      boolean padding =
          FrameDescriptor.frameType(datagram, (int) at) == HeaderFlyweight.HDR_TYPE_PAD;
      FuzzTarget.check(frame >= DATA_BYTES && frame <= TERM_BYTES, "frame of " + frame);
      at += padding ? DATA_BYTES : (frame + DATA_BYTES - 1L) / DATA_BYTES * DATA_BYTES;
    }
    FuzzTarget.check(at == length, "frames of " + at + " bytes in " + length);
  }

  /** After a silence all are forgotten, and a new one is let in. */
  private void goOn(FrameGuard guard, long nowNs) {
    datagram.putBytes(0, setup(7, LISTENING, TERM_BYTES));
    FuzzTarget.check(
        guard.passes(setup, SetupFlyweight.HEADER_LENGTH, nowNs), "nobody is let in any more");
    FuzzTarget.check(guard.sessions() == 1, "remembers " + guard.sessions());
  }

  @Override
  public List<byte[]> seeds() {
    byte[] hello = data(1, LISTENING, 0, 96);
    byte[] two = join(data(1, LISTENING, 96, 50), new byte[14], data(1, LISTENING, 160, 32));
    byte[] padding = frame(0, DATA_BYTES, 4_096).putInt(12, 1).putInt(16, LISTENING).array();
    byte[] heartbeat = frame(1, DATA_BYTES, 0).putInt(12, 1).putInt(16, LISTENING).array();
    byte[] rtt = frame(6, 40, 40).putInt(8, 1).putInt(12, LISTENING).array();
    byte[] lie = data(1, LISTENING, 0, 96);
    lie[3] = 0x7F;
    return List.of(
        seed(1, setup(1, LISTENING, 1 << 16), hello, two, heartbeat, padding),
        seed(1L << 40, setup(2, LINK, TERM_BYTES), setup(2, LINK, TERM_BYTES), rtt, hello),
        seed(-(1L << 40), setup(3, LINK, 1 << 30), setup(4, 5, 1 << 16), setup(5, LINK, 3)),
        seed(-1, many(AT_ONCE + 3)),
        seed(0, lie, join(hello, new byte[32]), new byte[20], new byte[] {1, 2, 3}));
  }

  private static byte[][] many(int sessions) {
    byte[][] frames = new byte[sessions][];
    for (int i = 0; i < sessions; i++) {
      frames[i] = i % 2 == 0 ? setup(i, LISTENING, 1 << 16) : data(i, LINK, 0, 32);
    }
    return frames;
  }

  private static byte[] setup(int session, int stream, int termBytes) {
    return frame(5, SetupFlyweight.HEADER_LENGTH, SetupFlyweight.HEADER_LENGTH)
        .putInt(12, session)
        .putInt(16, stream)
        .putInt(28, termBytes)
        .putInt(32, 1_408) // MTU
        .array();
  }

  private static byte[] data(int session, int stream, int offset, int length) {
    return frame(1, length, length)
        .put(5, (byte) 0xC0) // a whole message
        .putInt(8, offset)
        .putInt(12, session)
        .putInt(16, stream)
        .array();
  }

  private static ByteBuffer frame(int type, int bytes, int length) {
    return ByteBuffer.allocate(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(0, length)
        .putShort(6, (short) type);
  }

  private static byte[] join(byte[]... parts) {
    ByteBuffer all = ByteBuffer.allocate(1 << 10);
    for (byte[] part : parts) {
      all.put(part);
    }
    byte[] joined = new byte[all.position()];
    all.get(0, joined);
    return joined;
  }

  private static byte[] seed(long startNs, byte[]... datagrams) {
    ByteBuffer seed = ByteBuffer.allocate(1 << 13).order(ByteOrder.LITTLE_ENDIAN);
    seed.putLong(startNs);
    for (byte[] each : datagrams) {
      seed.putShort((short) each.length).put((byte) 1).put(each);
    }
    byte[] bytes = new byte[seed.position()];
    seed.get(0, bytes);
    return bytes;
  }
}
