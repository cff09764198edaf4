package io.millrace.sdk;

import org.jspecify.annotations.Nullable;

/**
 * There was no connection, or no complete answer, within the time that the client was built with.
 */
public final class TimedOutException extends MillraceException {
  private static final long serialVersionUID = 1;

  /**
   * Made by the client; public for the tests of those who use it.
   *
   * @param message what happened
   * @param cause what it comes from; null where it comes from nothing else
   */
  public TimedOutException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
