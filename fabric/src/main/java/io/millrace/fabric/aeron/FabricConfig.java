package io.millrace.fabric.aeron;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;

/**
 * Configures a process's links.
 *
 * @param directory of Aeron's files, used by this process alone; made anew at each start
 * @param host to listen on and to receive at: an address of this host, or {@code 0.0.0.0}
 * @param port to listen on, UDP; 0: any free port; {@link #NO_PORT}: links within the process only
 *     are served
 * @param streams that a link has, and their buffers
 * @param limits of what peers may cost
 * @param times that are waited
 */
public record FabricConfig(
    Path directory, String host, int port, Streams streams, Limits limits, Times times) {
  public static final int NO_PORT = -1;

  /** What the names of our directories in shared memory begin with. */
  static final String NAME_PREFIX = "millrace-";

  /**
   * The streams of each link.
   *
   * @param mtuBytes of a datagram, a multiple of 32; 0: what the interface carries
   * @param mediaStreams of each link, 1 to 16; a channel's messages travel on one
   * @param mediaTermBytes a third of the memory of each end of a media stream between processes, a
   *     quarter of that within the process; a power of two; half of it can be on its way at once
   * @param controlTermBytes the same for control streams
   * @param socketBufferBytes asked for from the operating system
   */
  public record Streams(
      int mtuBytes,
      int mediaStreams,
      int mediaTermBytes,
      int controlTermBytes,
      int socketBufferBytes) {
    private static final int MOST_MTU_BYTES = 65_504;

    public Streams {
      if (mtuBytes != 0) {
        require("fabric.mtu", mtuBytes, 576, MOST_MTU_BYTES);
      }
      if (mtuBytes % 32 != 0) {
        throw new IllegalArgumentException(
            "fabric.mtu: " + mtuBytes + " (expected: a multiple of 32)");
      }
      require("fabric.media-streams", mediaStreams, 1, 16);
      requireTerm("fabric.media-term", mediaTermBytes, 1 << 21);
      requireTerm("fabric.control-term", controlTermBytes, 1 << 16);
      require("fabric.socket-buffer", socketBufferBytes, 1 << 17, 1 << 26);
    }

    static Streams defaults() {
      return new Streams(
          /* mtuBytes= */ 0,
          /* mediaStreams= */ 2,
          /* mediaTermBytes= */ 4 << 20,
          /* controlTermBytes= */ 1 << 18,
          /* socketBufferBytes= */ 2 << 20);
    }

    Streams withMtuBytes(int newMtuBytes) {
      return new Streams(
          newMtuBytes, mediaStreams, mediaTermBytes, controlTermBytes, socketBufferBytes);
    }
  }

  /**
   * What peers may cost.
   *
   * @param mostLinks that this node serves at once
   * @param mostWaitingBytes that wait for one link before a channel is dropped and sent anew
   * @param mostSampleBytes of one sample, part or init section
   * @param mostFetches that one link waits for
   * @param mostTasks that wait for the agent thread
   * @param mostSessionsPerSecond of others that Aeron is told of, and twice as many at once
   */
  public record Limits(
      int mostLinks,
      long mostWaitingBytes,
      int mostSampleBytes,
      int mostFetches,
      int mostTasks,
      int mostSessionsPerSecond) {
    public Limits {
      require("fabric.max-links", mostLinks, 1, 10_000);
      require("fabric.max-waiting-bytes", mostWaitingBytes, 1 << 20, 1L << 34);
      require("fabric.most-sample-bytes", mostSampleBytes, 1 << 16, 1 << 26);
      require("fabric.most-fetches", mostFetches, 1, 1 << 20);
      require("fabric.most-tasks", mostTasks, 64, 1 << 22);
      require("fabric.max-sessions-per-second", mostSessionsPerSecond, 1, 10_000);
    }

    static Limits defaults() {
      return new Limits(
          /* mostLinks= */ 256,
          /* mostWaitingBytes= */ 64L << 20,
          /* mostSampleBytes= */ 17 << 20,
          /* mostFetches= */ 4_096,
          /* mostTasks= */ 65_536,
          /* mostSessionsPerSecond= */ 32);
    }

    Limits withMostWaitingBytes(long newMostWaitingBytes) {
      return new Limits(
          mostLinks,
          newMostWaitingBytes,
          mostSampleBytes,
          mostFetches,
          mostTasks,
          mostSessionsPerSecond);
    }
  }

  /**
   * What is waited.
   *
   * @param linkTimeout of silence after which a link is down
   * @param idleWait the longest sleep of the agent; datagrams, tasks and timers end it
   * @param coalesce after work the agent rests until this long after its waking, so that more work
   *     comes in one batch; up to 1 ms where work comes without a pause
   */
  public record Times(Duration linkTimeout, Duration idleWait, Duration coalesce) {
    public Times {
      require("fabric.link-timeout (ms)", linkTimeout.toMillis(), 200, 60_000);
      require("fabric.idle-wait (ms)", idleWait.toMillis(), 1, 100);
      require("fabric.coalesce (us)", coalesce.toNanos() / 1_000, 0, 5_000);
    }

    static Times defaults() {
      return new Times(Duration.ofSeconds(2), Duration.ofMillis(20), Duration.ofNanos(200_000));
    }
  }

  public FabricConfig {
    Objects.requireNonNull(directory, "directory");
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(streams, "streams");
    Objects.requireNonNull(limits, "limits");
    Objects.requireNonNull(times, "times");
    require("fabric.port", port, NO_PORT, 65_535);
  }

  /** Any free port on loopback, files in shared memory under this data directory's name. */
  public static FabricConfig defaults(Path dataDirectory) {
    return new FabricConfig(
        directoryFor(dataDirectory),
        "127.0.0.1",
        0,
        Streams.defaults(),
        Limits.defaults(),
        Times.defaults());
  }

  /** {@link #defaults(Path)} for {@code millrace-data} in the working directory. */
  public static FabricConfig defaults() {
    return defaults(Path.of("millrace-data"));
  }

  /**
   * Where Aeron's files of a data directory go: shared memory where there is some, so that no disk
   * ever writes them; else the data directory. Always the same, so that a start after a crash finds
   * what was left.
   */
  public static Path directoryFor(Path dataDirectory) {
    Path absolute = dataDirectory.toAbsolutePath().normalize();
    Path sharedMemory = Path.of("/dev/shm");
    if (!Files.isDirectory(sharedMemory) || !Files.isWritable(sharedMemory)) {
      return absolute.resolve("aeron");
    }
    UUID name = UUID.nameUUIDFromBytes(absolute.toString().getBytes(StandardCharsets.UTF_8));
    return sharedMemory.resolve(NAME_PREFIX + name);
  }

  public FabricConfig withDirectory(Path newDirectory) {
    return new FabricConfig(newDirectory, host, port, streams, limits, times);
  }

  /** The same with another address to listen on. */
  public FabricConfig withAddress(String newHost, int newPort) {
    return new FabricConfig(directory, newHost, newPort, streams, limits, times);
  }

  FabricConfig withMtuBytes(int newMtuBytes) {
    return new FabricConfig(
        directory, host, port, streams.withMtuBytes(newMtuBytes), limits, times);
  }

  public FabricConfig withLimits(Limits newLimits) {
    return new FabricConfig(directory, host, port, streams, newLimits, times);
  }

  FabricConfig withMostWaitingBytes(long newMostWaitingBytes) {
    return withLimits(limits.withMostWaitingBytes(newMostWaitingBytes));
  }

  public FabricConfig withLinkTimeout(Duration newLinkTimeout) {
    Times newTimes = new Times(newLinkTimeout, times.idleWait(), times.coalesce());
    return new FabricConfig(directory, host, port, streams, limits, newTimes);
  }

  private static void require(String key, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s: %d (expected: %d to %d)".formatted(key, value, least, most));
    }
  }

  private static void requireTerm(String key, int value, int least) {
    require(key, value, least, 1 << 28);
    if (Integer.bitCount(value) != 1) {
      throw new IllegalArgumentException("%s: %d (expected: a power of two)".formatted(key, value));
    }
  }
}
