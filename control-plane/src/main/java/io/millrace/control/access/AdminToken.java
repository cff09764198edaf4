package io.millrace.control.access;

import io.millrace.control.ControlPlaneException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Knows the administrator's token by its hash. The token itself is in a file of its owner's. */
public final class AdminToken {
  private static final String PREFIX = "mat_";

  private final String hash;

  private AdminToken(String hash) {
    this.hash = hash;
  }

  /**
   * Reads the token; makes one, readable by its owner only, where the file does not exist.
   *
   * @throws ControlPlaneException where the file holds no token, or cannot be read or made
   */
  public static AdminToken in(Path file) {
    try {
      return new AdminToken(Secrets.hash(SecretFile.readOrMake(file, PREFIX)));
    } catch (IOException e) {
      throw new ControlPlaneException(
          "the administrator's token in %s cannot be read or written: %s".formatted(file, e), e);
    }
  }

  /**
   * Looks at the file without making one.
   *
   * @return what is wrong with it, with the mend; empty where it can be used or does not exist
   */
  public static Optional<String> trouble(Path file) {
    try {
      if (Files.exists(file)) {
        var _ = SecretFile.read(file);
      }
      return Optional.empty();
    } catch (ControlPlaneException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return Optional.of("cannot be read: " + e);
    }
  }

  public boolean is(String token) {
    return Secrets.sameHash(hash, Secrets.hash(token));
  }

  String hash() {
    return hash;
  }
}
