package io.millrace.control.link;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Configures a node's side of the link.
 *
 * @param host of the control plane
 * @param port of the control plane's {@code control.grpc.port}
 * @param node who connects
 * @param stateDirectory where the node keeps its credential and the directory
 * @param limits what the link may take, and how long
 * @param inThisProcess whether the control plane is, which makes connecting no news
 */
public record ControlLinkConfig(
    String host, int port, Node node, Path stateDirectory, Limits limits, boolean inThisProcess) {
  /**
   * Who connects.
   *
   * @param id the node's name, unique
   * @param joinToken lets the node join; needed until it has joined once
   * @param addresses where the node is reached, as far as it is known already: see {@link
   *     ControlLinkClient#announce}
   * @param softwareVersion for people
   */
  public record Node(
      String id,
      @Nullable String joinToken,
      Set<Role> roles,
      NodeAddresses addresses,
      String softwareVersion) {
    public Node {
      NodeRegistration.requireNodeId(id);
      roles = Set.copyOf(roles);
      Objects.requireNonNull(addresses, "addresses");
      if (roles.isEmpty()) {
        throw new IllegalArgumentException("roles: none (expected: one or more)");
      }
    }

    /** Without the join token, for logs. */
    @Override
    public String toString() {
      return "Node[%s, roles=%s]".formatted(id, roles);
    }
  }

  /**
   * What the link may take, and how long.
   *
   * @param mostBackoff the longest wait between two attempts to connect
   * @param answerTimeout how long the control plane may take to answer a registration
   * @param heartbeat how often the node says that it is there
   * @param reportInterval the least time between two messages with reports
   * @param mostReports how many reports are kept for sending; more channels are not reported
   * @param mostMessageBytes the largest message taken
   */
  public record Limits(
      Duration mostBackoff,
      Duration answerTimeout,
      Duration heartbeat,
      Duration reportInterval,
      int mostReports,
      int mostMessageBytes) {
    public Limits {
      requirePositive("mostBackoff", mostBackoff);
      requirePositive("answerTimeout", answerTimeout);
      requirePositive("heartbeat", heartbeat);
      requirePositive("reportInterval", reportInterval);
      if (mostReports < 1 || mostMessageBytes < 1024) {
        throw new IllegalArgumentException(
            "mostReports: %d, mostMessageBytes: %d (expected: at least 1 and 1024)"
                .formatted(mostReports, mostMessageBytes));
      }
    }

    public static Limits defaults() {
      return new Limits(
          /* mostBackoff= */ Duration.ofSeconds(2),
          /* answerTimeout= */ Duration.ofSeconds(5),
          /* heartbeat= */ Duration.ofSeconds(2),
          /* reportInterval= */ Duration.ofMillis(50),
          /* mostReports= */ 10_000,
          /* mostMessageBytes= */ 32 * 1024 * 1024);
    }

    private static void requirePositive(String name, Duration value) {
      if (value.isNegative() || value.isZero()) {
        throw new IllegalArgumentException(name + ": " + value + " (expected: above 0)");
      }
    }
  }

  public ControlLinkConfig {
    Objects.requireNonNull(node, "node");
    Objects.requireNonNull(stateDirectory, "stateDirectory");
    Objects.requireNonNull(limits, "limits");
    if (host.isBlank() || port < 1 || port > 65_535) {
      throw new IllegalArgumentException(
          "control plane: %s:%d (expected: a host and a port from 1 to 65535)"
              .formatted(host, port));
    }
  }

  /** With the usual limits, for a control plane in another process. */
  public static ControlLinkConfig of(String host, int port, Node node, Path stateDirectory) {
    return new ControlLinkConfig(
        host, port, node, stateDirectory, Limits.defaults(), /* inThisProcess= */ false);
  }

  /** The same for a control plane in this very process. */
  public ControlLinkConfig withinThisProcess() {
    return new ControlLinkConfig(
        host, port, node, stateDirectory, limits, /* inThisProcess= */ true);
  }
}
