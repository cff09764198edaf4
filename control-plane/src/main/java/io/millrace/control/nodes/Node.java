package io.millrace.control.nodes;

import io.millrace.control.link.NodeAddresses;
import io.millrace.control.link.Role;
import java.time.Instant;
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
    Instant lastSeenAt) {}
