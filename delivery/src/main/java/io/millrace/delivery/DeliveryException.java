package io.millrace.delivery;

/** Says that the server for viewers cannot run. */
public final class DeliveryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public DeliveryException(String message, Throwable cause) {
    super(message, cause);
  }
}
