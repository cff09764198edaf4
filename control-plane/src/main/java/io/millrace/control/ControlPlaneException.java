package io.millrace.control;

/** Says that the control plane cannot start. */
public final class ControlPlaneException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public ControlPlaneException(String message) {
    super(message);
  }

  public ControlPlaneException(String message, Throwable cause) {
    super(message, cause);
  }
}
