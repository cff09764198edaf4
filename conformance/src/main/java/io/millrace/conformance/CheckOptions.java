package io.millrace.conformance;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How a stream is checked.
 *
 * @param length how long it is followed
 * @param jitter what network and machines may add to times before a rule counts as broken; what its
 *     own tasks may have waited for a processor comes on top ({@link
 *     io.millrace.conformance.http.Fetcher#stalledNs})
 * @param maxRenditions how many playlists or Representations are followed; the rest is read once
 */
public record CheckOptions(Duration length, Duration jitter, int maxRenditions) {
  /** Enough for what channels have; a hostile playlist may name any number. */
  public static final int MAX_RENDITIONS = 8;

  public CheckOptions {
    requireNonNull(length, "length");
    requireNonNull(jitter, "jitter");
    if (length.isNegative() || length.isZero() || jitter.isNegative() || maxRenditions < 1) {
      throw new IllegalArgumentException(
          "length %s, jitter %s, maxRenditions %d (expected: above 0, from 0, from 1)"
              .formatted(length, jitter, maxRenditions));
    }
  }

  /** For {@code length}, with 250 ms of jitter and up to eight renditions. */
  public static CheckOptions lasting(Duration length) {
    return new CheckOptions(length, Duration.ofMillis(250), MAX_RENDITIONS);
  }
}
