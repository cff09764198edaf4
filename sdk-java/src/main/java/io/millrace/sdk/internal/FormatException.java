package io.millrace.sdk.internal;

import org.jspecify.annotations.Nullable;

/** What came is not what the API sends; the message says where and what was expected. */
final class FormatException extends RuntimeException {
  private static final long serialVersionUID = 1;

  FormatException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  FormatException(String message) {
    this(message, null);
  }
}
