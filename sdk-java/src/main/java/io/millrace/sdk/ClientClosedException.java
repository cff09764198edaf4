package io.millrace.sdk;

import org.jspecify.annotations.Nullable;

/** The client was closed, before the call or while it waited for the answer. */
public final class ClientClosedException extends MillraceException {
  private static final long serialVersionUID = 1;

  /**
   * Made by the client; public for the tests of those who use it.
   *
   * @param message what happened
   * @param cause what it comes from; null where it comes from nothing else
   */
  public ClientClosedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
