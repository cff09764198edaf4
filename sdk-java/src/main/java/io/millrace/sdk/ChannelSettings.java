package io.millrace.sdk;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * The lengths that a channel's broadcasts are made with, each in whole milliseconds.
 *
 * @param part the goal for a part, the smallest piece that viewers get: 50 ms to 5 s
 * @param segment the goal for a segment: at least one part, at most 6 s
 * @param window how far back viewers can go: at least six segments, at most 24 h
 * @param grace how long a lost publisher may come back to the same broadcast: at most 1 h
 */
public record ChannelSettings(Duration part, Duration segment, Duration window, Duration grace) {
  /** Checks that nothing is missing. */
  public ChannelSettings {
    requireNonNull(part, "part");
    requireNonNull(segment, "segment");
    requireNonNull(window, "window");
    requireNonNull(grace, "grace");
  }
}
