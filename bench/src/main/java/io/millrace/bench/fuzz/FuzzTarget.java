package io.millrace.bench.fuzz;

import java.util.List;
import java.util.Locale;

/** Names what reads from open ports. */
public enum FuzzTarget {
  HANDSHAKE,
  CHUNK,
  AMF,
  FLV,
  HTTP,
  HTTP2,
  API,
  WIRE,
  GUARD;

  /** A parser that is fed with any bytes. */
  public interface Parser {
    /** Feeds the bytes; throws where the parser did anything but accept or refuse them. */
    void feed(byte[] input);

    /** Input to begin with: whole messages as real peers send them. */
    List<byte[]> seeds();
  }

  /** A parser of its own for one thread. */
  public Parser parser() {
    return switch (this) {
      case HANDSHAKE -> new HandshakeFuzz();
      case CHUNK -> new ChunkFuzz();
      case AMF -> new AmfFuzz();
      case FLV -> new FlvFuzz();
      case HTTP -> new HttpFuzz();
      case HTTP2 -> new Http2Fuzz();
      case API -> new ApiFuzz();
      case WIRE -> new WireFuzz();
      case GUARD -> new GuardFuzz();
    };
  }

  /** As it is written on the command line and in paths. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Throws where something that must hold does not. */
  static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }
}
