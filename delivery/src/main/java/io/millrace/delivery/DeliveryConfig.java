package io.millrace.delivery;

import java.time.Duration;
import java.util.Objects;

/**
 * Limits the HTTP server for viewers.
 *
 * @param host the address to listen on; empty: all of them, IPv6 and IPv4
 * @param port 0: any free one
 * @param transport how connections reach the kernel
 * @param eventLoops threads that serve; 0: one for each processor
 * @param maxConnections more are closed when they are accepted
 * @param maxConnectionsPerAddress as many of them from one IPv4 address, or one /64 of IPv6
 * @param maxRequestsPerSecond from such an address, and twice as many at once; further ones wait.
 *     0: no limit
 * @param maxRequestLineBytes a longer address is answered 414
 * @param maxHeadBytes a longer request head is answered 431
 * @param maxPipelinedBytes read ahead of the response to the request before
 * @param headTimeout from a request's first byte to its last
 * @param idleTimeout without a request in progress
 * @param sendTimeout without a byte taken by a client that has some to read
 * @param answerTimeout from an answer to its last byte taken
 * @param startTimeout how long a viewer waits for a channel to be followed and its first part
 * @param bytesTimeout how long a request waits for bytes of a part that was published
 * @param maxStreams HTTP/2 streams of one connection
 * @param maxResetsPerWindow RST_STREAM frames taken from one connection in ten seconds; as many
 *     PING and SETTINGS frames; and as many others that ask for nothing, with some more for each
 *     request and answer
 * @param maxHeldBytes of answers that one connection's client has not taken to their end; what it
 *     asks for beyond that is answered 429
 * @param maxAllOwnBytes what all connections together keep for themselves alone (requests that are
 *     not complete, streams, answers that are not taken, without what they share); beyond it those
 *     that keep more than an equal share are closed
 * @param maxViewers sessions of one channel that are told apart
 * @param maxViewersPerAddress sessions of one IPv4 address, or one /64 of IPv6, that are counted
 * @param maxTokens viewers' tokens that each event loop remembers; others are checked anew
 */
public record DeliveryConfig(
    String host,
    int port,
    Transport transport,
    int eventLoops,
    int maxConnections,
    int maxConnectionsPerAddress,
    int maxRequestsPerSecond,
    int maxRequestLineBytes,
    int maxHeadBytes,
    int maxPipelinedBytes,
    Duration headTimeout,
    Duration idleTimeout,
    Duration sendTimeout,
    Duration answerTimeout,
    Duration startTimeout,
    Duration bytesTimeout,
    int maxStreams,
    int maxResetsPerWindow,
    long maxHeldBytes,
    long maxAllOwnBytes,
    int maxViewers,
    int maxViewersPerAddress,
    int maxTokens) {
  private static final long LEAST_HELD_BYTES = 64 << 10;
  private static final long LEAST_ALL_OWN_BYTES = 64 << 10;

  public DeliveryConfig {
    Objects.requireNonNull(host, "host");
    require("port", port, 0, 65_535);
    Objects.requireNonNull(transport, "transport");
    require("eventLoops", eventLoops, 0, 1_024);
    require("maxConnections", maxConnections, 1, 10_000_000);
    require("maxConnectionsPerAddress", maxConnectionsPerAddress, 1, 10_000_000);
    require("maxRequestsPerSecond", maxRequestsPerSecond, 0, 1_000_000);
    require("maxRequestLineBytes", maxRequestLineBytes, 64, 65_536);
    require("edge.http.max-head-bytes", maxHeadBytes, maxRequestLineBytes, 1 << 20);
    require("maxPipelinedBytes", maxPipelinedBytes, 1_024, 1 << 20);
    require("headTimeout", headTimeout);
    require("idleTimeout", idleTimeout);
    require("sendTimeout", sendTimeout);
    require("answerTimeout", answerTimeout);
    require("startTimeout", startTimeout);
    require("bytesTimeout", bytesTimeout);
    require("maxStreams", maxStreams, 1, 10_000);
    require("maxResetsPerWindow", maxResetsPerWindow, 1, 1_000_000);
    if (maxHeldBytes < LEAST_HELD_BYTES) {
      throw new IllegalArgumentException(
          "maxHeldBytes: %d (expected: from %d)".formatted(maxHeldBytes, LEAST_HELD_BYTES));
    }
    if (maxAllOwnBytes < LEAST_ALL_OWN_BYTES) {
      throw new IllegalArgumentException(
          "maxAllOwnBytes: %d (expected: from %d)".formatted(maxAllOwnBytes, LEAST_ALL_OWN_BYTES));
    }
    require("maxViewers", maxViewers, 1, 10_000_000);
    require("maxViewersPerAddress", maxViewersPerAddress, 1, 10_000_000);
    require("maxTokens", maxTokens, 16, 1 << 20);
  }

  public static DeliveryConfig defaults() {
    return builder().build();
  }

  /** 256 MiB, less where the JVM has less: direct memory is bounded by the largest heap. */
  public static long usualAllOwnBytes() {
    return Math.clamp(Runtime.getRuntime().maxMemory() / 8, 1L << 20, 256L << 20);
  }

  /** Begins with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  private static void require(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s: %d (expected: %d..%d)".formatted(name, value, least, most));
    }
  }

  private static void require(String name, Duration value) {
    if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: 1 ms to 1 h)");
    }
  }

  /** Makes one out of the defaults and what is set. */
  public static final class Builder {
    private String host = "";
    private int port = 8080;
    private Transport transport = Transport.AUTO;
    private int eventLoops = 0;
    private int maxConnections = 50_000;
    private int maxConnectionsPerAddress = 5_000;
    private int maxRequestsPerSecond = 10_000;
    private int maxRequestLineBytes = 2_048;
    private int maxHeadBytes = 16_384;
    private int maxPipelinedBytes = 8_192;
    private Duration headTimeout = Duration.ofSeconds(10);
    private Duration idleTimeout = Duration.ofSeconds(60);
    private Duration sendTimeout = Duration.ofSeconds(20);
    private Duration answerTimeout = Duration.ofSeconds(60);
    private Duration startTimeout = Duration.ofSeconds(5);
    private Duration bytesTimeout = Duration.ofSeconds(3);
    private int maxStreams = 128;
    private int maxResetsPerWindow = 400;
    private long maxHeldBytes = 32L << 20;
    private long maxAllOwnBytes = usualAllOwnBytes();
    private int maxViewers = 100_000;
    private int maxViewersPerAddress = 5_000;
    private int maxTokens = 8_192;

    private Builder() {}

    public Builder host(String value) {
      host = value;
      return this;
    }

    public Builder port(int value) {
      port = value;
      return this;
    }

    public Builder transport(Transport value) {
      transport = value;
      return this;
    }

    public Builder eventLoops(int value) {
      eventLoops = value;
      return this;
    }

    public Builder maxConnections(int value) {
      maxConnections = value;
      return this;
    }

    public Builder maxConnectionsPerAddress(int value) {
      maxConnectionsPerAddress = value;
      return this;
    }

    public Builder maxRequestsPerSecond(int value) {
      maxRequestsPerSecond = value;
      return this;
    }

    public Builder maxRequestLineBytes(int value) {
      maxRequestLineBytes = value;
      return this;
    }

    public Builder maxHeadBytes(int value) {
      maxHeadBytes = value;
      return this;
    }

    public Builder maxPipelinedBytes(int value) {
      maxPipelinedBytes = value;
      return this;
    }

    public Builder headTimeout(Duration value) {
      headTimeout = value;
      return this;
    }

    public Builder idleTimeout(Duration value) {
      idleTimeout = value;
      return this;
    }

    public Builder sendTimeout(Duration value) {
      sendTimeout = value;
      return this;
    }

    public Builder answerTimeout(Duration value) {
      answerTimeout = value;
      return this;
    }

    public Builder startTimeout(Duration value) {
      startTimeout = value;
      return this;
    }

    public Builder bytesTimeout(Duration value) {
      bytesTimeout = value;
      return this;
    }

    public Builder maxStreams(int value) {
      maxStreams = value;
      return this;
    }

    public Builder maxResetsPerWindow(int value) {
      maxResetsPerWindow = value;
      return this;
    }

    public Builder maxHeldBytes(long value) {
      maxHeldBytes = value;
      return this;
    }

    public Builder maxAllOwnBytes(long value) {
      maxAllOwnBytes = value;
      return this;
    }

    public Builder maxViewers(int value) {
      maxViewers = value;
      return this;
    }

    public Builder maxViewersPerAddress(int value) {
      maxViewersPerAddress = value;
      return this;
    }

    public Builder maxTokens(int value) {
      maxTokens = value;
      return this;
    }

    public DeliveryConfig build() {
      return new DeliveryConfig(
          host,
          port,
          transport,
          eventLoops,
          maxConnections,
          maxConnectionsPerAddress,
          maxRequestsPerSecond,
          maxRequestLineBytes,
          maxHeadBytes,
          maxPipelinedBytes,
          headTimeout,
          idleTimeout,
          sendTimeout,
          answerTimeout,
          startTimeout,
          bytesTimeout,
          maxStreams,
          maxResetsPerWindow,
          maxHeldBytes,
          maxAllOwnBytes,
          maxViewers,
          maxViewersPerAddress,
          maxTokens);
    }
  }
}
