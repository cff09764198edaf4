package io.millrace.conformance.hls;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** The attribute list of a tag (RFC 8216bis 4.2): names to values, quotes taken off. */
record Attributes(Map<String, String> values, String problem) {
  private static final Pattern NAME = Pattern.compile("[A-Z0-9-]+");
  private static final Pattern UNQUOTED = Pattern.compile("[^\\s\"]+");
  private static final Pattern INTEGER = Pattern.compile("[0-9]{1,18}");
  private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,9}(\\.[0-9]{0,12})?");
  private static final Attributes NONE = new Attributes(Map.of(), "");
  private static final BigDecimal NS_PER_SECOND = BigDecimal.valueOf(1_000_000_000L);

  static Attributes none() {
    return NONE;
  }

  /** Reads one; {@code problem} says what is wrong with it, and is empty where nothing is. */
  static Attributes read(String text) {
    Map<String, String> values = new LinkedHashMap<>();
    String problem = "";
    int at = 0;
    while (at < text.length()) {
      int equals = text.indexOf('=', at);
      if (equals < 0) {
        return new Attributes(values, "no = after \"%s\"".formatted(text.substring(at)));
      }
      String name = text.substring(at, equals);
      boolean quoted = equals + 1 < text.length() && text.charAt(equals + 1) == '"';
      int end = quoted ? text.indexOf('"', equals + 2) : text.indexOf(',', equals + 1);
      if (quoted && end < 0) {
        return new Attributes(values, "%s: no closing quote".formatted(name));
      }
      String value =
          quoted
              ? text.substring(equals + 2, end)
              : text.substring(equals + 1, end < 0 ? text.length() : end);
      if (!NAME.matcher(name).matches() || (!quoted && !UNQUOTED.matcher(value).matches())) {
        problem = "\"%s=%s\"".formatted(name, value);
      }
      if (values.put(name, value) != null) {
        problem = name + " twice";
      }
      at = end < 0 ? text.length() : quoted ? end + 1 : end;
      if (at < text.length()) {
        if (text.charAt(at) != ',' || at + 1 == text.length()) {
          return new Attributes(values, "\"%s\" after %s".formatted(text.substring(at), name));
        }
        at++;
      }
    }
    return new Attributes(values, problem);
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  /** Empty where there is none. */
  String get(String name) {
    return values.getOrDefault(name, "");
  }

  boolean isYes(String name) {
    return get(name).equals("YES");
  }

  /** A decimal-integer; empty where there is none. */
  OptionalLong integer(String name) {
    return integerOf(get(name));
  }

  static OptionalLong integerOf(String text) {
    return INTEGER.matcher(text).matches()
        ? OptionalLong.of(Long.parseLong(text))
        : OptionalLong.empty();
  }

  /** A decimal-floating-point of seconds, as ns; empty where there is none. */
  Optional<Long> secondsNs(String name) {
    return secondsNsOf(get(name));
  }

  static Optional<Long> secondsNsOf(String text) {
    if (!DECIMAL.matcher(text).matches()) {
      return Optional.empty();
    }
    return Optional.of(new BigDecimal(text).multiply(NS_PER_SECOND).longValue());
  }
}
