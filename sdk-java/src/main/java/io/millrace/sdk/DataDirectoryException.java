package io.millrace.sdk;

import org.jspecify.annotations.Nullable;

/**
 * A data directory does not tell where the API is and which token it takes: no control plane runs
 * on it, or this user may not read it.
 */
public final class DataDirectoryException extends MillraceException {
  private static final long serialVersionUID = 1;

  /**
   * Made by the client; public for the tests of those who use it.
   *
   * @param message what happened
   * @param cause what it comes from; null where it comes from nothing else
   */
  public DataDirectoryException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
