package io.millrace.window.store;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Limits what a node's windows keep in memory.
 *
 * @param budgetBytes part bytes of all channels together
 * @param liveAge part bytes younger than this are never given up for room: what live viewers read
 * @param repairDelay how long an announced part's bytes may be late before they are asked for
 * @param repairAttempts how often bytes are asked for before waiting viewers are told no
 * @param repairInterval between two attempts
 * @param repairQueue parts of one channel that may be missing at a time and asked for
 * @param unannouncedAge how long bytes without an index record are kept
 * @param directory of a file system in memory, where parts are files; null: they are buffers. Where
 *     it is not there, or smaller than the budget, they are buffers too
 * @param maxFiles open at a time, one for each segment of a rendition; parts beyond are buffers
 */
public record PartStoreConfig(
    long budgetBytes,
    Duration liveAge,
    Duration repairDelay,
    int repairAttempts,
    Duration repairInterval,
    int repairQueue,
    Duration unannouncedAge,
    @Nullable Path directory,
    int maxFiles) {
  private static final Path SHARED_MEMORY = Path.of("/dev/shm");
  private static final int MAX_FILES = 8_192;

  public PartStoreConfig {
    Objects.requireNonNull(liveAge, "liveAge");
    Objects.requireNonNull(repairDelay, "repairDelay");
    Objects.requireNonNull(repairInterval, "repairInterval");
    Objects.requireNonNull(unannouncedAge, "unannouncedAge");
    if (budgetBytes < 1 << 20) {
      throw new IllegalArgumentException(
          "budgetBytes: " + budgetBytes + " (expected: 1 MiB or more)");
    }
    if (maxFiles < 1) {
      throw new IllegalArgumentException("maxFiles: " + maxFiles + " (expected: from 1)");
    }
    if (repairQueue < 1) {
      throw new IllegalArgumentException("repairQueue: " + repairQueue + " (expected: from 1)");
    }
    if (repairAttempts < 1 || repairAttempts > 100) {
      throw new IllegalArgumentException(
          "repairAttempts: " + repairAttempts + " (expected: 1..100)");
    }
  }

  /**
   * 1 GiB, less where the JVM has less: direct memory is bounded by the largest heap, and a process
   * may have two stores. 18 s are three of the longest target durations.
   */
  public static PartStoreConfig defaults() {
    return new PartStoreConfig(
        Math.clamp(Runtime.getRuntime().maxMemory() / 3, 1L << 20, 1L << 30),
        Duration.ofSeconds(18),
        Duration.ofMillis(60),
        4,
        Duration.ofMillis(250),
        256,
        Duration.ofSeconds(10),
        SHARED_MEMORY,
        MAX_FILES);
  }

  /** Why a directory cannot keep so many bytes of parts as files; empty where it can. */
  public static Optional<String> trouble(Path directory, long bytes) {
    return MemoryFiles.trouble(directory, bytes);
  }

  public PartStoreConfig withBudgetBytes(long bytes) {
    return new PartStoreConfig(
        bytes,
        liveAge,
        repairDelay,
        repairAttempts,
        repairInterval,
        repairQueue,
        unannouncedAge,
        directory,
        maxFiles);
  }

  /** With parts as files of that directory; null: as buffers. */
  public PartStoreConfig withFiles(@Nullable Path in, int most) {
    return new PartStoreConfig(
        budgetBytes,
        liveAge,
        repairDelay,
        repairAttempts,
        repairInterval,
        repairQueue,
        unannouncedAge,
        in,
        most);
  }
}
