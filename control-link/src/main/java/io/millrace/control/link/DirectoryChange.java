package io.millrace.control.link;

import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * A stretch of the directory's numbered log: what became of everything that changed after {@code
 * fromNumber}, up to {@code number}.
 *
 * @param log names the log; numbers of different logs cannot be compared
 * @param snapshot whether this is everything, and what is not in it is gone
 */
public record DirectoryChange(
    String log,
    long fromNumber,
    long number,
    boolean snapshot,
    List<DirectoryChannel> channels,
    List<UUID> removedChannels,
    List<DirectoryNode> nodes,
    List<String> removedNodes,
    TokenChange tokens) {
  public DirectoryChange {
    Objects.requireNonNull(log, "log");
    Objects.requireNonNull(tokens, "tokens");
    channels = List.copyOf(channels);
    removedChannels = List.copyOf(removedChannels);
    nodes = List.copyOf(nodes);
    removedNodes = List.copyOf(removedNodes);
  }
}
