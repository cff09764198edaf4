package io.millrace.sdk;

import org.jspecify.annotations.Nullable;

/**
 * There was no answer, or only the beginning of one: nobody listens at the address, the name cannot
 * be resolved, or the connection broke. Its cause is an {@link java.io.IOException}.
 */
public final class TransportException extends MillraceException {
  private static final long serialVersionUID = 1;

  /**
   * Made by the client; public for the tests of those who use it.
   *
   * @param message what happened
   * @param cause what it comes from; null where it comes from nothing else
   */
  public TransportException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
