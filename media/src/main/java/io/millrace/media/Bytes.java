package io.millrace.media;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

/**
 * Holds an immutable run of bytes on the heap, by reference: a slice shares its array.
 *
 * <p>Whoever wraps an array hands it over and never writes to it again. Equality is by content.
 */
public final class Bytes {
  public static final Bytes EMPTY = new Bytes(new byte[0], 0, 0);

  private final byte[] array;
  private final int offset;
  private final int length;

  private Bytes(byte[] array, int offset, int length) {
    this.array = array;
    this.offset = offset;
    this.length = length;
  }

  /** Takes over {@code array}: the caller must not write to it afterwards. */
  public static Bytes wrap(byte[] array) {
    return new Bytes(array, 0, array.length);
  }

  /** Takes over a range of {@code array}: the caller must not write to it afterwards. */
  public static Bytes wrap(byte[] array, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, array.length);
    return new Bytes(array, offset, length);
  }

  /** Copies the remaining bytes of {@code buffer}; its position does not move. */
  public static Bytes copyOf(ByteBuffer buffer) {
    byte[] copy = new byte[buffer.remaining()];
    buffer.get(buffer.position(), copy);
    return wrap(copy);
  }

  /** Reads a string of hexadecimal digits; white space between them is ignored. */
  public static Bytes ofHex(String hex) {
    return wrap(HexFormat.of().parseHex(hex.replaceAll("\\s+", "")));
  }

  public int length() {
    return length;
  }

  public boolean isEmpty() {
    return length == 0;
  }

  public byte get(int index) {
    Objects.checkIndex(index, length);
    return array[offset + index];
  }

  /** The byte at {@code index}, 0 to 255. */
  public int unsigned(int index) {
    return get(index) & 0xFF;
  }

  /** Shares the bytes from {@code from} on. */
  public Bytes slice(int from) {
    return slice(from, length - from);
  }

  /** Shares {@code count} bytes from {@code from} on. */
  public Bytes slice(int from, int count) {
    Objects.checkFromIndexSize(from, count, length);
    return new Bytes(array, offset + from, count);
  }

  public void copyTo(byte[] target, int targetOffset) {
    System.arraycopy(array, offset, target, targetOffset, length);
  }

  public byte[] toArray() {
    return Arrays.copyOfRange(array, offset, offset + length);
  }

  /** A read-only view; position 0, limit {@link #length()}. */
  public ByteBuffer asByteBuffer() {
    return ByteBuffer.wrap(array, offset, length).slice().asReadOnlyBuffer();
  }

  public String toHex() {
    return HexFormat.of().formatHex(array, offset, offset + length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that
        && Arrays.equals(
            array, offset, offset + length, that.array, that.offset, that.offset + that.length);
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (int i = 0; i < length; i++) {
      hash = 31 * hash + array[offset + i];
    }
    return hash;
  }

  @Override
  public String toString() {
    return length <= 16 ? "Bytes[" + toHex() + "]" : "Bytes[" + length + " bytes]";
  }
}
