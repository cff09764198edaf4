package io.millrace.control.link;

/** Says that the control link cannot start. */
public final class ControlLinkException extends RuntimeException {
  private static final long serialVersionUID = 1;

  ControlLinkException(String message, Throwable cause) {
    super(message, cause);
  }
}
