package io.millrace.control.channels;

import io.millrace.control.http.JsonBody;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Reads the attributes of a date range that clients may give it, and writes them as playlists have
 * them (RFC 8216bis 4.4.5.1 and appendix D): {@code X-} names, SCTE-35 messages and CUE.
 */
final class DateRangeAttributes {
  private static final String FIELD = "attributes";
  private static final int MOST = 16;
  private static final int MOST_NAME = 100;
  private static final int MOST_VALUE = 1_024;

  /** The longest splice_info_section has 4,096 bytes (SCTE 35 9.6). */
  private static final int MOST_SCTE35 = 2 + 2 * 4_096;

  private static final int MOST_ALL = 16_384;
  private static final int MOST_DECIMALS = 9;
  private static final BigDecimal MOST_NUMBER = BigDecimal.valueOf(1_000_000_000_000_000L);

  private static final Pattern CLIENT_NAME = Pattern.compile("X-[A-Z0-9-]+");
  private static final Pattern HEXADECIMAL = Pattern.compile("0[xX](?:[0-9A-Fa-f]{2})+");
  private static final Set<String> SCTE35 = Set.of("SCTE35-CMD", "SCTE35-OUT", "SCTE35-IN");
  private static final String CUE = "CUE";
  private static final Set<String> CUES = Set.of("PRE", "POST", "ONCE");
  private static final String INTERSTITIAL = "com.apple.hls.interstitial";

  private DateRangeAttributes() {}

  /**
   * The attributes by name, as they will stand: strings, those of hexadecimal digits in upper case,
   * and numbers without zeros at their end. Errors are left with the body.
   */
  static Map<String, Object> read(JsonBody body, String rangeClass) {
    Map<String, Object> read = new TreeMap<>();
    Map<String, Object> given = body.values(FIELD);
    if (given.size() > MOST) {
      body.error(FIELD, "%d of them (expected: at most %d)".formatted(given.size(), MOST));
      return read;
    }
    given.forEach(
        (name, value) -> {
          String error = nameError(name);
          if (error.isEmpty()) {
            error = value instanceof BigDecimal number ? error(name, number) : error(name, value);
          }
          if (error.isEmpty()) {
            read.put(name, normal(value));
          } else {
            String shown = name.length() <= MOST_NAME ? name : name.substring(0, MOST_NAME);
            body.error(FIELD + "." + shown, error);
          }
        });
    requireInterstitial(body, rangeClass, given.keySet());
    int all = written(read).values().stream().mapToInt(String::length).sum();
    if (all > MOST_ALL) {
      body.error(FIELD, "%d characters together (expected: at most %d)".formatted(all, MOST_ALL));
    }
    return read;
  }

  /** As the playlist has them: quoted strings, hexadecimal sequences and decimal numbers. */
  static Map<String, String> written(Map<String, Object> attributes) {
    Map<String, String> written = new HashMap<>();
    attributes.forEach(
        (name, value) ->
            written.put(
                name,
                value instanceof BigDecimal number
                    ? number.toPlainString()
                    : isHexadecimal(value) ? value.toString() : "\"" + value + "\""));
    return written;
  }

  private static boolean isHexadecimal(Object value) {
    return HEXADECIMAL.matcher(value.toString()).matches();
  }

  private static Object normal(Object value) {
    if (value instanceof BigDecimal number) {
      // Not of a negative scale: that is written with an exponent.
      BigDecimal plain = number.stripTrailingZeros();
      return plain.scale() < 0 ? plain.setScale(0) : plain;
    }
    return isHexadecimal(value)
        ? "0x" + value.toString().substring(2).toUpperCase(Locale.ROOT)
        : value;
  }

  private static String nameError(String name) {
    boolean known =
        SCTE35.contains(name)
            || name.equals(CUE)
            || (name.length() <= MOST_NAME && CLIENT_NAME.matcher(name).matches());
    return known
        ? ""
        : "not an attribute to be set (expected: X- and A-Z, 0-9 and -, at most %d characters;"
                .formatted(MOST_NAME)
            + " SCTE35-CMD, SCTE35-OUT, SCTE35-IN or CUE)";
  }

  private static String error(String name, BigDecimal number) {
    if (!CLIENT_NAME.matcher(name).matches()) {
      return "%s (expected: a string)".formatted(JsonBody.shown(number));
    }
    boolean possible =
        number.signum() >= 0
            && number.compareTo(MOST_NUMBER) <= 0
            && number.stripTrailingZeros().scale() <= MOST_DECIMALS;
    return possible
        ? ""
        : "%s (expected: 0 to %d with at most %d decimals, or a string)"
            .formatted(JsonBody.shown(number), MOST_NUMBER.longValue(), MOST_DECIMALS);
  }

  private static String error(String name, Object given) {
    String value = given.toString();
    if (SCTE35.contains(name)) {
      return value.length() <= MOST_SCTE35 && isHexadecimal(value)
          ? ""
          : ("%s (expected: 0x and the hexadecimal digits of a whole splice_info_section, an even"
                  + " number, at most %d characters)")
              .formatted(JsonBody.shown(value), MOST_SCTE35);
    }
    if (name.equals(CUE)) {
      List<String> cues = List.of(value.split(",", -1));
      boolean possible =
          CUES.containsAll(cues)
              && cues.stream().distinct().count() == cues.size()
              && !(cues.contains("PRE") && cues.contains("POST"));
      return possible
          ? ""
          : "%s (expected: PRE or POST, and ONCE, with a comma between them)"
              .formatted(JsonBody.shown(value));
    }
    boolean possible =
        value.length() <= MOST_VALUE
            && value.chars().noneMatch(c -> c == '"' || endsLine(c))
            && StandardCharsets.UTF_8.newEncoder().canEncode(value);
    return possible
        ? ""
        : "%s (expected: at most %d characters on one line, without quotation marks)"
            .formatted(JsonBody.shown(value), MOST_VALUE);
  }

  /** Unicode's own ends of lines are such to the regular expressions of players. */
  private static boolean endsLine(int c) {
    return Character.isISOControl(c)
        || Character.getType(c) == Character.LINE_SEPARATOR
        || Character.getType(c) == Character.PARAGRAPH_SEPARATOR;
  }

  /** An interstitial has one of two addresses (RFC 8216bis appendix D.2). */
  private static void requireInterstitial(JsonBody body, String rangeClass, Set<String> names) {
    if (rangeClass.equals(INTERSTITIAL)
        && names.contains("X-ASSET-URI") == names.contains("X-ASSET-LIST")) {
      body.error(
          FIELD, "an interstitial needs X-ASSET-URI or X-ASSET-LIST (expected: one of the two)");
    }
  }
}
