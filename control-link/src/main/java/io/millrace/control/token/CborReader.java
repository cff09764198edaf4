package io.millrace.control.token;

/**
 * Reads CBOR (RFC 8949) where it lies, as far as tokens need it, and strictly: lengths are definite
 * and in their shortest form (4.2.1), numbers fit 63 bits. Confined to one thread; used again for
 * the next text.
 */
final class CborReader {
  /** What was read is not such. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1;

    Malformed(String message) {
      // Strangers cause them: without a stack trace they cost little.
      super(message, null, /* enableSuppression= */ false, /* writableStackTrace= */ false);
    }
  }

  /** The kinds of items, RFC 8949 3.1. */
  static final int UNSIGNED = 0;

  static final int NEGATIVE = 1;
  static final int BYTES = 2;
  static final int TEXT = 3;
  static final int ARRAY = 4;
  static final int MAP = 5;
  static final int TAG = 6;

  private static final long BEYOND_INT = 1L << 32;

  private final byte[] in;
  private int at;
  private int end;

  CborReader(byte[] in) {
    this.in = in;
  }

  /** Begins at {@code from}; nothing at or after {@code to} is read. */
  void begin(int from, int to) {
    at = from;
    end = to;
  }

  int position() {
    return at;
  }

  boolean isAtEnd() {
    return at == end;
  }

  /** What comes next. */
  int kind() throws Malformed {
    if (at >= end) {
      throw new Malformed("nothing more");
    }
    return (in[at] & 0xFF) >> 5;
  }

  /** The number of an item of that kind: a value, a length, a count. */
  private long number(int kind) throws Malformed {
    if (kind() != kind) {
      throw new Malformed("another kind");
    }
    int low = in[at++] & 0x1F;
    if (low < 24) {
      return low;
    }
    if (low > 27) {
      throw new Malformed("an indefinite length");
    }
    int bytes = 1 << (low - 24);
    if (end - at < bytes) {
      throw new Malformed("cut");
    }
    long number = 0;
    for (int i = 0; i < bytes; i++) {
      number = number << 8 | (in[at++] & 0xFF);
    }
    long least = low == 24 ? 24 : low == 27 ? BEYOND_INT : 1L << (4 * bytes);
    if (number < least) {
      throw new Malformed("a longer form than needed");
    }
    return number;
  }

  /** A count, of things of at least {@code least} bytes each. */
  private int count(int kind, int least) throws Malformed {
    long count = number(kind);
    if (count > (end - at) / least) {
      throw new Malformed("cut");
    }
    return (int) count;
  }

  long unsigned() throws Malformed {
    return number(UNSIGNED);
  }

  /** A whole number, of either sign. */
  long integer() throws Malformed {
    return kind() == NEGATIVE ? -1 - number(NEGATIVE) : number(UNSIGNED);
  }

  long tag() throws Malformed {
    return number(TAG);
  }

  int array() throws Malformed {
    return count(ARRAY, 1);
  }

  /** How many pairs follow. */
  int map() throws Malformed {
    return count(MAP, 2);
  }

  /** Goes to the bytes of a byte string and returns how many there are: {@link #skip} them. */
  int bytes() throws Malformed {
    return count(BYTES, 1);
  }

  void skip(int length) {
    at += length;
  }

  /** A text of ASCII without control characters, at most so long. */
  String text(int most) throws Malformed {
    int length = count(TEXT, 1);
    if (length > most) {
      throw new Malformed("a text that is too long");
    }
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      byte each = in[at++];
      if (each < ' ' || each == 0x7F) {
        throw new Malformed("a character beyond ASCII");
      }
      text.append((char) each);
    }
    return text.toString();
  }
}
