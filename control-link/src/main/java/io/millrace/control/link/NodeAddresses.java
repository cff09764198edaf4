package io.millrace.control.link;

import java.util.Map;
import java.util.Objects;

/**
 * Says where other nodes, encoders and viewers reach a node.
 *
 * @param fabricHost where its links are; empty where it has none for other processes
 * @param fabricPort UDP port of its links; 0 where it has none for other processes
 * @param endpoints what it serves to encoders and viewers, by protocol: {@link #RTMP}, {@link
 *     #HTTP}
 */
public record NodeAddresses(String fabricHost, int fabricPort, Map<String, Endpoint> endpoints) {
  public static final String RTMP = "rtmp";
  public static final String HTTP = "http";
  public static final NodeAddresses NONE = new NodeAddresses("", 0, Map.of());

  private static final int MOST_ENDPOINTS = 16;

  /**
   * A public address.
   *
   * @param host empty for whatever host the node's site is reached by
   */
  public record Endpoint(String host, int port) {
    public Endpoint {
      Objects.requireNonNull(host, "host");
      if (port < 1 || port > 65_535) {
        throw new IllegalArgumentException("port: " + port + " (expected: 1 to 65535)");
      }
    }
  }

  public NodeAddresses {
    Objects.requireNonNull(fabricHost, "fabricHost");
    endpoints = Map.copyOf(endpoints);
    if (fabricPort < 0 || fabricPort > 65_535) {
      throw new IllegalArgumentException("fabricPort: " + fabricPort + " (expected: 0 to 65535)");
    }
    if (endpoints.size() > MOST_ENDPOINTS) {
      throw new IllegalArgumentException(
          "endpoints: %d (expected: at most %d)".formatted(endpoints.size(), MOST_ENDPOINTS));
    }
  }
}
