package io.millrace.ingest.rtmp.handshake;

import io.millrace.ingest.rtmp.chunk.RtmpException;
import io.netty.buffer.ByteBuf;
import java.util.random.RandomGenerator;

/** Writes and checks the handshake's pieces (RTMP 1.0, 5.2), for either side. Pure. */
public final class Handshake {
  /** C0, S0. */
  public static final int VERSION_BYTES = 1;

  /** C1, S1, C2 and S2 each. */
  public static final int PACKET_BYTES = 1536;

  private static final int VERSION = 3;

  private Handshake() {}

  /** Writes C0 and C1, or S0 and S1: the version, a time, four bytes 0, and random. */
  public static void writeHello(ByteBuf out, int timeMs, RandomGenerator random) {
    out.writeByte(VERSION);
    out.writeInt(timeMs);
    out.writeInt(0);
    byte[] filler = new byte[PACKET_BYTES - 8];
    random.nextBytes(filler);
    out.writeBytes(filler);
  }

  /** Writes C2 or S2: the peer's packet as it came. {@code packet} is borrowed, and consumed. */
  public static void writeEcho(ByteBuf out, ByteBuf packet) {
    out.writeBytes(packet, PACKET_BYTES);
  }

  /** Reads C0 or S0; throws on any version but the plain one. */
  public static void readVersion(ByteBuf in) {
    int version = in.readUnsignedByte();
    if (version != VERSION) {
      throw RtmpException.of(RtmpException.Code.HANDSHAKE, "RTMP version", version, "3");
    }
  }
}
