package io.millrace.sdk;

import org.jspecify.annotations.Nullable;

/**
 * What answered does not speak the API: its answer is not HTTP, not JSON, too large, lacks
 * something that the API always gives, redirects to somewhere else, or is an error without a
 * problem document, such as a proxy's. The address may be wrong, or something between is.
 */
public final class MalformedAnswerException extends MillraceException {
  private static final long serialVersionUID = 1;

  private final int status;

  /**
   * Made by the client; public for the tests of those who use it.
   *
   * @param message what is wrong with the answer
   * @param status the HTTP status; 0 where there was none
   * @param cause what it comes from; null where it comes from nothing else
   */
  public MalformedAnswerException(String message, int status, @Nullable Throwable cause) {
    super(message, cause);
    this.status = status;
  }

  /** {@return the HTTP status of the answer; 0 where there was none} */
  public int status() {
    return status;
  }
}
