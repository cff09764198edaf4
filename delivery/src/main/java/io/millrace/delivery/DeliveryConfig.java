package io.millrace.delivery;

import java.time.Duration;
import java.util.Objects;

/**
 * Limits the HTTP server for viewers.
 *
 * @param host the address to listen on; empty: all of them, IPv6 and IPv4
 * @param port 0: any free one
 * @param eventLoops threads that serve; 0: one for each processor
 * @param maxConnections more are closed when they are accepted
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
 * @param maxResetsPerWindow RST_STREAM frames taken from one connection in ten seconds; and as many
 *     PING and SETTINGS frames
 * @param maxHeldBytes of answers that one connection's client has not taken to their end; what it
 *     asks for beyond that is answered 429
 * @param maxViewers sessions of one channel that are told apart
 */
public record DeliveryConfig(
    String host,
    int port,
    int eventLoops,
    int maxConnections,
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
    int maxViewers) {
  private static final long LEAST_HELD_BYTES = 64 << 10;

  public DeliveryConfig {
    Objects.requireNonNull(host, "host");
    require("port", port, 0, 65_535);
    require("eventLoops", eventLoops, 0, 1_024);
    require("maxConnections", maxConnections, 1, 10_000_000);
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
    require("maxViewers", maxViewers, 1, 10_000_000);
  }

  public static DeliveryConfig defaults() {
    return new DeliveryConfig(
        "",
        8080,
        0,
        50_000,
        2_048,
        16_384,
        8_192,
        Duration.ofSeconds(10),
        Duration.ofSeconds(60),
        Duration.ofSeconds(20),
        Duration.ofSeconds(60),
        Duration.ofSeconds(5),
        Duration.ofSeconds(3),
        128,
        400,
        32L << 20,
        100_000);
  }

  /** The same limits at another address. */
  public DeliveryConfig at(String newHost, int newPort) {
    return new DeliveryConfig(
        newHost,
        newPort,
        eventLoops,
        maxConnections,
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
        maxViewers);
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
}
