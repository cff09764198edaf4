package io.millrace.fabric.wire;

import java.util.OptionalInt;

/** Names the versions of the schema that this node speaks: the newest and the one before it. */
public final class WireVersion {
  public static final int LEAST = 1;
  public static final int MOST = 2;

  /** The first that has other codecs than H.264 and AAC; they are nothing to a node before it. */
  static final int MORE_CODECS = 2;

  private WireVersion() {}

  /** The newest version that both ends speak; empty where there is none. */
  public static OptionalInt negotiate(int peerLeast, int peerMost) {
    int version = Math.min(MOST, peerMost);
    return version >= Math.max(LEAST, peerLeast) ? OptionalInt.of(version) : OptionalInt.empty();
  }
}
