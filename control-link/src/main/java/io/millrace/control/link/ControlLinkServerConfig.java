package io.millrace.control.link;

import java.time.Duration;
import java.util.Objects;

/**
 * Configures the control plane's side of the link.
 *
 * @param host the address to listen on
 * @param port 0 for any free one
 * @param mostNodes how many nodes may be connected at once
 * @param mostMessageBytes the largest message taken from a node
 * @param mostMessagesPerSecond what is read from one node; more waits in its socket
 * @param registerTimeout how long a stream may take to register
 */
public record ControlLinkServerConfig(
    String host,
    int port,
    String softwareVersion,
    int mostNodes,
    int mostMessageBytes,
    int mostMessagesPerSecond,
    Duration registerTimeout) {
  public ControlLinkServerConfig {
    Objects.requireNonNull(softwareVersion, "softwareVersion");
    if (host.isBlank() || port < 0 || port > 65_535) {
      throw new IllegalArgumentException(
          "listen address: %s:%d (expected: a host and a port from 0 to 65535)"
              .formatted(host, port));
    }
    if (mostNodes < 1 || mostMessageBytes < 1024 || mostMessagesPerSecond < 1) {
      throw new IllegalArgumentException(
          "mostNodes: %d, mostMessageBytes: %d, mostMessagesPerSecond: %d (expected: at least 1, 1024 and 1)"
              .formatted(mostNodes, mostMessageBytes, mostMessagesPerSecond));
    }
    if (registerTimeout.isNegative() || registerTimeout.isZero()) {
      throw new IllegalArgumentException(
          "registerTimeout: " + registerTimeout + " (expected: above 0)");
    }
  }

  public static ControlLinkServerConfig of(String host, int port, String softwareVersion) {
    return new ControlLinkServerConfig(
        host,
        port,
        softwareVersion,
        /* mostNodes= */ 1_000,
        /* mostMessageBytes= */ 1024 * 1024,
        /* mostMessagesPerSecond= */ 200,
        /* registerTimeout= */ Duration.ofSeconds(10));
  }
}
