package io.millrace.conformance;

/** Says that a stream cannot be checked at all: its address gives nothing to read. */
public final class ConformanceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ConformanceException(String message) {
    super(message);
  }

  public ConformanceException(String message, Throwable cause) {
    super(message, cause);
  }
}
