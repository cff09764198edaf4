package io.millrace.delivery.http;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Gives the Date header's value, written anew once a second. Confined to an event loop. */
final class HttpDate {
  private static final DateTimeFormatter IMF_FIXDATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final Clock clock;
  private long second = Long.MIN_VALUE;
  private String text = "";

  HttpDate(Clock clock) {
    this.clock = clock;
  }

  /** Unix time in seconds; {@link #text} is its text. */
  long second() {
    long now = Math.floorDiv(clock.millis(), 1_000L);
    if (now != second) {
      second = now;
      text = IMF_FIXDATE.format(Instant.ofEpochSecond(now));
    }
    return second;
  }

  String text() {
    second();
    return text;
  }

  /** The time to the millisecond for {@code /time}. */
  String isoNow() {
    return DateTimeFormatter.ISO_INSTANT.format(Instant.ofEpochMilli(clock.millis()));
  }
}
