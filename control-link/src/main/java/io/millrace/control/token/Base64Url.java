package io.millrace.control.token;

import java.util.Arrays;

/**
 * Reads base64url without padding (RFC 4648 5) where it lies, and strictly: what would be read the
 * same as another text is refused (3.5).
 */
final class Base64Url {
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  private static final byte NONE = -1;
  private static final byte[] VALUES = new byte[128];

  static {
    Arrays.fill(VALUES, NONE);
    for (int i = 0; i < ALPHABET.length(); i++) {
      VALUES[ALPHABET.charAt(i)] = (byte) i;
    }
  }

  private Base64Url() {}

  /**
   * Reads the characters {@code from} to {@code to} into {@code into} from its beginning.
   *
   * @return how many bytes it was; below 0: it is no such text, or {@code into} too small
   */
  static int decode(String text, int from, int to, byte[] into) {
    int length = to - from;
    int bytes = (int) (length * 6L / 8);
    if (length % 4 == 1 || bytes > into.length) {
      return -1;
    }
    int bits = 0;
    int pending = 0;
    int out = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      int value = c < VALUES.length ? VALUES[c] : NONE;
      if (value < 0) {
        return -1;
      }
      pending = (pending << 6) | value;
      bits += 6;
      if (bits >= 8) {
        bits -= 8;
        into[out++] = (byte) (pending >> bits);
        pending &= (1 << bits) - 1;
      }
    }
    return pending == 0 ? bytes : -1;
  }
}
