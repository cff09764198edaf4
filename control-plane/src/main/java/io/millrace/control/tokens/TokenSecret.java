package io.millrace.control.tokens;

import io.millrace.control.ControlPlaneException;
import io.millrace.control.access.SecretFile;
import io.millrace.control.access.Secrets;
import io.millrace.control.token.TokenKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes the keys of viewers' tokens, each of a salt, which is in the database, and of a secret that
 * is in a file of its owner's: whoever reads the database or a copy of it has no key.
 */
public final class TokenSecret {
  private static final String PREFIX = "mts_";
  private static final String ALGORITHM = "HmacSHA256";
  private static final byte[] PURPOSE =
      "millrace viewers' token key".getBytes(StandardCharsets.US_ASCII);

  private final SecretKeySpec secret;

  private TokenSecret(String secret) {
    this.secret = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM);
  }

  /**
   * Reads the secret; makes one, readable by its owner only, where the file does not exist.
   *
   * @throws ControlPlaneException where the file holds no secret, or cannot be read or made
   */
  public static TokenSecret in(Path file) {
    try {
      return new TokenSecret(SecretFile.readOrMake(file, PREFIX));
    } catch (IOException e) {
      throw new ControlPlaneException(
          "the secret of viewers' tokens in %s cannot be read or written: %s".formatted(file, e),
          e);
    }
  }

  TokenKey key(int number, byte[] salt) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(secret);
      mac.update(PURPOSE);
      return new TokenKey(number, mac.doFinal(salt));
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("Every Java has " + ALGORITHM, e);
    }
  }

  /** What is kept of a key, to know it by. */
  static String hash(TokenKey key) {
    return Secrets.hash(HexFormat.of().formatHex(key.secret()));
  }
}
