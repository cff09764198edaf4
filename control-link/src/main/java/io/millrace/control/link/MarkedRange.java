package io.millrace.control.link;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/**
 * A date range that the playlists of a channel's broadcast are to have (EXT-X-DATERANGE, RFC
 * 8216bis 4.4.5.1).
 *
 * @param id names no other range of the broadcast
 * @param rangeClass CLASS; empty: none
 * @param startUtcNs UTC, Unix nanoseconds
 * @param durationNs below 0: not known, and the range ends with the broadcast
 * @param attributes all others, by name, with their values as they stand in the playlist
 */
public record MarkedRange(
    UUID channel,
    String id,
    String rangeClass,
    long startUtcNs,
    long durationNs,
    Map<String, String> attributes) {

  /** How many of a broadcast may stand in its playlists at once. */
  public static final int MOST_AT_ONCE = 50;

  /**
   * How long after its window a range may still be listed: segments are up to 6 s, a window has six
   * of them at least, and what went is remembered for as long again.
   */
  private static final Duration LATE = Duration.ofMinutes(2);

  public MarkedRange {
    Objects.requireNonNull(channel, "channel");
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(rangeClass, "rangeClass");
    attributes = Map.copyOf(attributes);
  }

  /**
   * Until when playlists may list it, UTC, Unix nanoseconds; without a duration they always may.
   *
   * @param window of the channel
   */
  public long listedUntilUtcNs(Duration window) {
    return durationNs < 0 ? Long.MAX_VALUE : startUtcNs + durationNs + window.plus(LATE).toNanos();
  }
}
