package io.millrace.conformance;

import static java.util.Objects.requireNonNull;

/**
 * One place where a stream breaks a rule.
 *
 * @param where address, with the line or the box
 * @param seen the value that was found
 * @param expected what the rule wants there
 */
public record Finding(Rule rule, String where, String seen, String expected) {
  /** What a server sent can be long; a report is read by people. */
  private static final int MAX_CHARACTERS = 400;

  public Finding {
    requireNonNull(rule, "rule");
    where = printable(where);
    seen = printable(seen);
    expected = printable(expected);
  }

  /** Without characters that could steer a terminal. */
  private static String printable(String text) {
    String cut = text.length() > MAX_CHARACTERS ? text.substring(0, MAX_CHARACTERS) + "…" : text;
    return cut.replaceAll("\\p{Cntrl}", "·");
  }

  @Override
  public String toString() {
    return "%s %s: %s (expected: %s)".formatted(rule.id(), where, seen, expected);
  }
}
