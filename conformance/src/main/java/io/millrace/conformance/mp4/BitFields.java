package io.millrace.conformance.mp4;

/** Reads a decoder's configuration bit by bit, the highest bit of each byte first. */
final class BitFields {
  private final String where;
  private final byte[] bytes;
  private int at;

  /** Reads from the first bit on; {@code where}: the box, for what is too short. */
  BitFields(String where, byte[] bytes) {
    this.where = where;
    this.bytes = bytes;
  }

  int left() {
    return 8 * bytes.length - at;
  }

  /** The next bits, up to 31. */
  int take(int count) throws MalformedBoxException {
    int value = peek(count);
    at += count;
    return value;
  }

  BitFields skip(int count) throws MalformedBoxException {
    require(count);
    at += count;
    return this;
  }

  int peek(int count) throws MalformedBoxException {
    require(count);
    int value = 0;
    for (int i = at; i < at + count; i++) {
      value = value << 1 | (bytes[i >> 3] >> (7 - (i & 7)) & 1);
    }
    return value;
  }

  private void require(int count) throws MalformedBoxException {
    if (left() < count) {
      throw new MalformedBoxException(where, bytes.length + " bytes", "more, for its fields");
    }
  }
}
