package io.millrace.server.check;

/**
 * What one look told.
 *
 * @param name what was looked at
 * @param result how it is
 * @param detail what was seen
 * @param mend what to do; empty where nothing is wrong
 */
public record Finding(String name, Result result, String detail, String mend) {
  /** Says whether the thing is right. */
  public enum Result {
    OK,
    WARNING,
    ERROR
  }

  static Finding ok(String name, String detail) {
    return new Finding(name, Result.OK, detail, "");
  }

  static Finding warning(String name, String detail, String mend) {
    return new Finding(name, Result.WARNING, detail, mend);
  }

  static Finding error(String name, String detail, String mend) {
    return new Finding(name, Result.ERROR, detail, mend);
  }
}
