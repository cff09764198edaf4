package io.millrace.control.access;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Knows the administrator's token by its hash. The token itself is in a file of its owner's. */
public final class AdminToken {
  private static final String PREFIX = "mat_";
  private static final int LEAST_LENGTH = 24;

  private final String hash;

  private AdminToken(String hash) {
    this.hash = hash;
  }

  /** Reads the token; makes one, readable by its owner only, where the file does not exist. */
  public static AdminToken in(Path file) {
    try {
      return new AdminToken(Secrets.hash(read(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The administrator's token in " + file + " cannot be read or written", e);
    }
  }

  public boolean is(String token) {
    return Secrets.sameHash(hash, Secrets.hash(token));
  }

  String hash() {
    return hash;
  }

  private static String read(Path file) throws IOException {
    try {
      String token = Files.readString(file).strip();
      if (token.length() < LEAST_LENGTH) {
        throw new IOException(
            "%s: %d characters (expected: at least %d; remove the file to have one made)"
                .formatted(file, token.length(), LEAST_LENGTH));
      }
      return token;
    } catch (NoSuchFileException e) {
      return make(file);
    }
  }

  private static String make(Path file) throws IOException {
    String token = Secrets.random(PREFIX);
    Path absolute = file.toAbsolutePath();
    Files.createDirectories(absolute.resolveSibling("."));
    Path next = absolute.resolveSibling(absolute.getFileName() + ".new");
    Files.deleteIfExists(next);
    Files.createFile(
        next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(next, (token + "\n").getBytes(StandardCharsets.UTF_8));
    Files.move(next, absolute, StandardCopyOption.ATOMIC_MOVE);
    return token;
  }
}
