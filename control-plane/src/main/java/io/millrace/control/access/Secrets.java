package io.millrace.control.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Makes secrets that cannot be guessed (160 bits), and the hashes that are kept of them. A hash
 * that is slow to compute would add nothing: there is no dictionary of such secrets.
 */
public final class Secrets {
  private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
  private static final int LENGTH = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  private Secrets() {}

  /** A secret that tells by its prefix what it is for: {@code mk_…}. */
  public static String random(String prefix) {
    byte[] bytes = new byte[LENGTH];
    RANDOM.nextBytes(bytes);
    StringBuilder secret = new StringBuilder(prefix);
    for (byte each : bytes) {
      secret.append(ALPHABET.charAt(each & 31));
    }
    return secret.toString();
  }

  /** SHA-256 in lower-case hexadecimal. */
  public static String hash(String secret) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  /** Compares in a time that tells nothing about where two hashes differ. */
  public static boolean sameHash(String one, String other) {
    return MessageDigest.isEqual(
        one.getBytes(StandardCharsets.US_ASCII), other.getBytes(StandardCharsets.US_ASCII));
  }
}
