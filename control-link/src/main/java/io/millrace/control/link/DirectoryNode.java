package io.millrace.control.link;

import java.util.Objects;
import java.util.Set;

/**
 * Describes a node to the other nodes.
 *
 * @param id the node's name, unique
 * @param roles what it does
 * @param fabricHost where its links are; empty where it has none for other processes
 * @param fabricPort UDP port of its links; 0 where it has none for other processes
 */
public record DirectoryNode(String id, Set<Role> roles, String fabricHost, int fabricPort) {
  public DirectoryNode {
    Objects.requireNonNull(id, "id");
    roles = Set.copyOf(roles);
  }
}
