package io.millrace.control.database;

import org.jspecify.annotations.Nullable;

/** Says that the database cannot be started or reached; the message names no secret. */
public final class DatabaseException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public DatabaseException(String message) {
    super(message);
  }

  public DatabaseException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
