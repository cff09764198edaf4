package io.millrace.delivery.reload;

/**
 * Holds the delivery directives of a playlist request (RFC 8216bis 6.2.5).
 *
 * @param msn {@code _HLS_msn}; below 0: absent
 * @param part {@code _HLS_part}; below 0: absent
 * @param skip what {@code _HLS_skip} asks to be left out
 * @param error what is wrong with them; empty where nothing is
 */
public record ReloadDirectives(long msn, int part, Skip skip, String error) {
  public static final ReloadDirectives NONE = new ReloadDirectives(-1, -1, Skip.NOTHING, "");

  /** Says what a delta update leaves out (RFC 8216bis 6.2.5.1). */
  public enum Skip {
    NOTHING,
    SEGMENTS,
    SEGMENTS_AND_DATE_RANGES
  }

  private static final String MSN = "_HLS_msn";
  private static final String PART = "_HLS_part";
  private static final String SKIP = "_HLS_skip";

  /** Digits that any number of a playlist fits in. */
  private static final int MOST_DIGITS = 18;

  /** Reads the directives out of a query; whatever else is there is ignored. */
  public static ReloadDirectives parse(String query) {
    if (query.indexOf("_HLS_") < 0) {
      return NONE;
    }
    long msn = -1;
    long part = -1;
    Skip skip = Skip.NOTHING;
    for (int from = 0; from < query.length(); ) {
      int end = query.indexOf('&', from);
      end = end < 0 ? query.length() : end;
      int equals = query.indexOf('=', from);
      int nameEnd = equals < 0 || equals > end ? end : equals;
      String name = query.substring(from, nameEnd);
      String value = nameEnd == end ? "" : query.substring(nameEnd + 1, end);
      switch (name) {
        case MSN -> msn = number(value);
        case PART -> part = number(value);
        case SKIP -> skip = skip(value);
        default -> {}
      }
      if (msn == WRONG || part == WRONG) {
        return wrong(name + ": " + shortened(value) + " (expected: a whole number from 0)");
      }
      from = end + 1;
    }
    if (part >= 0 && msn < 0) {
      return wrong("_HLS_part without _HLS_msn");
    }
    return new ReloadDirectives(msn, (int) Math.min(part, Integer.MAX_VALUE), skip, "");
  }

  private static Skip skip(String value) {
    return switch (value) {
      case "YES" -> Skip.SEGMENTS;
      case "v2" -> Skip.SEGMENTS_AND_DATE_RANGES;
      default -> Skip.NOTHING;
    };
  }

  private static final long WRONG = -2;

  private static long number(String value) {
    if (value.isEmpty() || value.length() > MOST_DIGITS) {
      return WRONG;
    }
    long number = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < '0' || c > '9') {
        return WRONG;
      }
      number = number * 10 + (c - '0');
    }
    return number;
  }

  private static ReloadDirectives wrong(String error) {
    return new ReloadDirectives(-1, -1, Skip.NOTHING, error);
  }

  private static String shortened(String value) {
    return value.length() <= 24 ? value : value.substring(0, 24) + "…";
  }

  /** What the request asks for of a playlist that has no parts: a whole segment. */
  public ReloadDirectives withoutPart() {
    return part < 0 ? this : new ReloadDirectives(msn, -1, skip, error);
  }

  /** Whether the request waits until the playlist has something. */
  public boolean isBlocking() {
    return msn >= 0;
  }
}
