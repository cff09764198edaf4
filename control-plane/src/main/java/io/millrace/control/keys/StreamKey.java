package io.millrace.control.keys;

import io.millrace.control.access.Secrets;

/**
 * A new stream key.
 *
 * @param value the secret
 */
public record StreamKey(String value) {
  private static final String PREFIX = "mk_";
  private static final int HINT_LENGTH = PREFIX.length() + 4;

  public static StreamKey random() {
    return new StreamKey(Secrets.random(PREFIX));
  }

  public String hash() {
    return Secrets.hash(value);
  }

  /** The first characters, to tell keys apart; far too few to guess the rest. */
  public String hint() {
    return value.substring(0, HINT_LENGTH) + "…";
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "StreamKey[" + hint() + "]";
  }
}
