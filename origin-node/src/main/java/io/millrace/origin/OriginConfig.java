package io.millrace.origin;

import io.millrace.window.store.PartStoreConfig;
import java.time.Duration;
import java.util.Objects;

/**
 * Limits an origin.
 *
 * @param maxChannels channels held at a time; more are refused with an error in the log
 * @param endedRetention how long a timeline can still be had after its broadcast ended, at least
 * @param recentEntries index entries of a channel kept for a follower that missed some
 * @param store memory for parts, and their repair
 */
public record OriginConfig(
    int maxChannels, Duration endedRetention, int recentEntries, PartStoreConfig store) {
  public OriginConfig {
    Objects.requireNonNull(endedRetention, "endedRetention");
    Objects.requireNonNull(store, "store");
    if (maxChannels < 1) {
      throw new IllegalArgumentException("maxChannels: " + maxChannels + " (expected: from 1)");
    }
    if (endedRetention.isNegative() || endedRetention.compareTo(Duration.ofHours(24)) > 0) {
      throw new IllegalArgumentException(
          "endedRetention: " + endedRetention + " (expected: 0 to 24 h)");
    }
    if (recentEntries < 1 || recentEntries > 100_000) {
      throw new IllegalArgumentException(
          "recentEntries: " + recentEntries + " (expected: 1..100000)");
    }
  }

  public static OriginConfig defaults() {
    return new OriginConfig(1_000, Duration.ofSeconds(60), 512, PartStoreConfig.defaults());
  }
}
