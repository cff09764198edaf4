package io.millrace.media;

/**
 * Says that bytes from outside are not what their format prescribes. The peer's mistake, never
 * ours: the message names the field, its value and what was expected.
 */
public final class MalformedMediaException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public MalformedMediaException(String message) {
    super(message);
  }

  /** {@code name: value (expected: expectation)}. */
  public static MalformedMediaException of(String name, long value, String expectation) {
    return new MalformedMediaException(name + ": " + value + " (expected: " + expectation + ")");
  }
}
