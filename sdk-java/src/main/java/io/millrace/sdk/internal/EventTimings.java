package io.millrace.sdk.internal;

import java.time.Duration;

/**
 * When watching takes a connection for dead, and when it tries again.
 *
 * @param mostSilence after what time without a byte; the API sends one every 10 s
 * @param firstDelay before the second attempt, until the API says another
 * @param mostDelay before any attempt
 */
public record EventTimings(Duration mostSilence, Duration firstDelay, Duration mostDelay) {
  public static final EventTimings DEFAULT =
      new EventTimings(Duration.ofSeconds(30), Duration.ofSeconds(1), Duration.ofSeconds(30));
}
