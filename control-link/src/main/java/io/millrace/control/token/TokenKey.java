package io.millrace.control.token;

import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Objects;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Holds a secret that tokens are made and checked with, and the number that tokens name it by.
 *
 * <p>Tells nobody the secret: neither {@link #toString} nor a message has it.
 */
public final class TokenKey {
  /** The shortest secret, bytes: what the hash function gives (RFC 2104 3). */
  public static final int LEAST_SECRET_BYTES = 32;

  private static final int MOST_SECRET_BYTES = 256;
  private static final String ALGORITHM = "HmacSHA256";

  private final int number;
  private final SecretKeySpec secret;

  /**
   * Takes a copy of {@code secret}.
   *
   * @param number 1 to 255
   * @param secret 32 to 256 bytes of chance
   */
  public TokenKey(int number, byte[] secret) {
    Objects.requireNonNull(secret, "secret");
    if (number < 1 || number > 255) {
      throw new IllegalArgumentException("number: " + number + " (expected: 1..255)");
    }
    if (secret.length < LEAST_SECRET_BYTES || secret.length > MOST_SECRET_BYTES) {
      throw new IllegalArgumentException(
          "secret: %d bytes (expected: %d..%d)"
              .formatted(secret.length, LEAST_SECRET_BYTES, MOST_SECRET_BYTES));
    }
    this.number = number;
    this.secret = new SecretKeySpec(secret, ALGORITHM);
  }

  public int number() {
    return number;
  }

  /** A copy of the secret, for whoever hands the key on. */
  public byte[] secret() {
    return secret.getEncoded();
  }

  /** A new one for each thread: it has a state. */
  Mac mac() {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(secret);
      return mac;
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException(ALGORITHM + " is part of every JDK", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TokenKey that && number == that.number && secret.equals(that.secret);
  }

  @Override
  public int hashCode() {
    return 31 * number + secret.hashCode();
  }

  @Override
  public String toString() {
    return "key " + number;
  }
}
