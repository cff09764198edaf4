package io.millrace.control.link;

import java.util.List;

/**
 * What {@link ControlLinkServer} asks of the control plane, and tells it. Calls about one node come
 * one after another, on virtual threads: each may block.
 */
public interface NodeRegistry {
  /** Decides on a node that connects; where admitted, it counts as connected from now on. */
  Admission register(NodeRegistration registration);

  /** Whether the node is in this very process, which makes its coming and going no news. */
  default boolean isInThisProcess(String nodeId) {
    return false;
  }

  /** What a node lacks that has the directory {@code log} up to {@code number}. */
  DirectoryChange directorySince(String log, long number);

  /** The node can be reached elsewhere from now on. */
  void addresses(String nodeId, NodeAddresses addresses);

  void reports(String nodeId, List<ChannelReport> reports);

  /** The node said that it is there. */
  void heard(String nodeId);

  /** The node's stream ended, and no newer one took its place. */
  void disconnected(String nodeId);
}
