package io.millrace.media.dash;

import java.time.Instant;
import java.time.format.DateTimeFormatter;

/** Writes durations and instants as XML Schema has them. */
final class DashTime {
  private static final long NS_PER_MS = 1_000_000L;
  private static final long NS_PER_SECOND = 1_000_000_000L;

  private DashTime() {}

  /** An xs:duration in seconds, with as many decimals as it has. */
  static String duration(long ns) {
    return "PT" + seconds(ns) + "S";
  }

  /** Seconds, with as many decimals as there are. */
  static String seconds(long ns) {
    StringBuilder text = new StringBuilder(24).append(ns / NS_PER_SECOND);
    long rest = ns % NS_PER_SECOND;
    if (rest > 0) {
      text.append('.').append(Long.toString(NS_PER_SECOND + rest), 1, 10);
      while (text.charAt(text.length() - 1) == '0') {
        text.setLength(text.length() - 1);
      }
    }
    return text.toString();
  }

  /** An xs:dateTime in UTC, with as many decimals as it has, in steps of three. */
  static String instant(long utcNs) {
    return DateTimeFormatter.ISO_INSTANT.format(
        Instant.ofEpochSecond(
            Math.floorDiv(utcNs, NS_PER_SECOND), Math.floorMod(utcNs, NS_PER_SECOND)));
  }

  /** The same, cut to the millisecond: some players read no more. */
  static String instantMs(long utcNs) {
    return instant(Math.floorDiv(utcNs, NS_PER_MS) * NS_PER_MS);
  }
}
