package io.millrace.delivery.http;

/**
 * Holds a single byte range that fits a body (RFC 9110 14.1.2).
 *
 * @param first the first byte's position
 * @param length how many; 0: the range cannot be satisfied, 416
 */
record ByteRange(long first, long length) {
  private static final String UNIT = "bytes=";

  /** Reads a Range header; null where it is to be ignored: another unit, several ranges, wrong. */
  static @org.jspecify.annotations.Nullable ByteRange of(String header, long size) {
    if (!header.startsWith(UNIT) || header.indexOf(',') >= 0) {
      return null;
    }
    String range = header.substring(UNIT.length()).strip();
    int dash = range.indexOf('-');
    if (dash < 0) {
      return null;
    }
    long first = number(range.substring(0, dash));
    long last = number(range.substring(dash + 1));
    if (first == WRONG || last == WRONG || (first == ABSENT && last == ABSENT)) {
      return null;
    }
    if (first == ABSENT) {
      long length = Math.min(last, size);
      return new ByteRange(size - length, length);
    }
    if (last != ABSENT && last < first) {
      return null;
    }
    if (first >= size) {
      return new ByteRange(0, 0);
    }
    long end = last == ABSENT ? size - 1 : Math.min(last, size - 1);
    return new ByteRange(first, end - first + 1);
  }

  private static final long ABSENT = -1;
  private static final long WRONG = -2;

  private static long number(String text) {
    if (text.isEmpty()) {
      return ABSENT;
    }
    if (text.length() > 18) {
      return WRONG;
    }
    long number = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return WRONG;
      }
      number = number * 10 + (c - '0');
    }
    return number;
  }
}
