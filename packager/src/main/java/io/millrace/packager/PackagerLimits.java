package io.millrace.packager;

import java.time.Duration;
import java.util.Objects;

/**
 * Holds what one channel's packager may keep.
 *
 * @param maxTrackLag how far a track may fall behind the others before gaps are published for it
 * @param maxWaitingBytes of samples that wait for another track
 */
public record PackagerLimits(Duration maxTrackLag, long maxWaitingBytes) {
  public static final PackagerLimits DEFAULT =
      new PackagerLimits(Duration.ofSeconds(2), 32L * 1024 * 1024);

  public PackagerLimits {
    Objects.requireNonNull(maxTrackLag, "maxTrackLag");
    if (maxTrackLag.compareTo(Duration.ofMillis(500)) < 0
        || maxTrackLag.compareTo(Duration.ofSeconds(10)) > 0) {
      throw new IllegalArgumentException(
          "maxTrackLag: " + maxTrackLag + " (expected: PT0.5S to PT10S)");
    }
    if (maxWaitingBytes < 1024 * 1024) {
      throw new IllegalArgumentException(
          "maxWaitingBytes: " + maxWaitingBytes + " (expected: 1048576 or more)");
    }
  }
}
