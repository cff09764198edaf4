package io.millrace.control.link;

import io.millrace.control.link.wire.Register;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Says what of the directory a node gets: keys are for those who check tokens with them.
 *
 * <p>Each has a log by a name of its own, so that a node that becomes another kind, or learns of
 * tokens, gets all of it anew.
 */
enum DirectoryAsSeen {
  /** An edge. */
  WITH_TOKENS("+tokens"),
  /** Another node. */
  WITHOUT_TOKENS(""),
  /** An edge that does not ask for tokens: a channel that wants them is not for it. */
  OPEN_CHANNELS("+open");

  private final String suffix;

  DirectoryAsSeen(String suffix) {
    this.suffix = suffix;
  }

  static DirectoryAsSeen by(Register node) {
    if (!node.getRolesList().contains(io.millrace.control.link.wire.Role.ROLE_EDGE)) {
      return WITHOUT_TOKENS;
    }
    return node.getMostVersion() >= LinkMessages.TOKENS_VERSION ? WITH_TOKENS : OPEN_CHANNELS;
  }

  /** The control plane's log that the node's is of; empty where it is of another. */
  String logOf(String nodes) {
    return nodes.endsWith(suffix) ? nodes.substring(0, nodes.length() - suffix.length()) : "";
  }

  /** As much of it as the node gets. */
  DirectoryChange of(DirectoryChange change) {
    List<DirectoryChannel> channels = new ArrayList<>();
    List<UUID> removed = new ArrayList<>(change.removedChannels());
    for (DirectoryChannel channel : change.channels()) {
      if (this == OPEN_CHANNELS && channel.tokens().required()) {
        removed.add(channel.id());
      } else {
        channels.add(channel);
      }
    }
    return new DirectoryChange(
        change.log() + suffix,
        change.fromNumber(),
        change.number(),
        change.snapshot(),
        channels,
        removed,
        change.nodes(),
        change.removedNodes(),
        this == WITH_TOKENS ? change.tokens() : TokenChange.NONE);
  }
}
