package io.millrace.media;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/**
 * Holds an immutable run of bytes on the heap, by reference: a slice shares its array, and what is
 * joined of several shares theirs.
 *
 * <p>Whoever wraps an array hands it over and never writes to it again. Equality is by content.
 */
public abstract sealed class Bytes {
  public static final Bytes EMPTY = wrap(new byte[0]);

  /** Takes over {@code array}: the caller must not write to it afterwards. */
  public static Bytes wrap(byte[] array) {
    return new Run(array, 0, array.length);
  }

  /** Takes over a range of {@code array}: the caller must not write to it afterwards. */
  public static Bytes wrap(byte[] array, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, array.length);
    return new Run(array, offset, length);
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

  /**
   * One behind the other, without a copy. Made to be hashed and written once more: single bytes and
   * slices of it cost more than those of one array.
   */
  public static Bytes join(List<Bytes> pieces) {
    return pieces.size() == 1 ? pieces.getFirst() : new Joined(pieces.toArray(new Bytes[0]));
  }

  public abstract int length();

  public boolean isEmpty() {
    return length() == 0;
  }

  public abstract byte get(int index);

  /** The byte at {@code index}, 0 to 255. */
  public int unsigned(int index) {
    return get(index) & 0xFF;
  }

  /** Shares the bytes from {@code from} on. */
  public Bytes slice(int from) {
    return slice(from, length() - from);
  }

  /** Shares {@code count} bytes from {@code from} on. */
  public abstract Bytes slice(int from, int count);

  public abstract void copyTo(byte[] target, int targetOffset);

  /**
   * The same bytes, for who keeps them longer than what they were a slice of: a copy where the
   * array that they share is more than twice as long.
   */
  public abstract Bytes compact();

  /** Gives them to a digest, in order. */
  public abstract void digestBy(MessageDigest digest);

  public byte[] toArray() {
    byte[] copy = new byte[length()];
    copyTo(copy, 0);
    return copy;
  }

  /** A read-only view; position 0, limit {@link #length()}. Of what is joined it is a copy. */
  public abstract ByteBuffer asByteBuffer();

  public abstract String toHex();

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that
        && length() == that.length()
        && asByteBuffer().equals(that.asByteBuffer());
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (int i = 0; i < length(); i++) {
      hash = 31 * hash + get(i);
    }
    return hash;
  }

  @Override
  public String toString() {
    return length() <= 16 ? "Bytes[" + toHex() + "]" : "Bytes[" + length() + " bytes]";
  }

  private static final class Run extends Bytes {
    private final byte[] array;
    private final int offset;
    private final int length;

    Run(byte[] array, int offset, int length) {
      this.array = array;
      this.offset = offset;
      this.length = length;
    }

    @Override
    public int length() {
      return length;
    }

    @Override
    public byte get(int index) {
      Objects.checkIndex(index, length);
      return array[offset + index];
    }

    @Override
    public Bytes slice(int from, int count) {
      Objects.checkFromIndexSize(from, count, length);
      return new Run(array, offset + from, count);
    }

    @Override
    public void copyTo(byte[] target, int targetOffset) {
      System.arraycopy(array, offset, target, targetOffset, length);
    }

    @Override
    public Bytes compact() {
      return length < array.length / 2 ? wrap(toArray()) : this;
    }

    @Override
    public void digestBy(MessageDigest digest) {
      digest.update(array, offset, length);
    }

    @Override
    public ByteBuffer asByteBuffer() {
      return ByteBuffer.wrap(array, offset, length).slice().asReadOnlyBuffer();
    }

    @Override
    public String toHex() {
      return HexFormat.of().formatHex(array, offset, offset + length);
    }
  }

  private static final class Joined extends Bytes {
    private final Bytes[] pieces;

    /** Where each piece ends. */
    private final int[] ends;

    Joined(Bytes[] pieces) {
      this.pieces = pieces;
      this.ends = new int[pieces.length];
      int end = 0;
      for (int i = 0; i < pieces.length; i++) {
        end = Math.addExact(end, pieces[i].length());
        ends[i] = end;
      }
    }

    @Override
    public int length() {
      return ends.length == 0 ? 0 : ends[ends.length - 1];
    }

    @Override
    public byte get(int index) {
      Objects.checkIndex(index, length());
      int piece = pieceOf(index);
      return pieces[piece].get(index - start(piece));
    }

    @Override
    public Bytes slice(int from, int count) {
      Objects.checkFromIndexSize(from, count, length());
      if (count == 0) {
        return EMPTY;
      }
      int first = pieceOf(from);
      int last = pieceOf(from + count - 1);
      Bytes[] slices = Arrays.copyOfRange(pieces, first, last + 1);
      int end = from + count - start(last);
      slices[last - first] = pieces[last].slice(0, end);
      slices[0] = slices[0].slice(from - start(first));
      return join(List.of(slices));
    }

    /** The piece with the byte at {@code index}: the first that ends behind it. */
    private int pieceOf(int index) {
      int low = 0;
      int high = ends.length - 1;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (ends[middle] > index) {
          high = middle;
        } else {
          low = middle + 1;
        }
      }
      return low;
    }

    private int start(int piece) {
      return piece == 0 ? 0 : ends[piece - 1];
    }

    @Override
    public void copyTo(byte[] target, int targetOffset) {
      Objects.checkFromIndexSize(targetOffset, length(), target.length);
      for (int i = 0; i < pieces.length; i++) {
        pieces[i].copyTo(target, targetOffset + start(i));
      }
    }

    @Override
    public Bytes compact() {
      return wrap(toArray());
    }

    @Override
    public void digestBy(MessageDigest digest) {
      for (Bytes piece : pieces) {
        piece.digestBy(digest);
      }
    }

    @Override
    public ByteBuffer asByteBuffer() {
      return ByteBuffer.wrap(toArray()).asReadOnlyBuffer();
    }

    @Override
    public String toHex() {
      return HexFormat.of().formatHex(toArray());
    }
  }
}
