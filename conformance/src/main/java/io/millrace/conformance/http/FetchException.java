package io.millrace.conformance.http;

import java.io.IOException;

/** Says that there was no answer within the limits, and which one it passed. */
public final class FetchException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String reason;

  public FetchException(String message) {
    super(message);
    this.reason = message;
  }

  public FetchException(String message, Throwable cause) {
    super(message, cause);
    this.reason = message;
  }

  /** What the message says. */
  public String reason() {
    return reason;
  }
}
