package io.millrace.control.nodes;

import io.millrace.control.link.NodeAddresses;
import io.millrace.control.link.Role;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * A node that has joined.
 *
 * @param credentialHash of the secret that the node shows each time it connects
 * @param allowedRoles what its join token was for
 * @param lastSeenAt when it connected or was lost last
 */
record Node(
    String id,
    String credentialHash,
    Set<Role> allowedRoles,
    Set<Role> roles,
    NodeAddresses addresses,
    String version,
    Instant joinedAt,
    Instant lastSeenAt) {
  /** The node as it presents itself now. */
  Node with(Set<Role> newRoles, NodeAddresses newAddresses, String newVersion) {
    return new Node(
        id, credentialHash, allowedRoles, newRoles, newAddresses, newVersion, joinedAt, lastSeenAt);
  }

  Node withAllowedRoles(Set<Role> newAllowedRoles) {
    return new Node(
        id, credentialHash, newAllowedRoles, roles, addresses, version, joinedAt, lastSeenAt);
  }

  Node seen(Instant at) {
    return new Node(id, credentialHash, allowedRoles, roles, addresses, version, joinedAt, at);
  }

  /** Where the node takes the protocol, if it has the role for it. */
  Optional<NodeAddresses.Endpoint> endpoint(Role role, String protocol) {
    return roles.contains(role)
        ? Optional.ofNullable(addresses.endpoints().get(protocol))
        : Optional.empty();
  }
}
