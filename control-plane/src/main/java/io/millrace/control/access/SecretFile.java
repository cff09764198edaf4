package io.millrace.control.access;

import io.millrace.control.ControlPlaneException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Keeps a secret in a file that only its owner reads, on a line of its own. */
public final class SecretFile {
  private static final int LEAST_LENGTH = 24;

  private SecretFile() {}

  /**
   * Reads the secret; makes one where the file does not exist.
   *
   * @param prefix tells what a new one is for
   * @throws ControlPlaneException where the file holds none
   */
  public static String readOrMake(Path file, String prefix) throws IOException {
    return Files.exists(file) ? read(file) : make(file, prefix);
  }

  static String read(Path file) throws IOException {
    String secret = Files.readString(file).strip();
    if (secret.length() < LEAST_LENGTH) {
      throw new ControlPlaneException(
          "%s: %d characters (expected: at least %d; remove the file to have one made)"
              .formatted(file, secret.length(), LEAST_LENGTH));
    }
    return secret;
  }

  private static String make(Path file, String prefix) throws IOException {
    String secret = Secrets.random(prefix);
    Path absolute = file.toAbsolutePath();
    Files.createDirectories(absolute.resolveSibling("."));
    Path next = absolute.resolveSibling(absolute.getFileName() + ".new");
    Files.deleteIfExists(next);
    Files.createFile(
        next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(next, (secret + "\n").getBytes(StandardCharsets.UTF_8));
    Files.move(next, absolute, StandardCopyOption.ATOMIC_MOVE);
    return secret;
  }
}
