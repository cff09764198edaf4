package io.millrace.control.nodes;

import io.millrace.control.link.Role;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A node as the API shows it. */
public record NodeView(
    String id,
    List<String> roles,
    boolean connected,
    Instant joinedAt,
    @Nullable Instant lastSeenAt,
    @Nullable String version,
    @Nullable String fabric,
    Map<String, EndpointView> endpoints) {
  /** A public address of the node's; without a host where it is the one that was asked. */
  public record EndpointView(@Nullable String host, int port) {}

  static NodeView of(Node node, boolean connected, Instant lastSeenAt) {
    Map<String, EndpointView> endpoints = new TreeMap<>();
    node.addresses()
        .endpoints()
        .forEach(
            (protocol, endpoint) ->
                endpoints.put(
                    protocol,
                    new EndpointView(
                        endpoint.host().isEmpty() ? null : endpoint.host(), endpoint.port())));
    return new NodeView(
        node.id(),
        node.roles().stream().sorted().map(NodeView::name).toList(),
        connected,
        node.joinedAt(),
        lastSeenAt,
        node.version().isEmpty() ? null : node.version(),
        node.addresses().fabricPort() == 0
            ? null
            : node.addresses().fabricHost() + ":" + node.addresses().fabricPort(),
        endpoints);
  }

  static String name(Role role) {
    return role.name().toLowerCase(Locale.ROOT);
  }
}
