package io.millrace.conformance.mp4;

/** Says that bytes are not the boxes they should be; the message names box, value, expectation. */
public final class MalformedBoxException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String box;
  private final String seen;
  private final String expected;

  MalformedBoxException(String box, String seen, String expected) {
    super("%s: %s (expected: %s)".formatted(box, seen, expected));
    this.box = box;
    this.seen = seen;
    this.expected = expected;
  }

  /** The box, with its offset. */
  public String box() {
    return box;
  }

  public String seen() {
    return seen;
  }

  public String expected() {
    return expected;
  }
}
