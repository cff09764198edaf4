package io.millrace.sdk;

import org.jspecify.annotations.Nullable;

/**
 * The thread that waited for an answer was interrupted. It is marked as interrupted still, and the
 * request was cancelled, if it was not sent already.
 */
public final class CallInterruptedException extends MillraceException {
  private static final long serialVersionUID = 1;

  /**
   * Made by the client; public for the tests of those who use it.
   *
   * @param message what happened
   * @param cause what it comes from; null where it comes from nothing else
   */
  public CallInterruptedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
