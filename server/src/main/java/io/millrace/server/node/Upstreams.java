package io.millrace.server.node;

import io.millrace.control.link.DirectoryNode;
import io.millrace.control.link.NodeDirectory;
import io.millrace.control.link.Role;
import io.millrace.fabric.NodeAddress;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/** Keeps the nodes that a role follows in step with the directory. */
final class Upstreams {
  private final NodeDirectory directory;
  private final String ownId;
  private final Set<Role> ownRoles;

  Upstreams(NodeDirectory directory, String ownId, Set<Role> ownRoles) {
    this.directory = directory;
    this.ownId = ownId;
    this.ownRoles = ownRoles;
  }

  /** Tells {@code follower} the nodes with the role, now and after every change. */
  void follow(Role role, Consumer<Set<NodeAddress>> follower) {
    directory.onChange(() -> follower.accept(addresses(role)));
    follower.accept(addresses(role));
  }

  private Set<NodeAddress> addresses(Role role) {
    Set<NodeAddress> addresses = new HashSet<>();
    if (ownRoles.contains(role)) {
      addresses.add(NodeAddress.LOCAL);
    }
    for (DirectoryNode node : directory.nodes(role)) {
      if (!node.id().equals(ownId) && node.fabricPort() != 0) {
        addresses.add(new NodeAddress.Udp(node.fabricHost(), node.fabricPort()));
      }
    }
    return addresses;
  }
}
