package io.millrace.media.track;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;

/** Reads bit fields, most significant bit first. Reading past the end is malformed input. */
final class BitReader {
  private final Bytes data;
  private final long bitCount;
  private long position;

  BitReader(Bytes data) {
    this.data = data;
    this.bitCount = data.length() * 8L;
  }

  /** Reads a NAL unit's payload: the emulation prevention bytes are left out (H.264 7.4.1.1). */
  static BitReader ofNalUnit(Bytes nal) {
    byte[] payload = new byte[nal.length()];
    int size = 0;
    int zeros = 0;
    for (int i = 0; i < nal.length(); i++) {
      byte value = nal.get(i);
      if (zeros >= 2 && value == 3) {
        zeros = 0;
        continue;
      }
      zeros = value == 0 ? zeros + 1 : 0;
      payload[size++] = value;
    }
    return new BitReader(Bytes.wrap(payload, 0, size));
  }

  long remaining() {
    return bitCount - position;
  }

  int bit() {
    if (position >= bitCount) {
      throw new MalformedMediaException("bit field past the end of " + data.length() + " bytes");
    }
    int value = data.unsigned((int) (position >> 3)) >> (7 - (int) (position & 7)) & 1;
    position++;
    return value;
  }

  boolean flag() {
    return bit() == 1;
  }

  /** Reads 0 to 32 bits as an unsigned number. */
  long bits(int count) {
    long value = 0;
    for (int i = 0; i < count; i++) {
      value = value << 1 | bit();
    }
    return value;
  }

  int smallBits(int count) {
    return (int) bits(count);
  }

  void skip(int count) {
    if (count < 0 || remaining() < count) {
      throw new MalformedMediaException("bit field past the end of " + data.length() + " bytes");
    }
    position += count;
  }

  /** ue(v) of H.264 9.1, at most {@code most}. */
  int unsignedExpGolomb(String name, int most) {
    int zeros = 0;
    while (!flag()) {
      zeros++;
      if (zeros > 31) {
        throw MalformedMediaException.of(name, zeros, "at most 31 leading zero bits");
      }
    }
    long value = (1L << zeros) - 1 + bits(zeros);
    if (value > most) {
      throw MalformedMediaException.of(name, value, "0.." + most);
    }
    return (int) value;
  }

  /** se(v) of H.264 9.1.1. */
  int signedExpGolomb(String name) {
    int code = unsignedExpGolomb(name, Integer.MAX_VALUE - 1);
    return (code & 1) == 1 ? (code + 1) / 2 : -(code / 2);
  }
}
