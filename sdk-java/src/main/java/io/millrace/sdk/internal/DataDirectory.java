package io.millrace.sdk.internal;

import io.millrace.sdk.DataDirectoryException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Reads from a control plane's data directory where its API is and which token it takes.
 *
 * @param api the address
 * @param token the administrator's
 */
public record DataDirectory(URI api, String token) {
  private static final int MOST_BYTES = 64 * 1024;

  /** Reads a directory; throws a {@link DataDirectoryException} where it does not say. */
  public static DataDirectory read(Path directory) {
    Path endpoints = directory.resolve("endpoints.json");
    try {
      URI api = Json.object(bytes(endpoints)).object("addresses").object("control").uri("url");
      String token =
          new String(bytes(directory.resolve("admin-token")), StandardCharsets.UTF_8).strip();
      return new DataDirectory(api, token);
    } catch (NoSuchFileException e) {
      throw new DataDirectoryException(
          "%s: no control plane runs on it: %s is not there".formatted(directory, e.getMessage()),
          e);
    } catch (IOException e) {
      throw new DataDirectoryException(
          "%s: cannot be read: %s %s"
              .formatted(directory, e.getClass().getSimpleName(), e.getMessage()),
          e);
    } catch (FormatException e) {
      throw new DataDirectoryException(
          "%s: names no control plane: %s".formatted(endpoints, e.getMessage()), e);
    }
  }

  private static byte[] bytes(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new IOException(file + " has more than " + MOST_BYTES + " bytes");
      }
      return bytes;
    }
  }

  /** Leaves the token out. */
  @Override
  public String toString() {
    return "DataDirectory[api=%s]".formatted(api);
  }
}
