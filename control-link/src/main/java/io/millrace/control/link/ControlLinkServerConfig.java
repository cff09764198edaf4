package io.millrace.control.link;

import java.util.Objects;

/**
 * Configures the control plane's side of the link.
 *
 * @param host the address to listen on
 * @param port 0 for any free one
 * @param softwareVersion what nodes are told
 * @param limits what nodes may cost
 */
public record ControlLinkServerConfig(
    String host, int port, String softwareVersion, ControlLinkLimits limits) {
  public ControlLinkServerConfig {
    Objects.requireNonNull(softwareVersion, "softwareVersion");
    Objects.requireNonNull(limits, "limits");
    if (host.isBlank() || port < 0 || port > 65_535) {
      throw new IllegalArgumentException(
          "listen address: %s:%d (expected: a host and a port from 0 to 65535)"
              .formatted(host, port));
    }
  }

  public static ControlLinkServerConfig of(String host, int port, String softwareVersion) {
    return new ControlLinkServerConfig(host, port, softwareVersion, ControlLinkLimits.defaults());
  }

  /** The same on another port; 0 for any free one. */
  public ControlLinkServerConfig withPort(int newPort) {
    return new ControlLinkServerConfig(host, newPort, softwareVersion, limits);
  }

  public ControlLinkServerConfig withLimits(ControlLinkLimits newLimits) {
    return new ControlLinkServerConfig(host, port, softwareVersion, newLimits);
  }
}
