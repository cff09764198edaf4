package io.millrace.control.link;

import java.time.Duration;

/**
 * Says what nodes may cost the control plane.
 *
 * @param mostNodes nodes that are connected at a time; one more is refused
 * @param mostConnections TCP connections at a time, a node's or not; one more is closed
 * @param mostMessageBytes a message; a longer one ends its call
 * @param mostRegisterBytes what a connection may send in all, frames included, before one of its
 *     calls has registered a node; then it is closed
 * @param mostMessagesPerSecond what is read from one node; more waits in its socket
 * @param mostResets calls that one connection may take back in ten seconds; then it is closed
 * @param idleTimeout how long a connection may have no call, at least 1 s
 * @param registerTimeout how long a connection may take, from its first moment, until one of its
 *     calls has registered a node; then it is closed
 */
public record ControlLinkLimits(
    int mostNodes,
    int mostConnections,
    int mostMessageBytes,
    int mostRegisterBytes,
    int mostMessagesPerSecond,
    int mostResets,
    Duration idleTimeout,
    Duration registerTimeout) {
  public ControlLinkLimits {
    atLeast("control.grpc.max-nodes", mostNodes, 1);
    atLeast("control.grpc.max-connections", mostConnections, 1);
    atLeast("control.grpc.max-message-bytes", mostMessageBytes, 1_024);
    atLeast("control.grpc.max-register-bytes", mostRegisterBytes, 4_096);
    atLeast("control.grpc.max-messages-per-second", mostMessagesPerSecond, 1);
    atLeast("control.grpc.max-resets", mostResets, 1);
    atLeast("control.grpc.idle-timeout", idleTimeout, Duration.ofSeconds(1));
    atLeast("control.grpc.register-timeout", registerTimeout, Duration.ofMillis(1));
  }

  public static ControlLinkLimits defaults() {
    return new ControlLinkLimits(
        /* mostNodes= */ 1_000,
        /* mostConnections= */ 2_000,
        /* mostMessageBytes= */ 1 << 20,
        /* mostRegisterBytes= */ 32 << 10,
        /* mostMessagesPerSecond= */ 200,
        /* mostResets= */ 100,
        /* idleTimeout= */ Duration.ofSeconds(10),
        /* registerTimeout= */ Duration.ofSeconds(10));
  }

  private static <T extends Comparable<T>> void atLeast(String name, T value, T least) {
    if (value.compareTo(least) < 0) {
      throw new IllegalArgumentException(
          "%s: %s (expected: %s or more)".formatted(name, value, least));
    }
  }
}
