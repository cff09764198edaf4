package io.millrace.ingest;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Holds a stream key, the secret that lets someone publish. Its text form never tells the secret.
 *
 * <p>Keys are looked up by their SHA-256, so no comparison depends on how much of a guess is right.
 */
public final class StreamKey {
  private final String hash;
  private final boolean empty;

  private StreamKey(String secret) {
    this.hash = sha256(secret);
    this.empty = secret.isEmpty();
  }

  public static StreamKey of(String secret) {
    return new StreamKey(secret);
  }

  /** SHA-256 of the key's UTF-8, 64 lower-case hexadecimal digits. */
  public String hash() {
    return hash;
  }

  /** True where the publisher gave no key at all. */
  public boolean isEmpty() {
    return empty;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StreamKey that && hash.equals(that.hash);
  }

  @Override
  public int hashCode() {
    return hash.hashCode();
  }

  @Override
  public String toString() {
    return empty ? "StreamKey[none]" : "StreamKey[secret]";
  }

  private static String sha256(String secret) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(secret.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
