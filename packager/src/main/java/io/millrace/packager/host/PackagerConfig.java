package io.millrace.packager.host;

import io.millrace.packager.PackagerLimits;
import java.time.Duration;
import java.util.Objects;

/**
 * Holds the limits of a node's packagers.
 *
 * @param limits of each channel's packager
 * @param maxChannels packaged at once; more are refused
 * @param historyTargetDurations how many target durations' part bytes are kept for those who join
 *     or lost some
 * @param historyBytes of part bytes for each channel at most
 * @param allHistoryBytes of part bytes for all channels at most; beyond it each keeps an equal
 *     share
 * @param recentEntries of the index kept whole for each channel, so that a receiver can go on
 *     without a snapshot
 * @param orphanAfter a broadcast whose ingest is silent for so long is ended
 * @param forgetAfter a channel without a broadcast for so long is forgotten
 */
public record PackagerConfig(
    PackagerLimits limits,
    int maxChannels,
    int historyTargetDurations,
    long historyBytes,
    long allHistoryBytes,
    int recentEntries,
    Duration orphanAfter,
    Duration forgetAfter) {

  public PackagerConfig {
    Objects.requireNonNull(limits, "limits");
    require("maxChannels", maxChannels, 1, 100_000);
    require("historyTargetDurations", historyTargetDurations, 1, 20);
    require("historyBytes", historyBytes, 1024 * 1024, 1L << 40);
    require("allHistoryBytes", allHistoryBytes, 1024 * 1024, 1L << 42);
    require("recentEntries", recentEntries, 16, 1_000_000);
    require("orphanAfter (s)", orphanAfter.toSeconds(), 1, 86_400);
    require("forgetAfter (s)", forgetAfter.toSeconds(), 1, 86_400);
  }

  public static PackagerConfig defaults() {
    return new PackagerConfig(
        PackagerLimits.DEFAULT,
        /* maxChannels= */ 500,
        /* historyTargetDurations= */ 3,
        /* historyBytes= */ 64L * 1024 * 1024,
        usualAllHistoryBytes(),
        /* recentEntries= */ 512,
        /* orphanAfter= */ Duration.ofSeconds(90),
        /* forgetAfter= */ Duration.ofMinutes(5));
  }

  /** A quarter of the heap. */
  public static long usualAllHistoryBytes() {
    return Math.max(1L << 20, Runtime.getRuntime().maxMemory() / 4);
  }

  private static void require(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s: %d (expected: %d..%d)".formatted(name, value, least, most));
    }
  }
}
