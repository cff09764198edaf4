package io.millrace.control.nodes;

import io.millrace.control.link.NodeAddresses;
import io.millrace.control.link.Role;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where encoders and viewers are sent, as nodes registered it. */
public record PublicEndpoints(
    NodeAddresses.@Nullable Endpoint rtmp, NodeAddresses.@Nullable Endpoint http) {
  /** Those of the first node, in this order, that has the role and says where. */
  static PublicEndpoints of(List<Node> nodes) {
    return new PublicEndpoints(
        first(nodes, Role.INGEST, NodeAddresses.RTMP), first(nodes, Role.EDGE, NodeAddresses.HTTP));
  }

  private static NodeAddresses.@Nullable Endpoint first(
      List<Node> nodes, Role role, String protocol) {
    return nodes.stream()
        .flatMap(node -> node.endpoint(role, protocol).stream())
        .findFirst()
        .orElse(null);
  }

  /**
   * Host and port of an ingest; empty where no node takes RTMP.
   *
   * @param askedHost stands in for a node that names no host
   */
  public Optional<String> rtmp(String askedHost) {
    return authority(rtmp, askedHost);
  }

  /** Host and port of an edge; empty where there is none. */
  public Optional<String> http(String askedHost) {
    return authority(http, askedHost);
  }

  private static Optional<String> authority(
      NodeAddresses.@Nullable Endpoint endpoint, String askedHost) {
    if (endpoint == null) {
      return Optional.empty();
    }
    String host = endpoint.host();
    if (host.isEmpty()) {
      host = askedHost;
    } else if (host.indexOf(':') >= 0 && !host.startsWith("[")) {
      host = "[" + host + "]";
    }
    return Optional.of(host + ":" + endpoint.port());
  }
}
