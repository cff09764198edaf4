package io.millrace.sdk;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Which of a channel's {@link ChannelSettings} to set: what is null stays as it is, or is the
 * default on a new channel. Begin with {@link #none}. The API checks the limits; a length with a
 * fraction of a millisecond is refused here.
 *
 * @param part the goal for a part; 200 ms by default
 * @param segment the goal for a segment; 2 s by default
 * @param window how far back viewers can go; 60 s by default
 * @param grace how long a lost publisher may come back; 30 s by default
 */
public record SettingsChange(
    @Nullable Duration part,
    @Nullable Duration segment,
    @Nullable Duration window,
    @Nullable Duration grace) {
  private static final Duration LONGEST = Duration.ofDays(365);
  private static final SettingsChange NONE = new SettingsChange(null, null, null, null);

  /**
   * Checks that the lengths are whole milliseconds.
   *
   * @throws IllegalArgumentException if one is not, is negative or above a year
   */
  public SettingsChange {
    requireMilliseconds("part", part);
    requireMilliseconds("segment", segment);
    requireMilliseconds("window", window);
    requireMilliseconds("grace", grace);
  }

  /** {@return a change of nothing} */
  public static SettingsChange none() {
    return NONE;
  }

  /**
   * Sets the goal for a part.
   *
   * @param part 50 ms to 5 s
   * @return this change with it
   */
  public SettingsChange withPart(Duration part) {
    return new SettingsChange(part, segment, window, grace);
  }

  /**
   * Sets the goal for a segment.
   *
   * @param segment at least one part, at most 6 s
   * @return this change with it
   */
  public SettingsChange withSegment(Duration segment) {
    return new SettingsChange(part, segment, window, grace);
  }

  /**
   * Sets how far back viewers can go.
   *
   * @param window at least six segments, at most 24 h
   * @return this change with it
   */
  public SettingsChange withWindow(Duration window) {
    return new SettingsChange(part, segment, window, grace);
  }

  /**
   * Sets how long a lost publisher may come back to the same broadcast.
   *
   * @param grace 0 to 1 h
   * @return this change with it
   */
  public SettingsChange withGrace(Duration grace) {
    return new SettingsChange(part, segment, window, grace);
  }

  private static void requireMilliseconds(String name, @Nullable Duration length) {
    if (length != null
        && (length.isNegative()
            || length.compareTo(LONGEST) > 0
            || !length.truncatedTo(ChronoUnit.MILLIS).equals(length))) {
      throw new IllegalArgumentException(
          "%s: %s (expected: a whole number of milliseconds, at most a year)"
              .formatted(name, length));
    }
  }
}
