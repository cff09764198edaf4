package io.millrace.control.link;

import io.millrace.control.token.TokenTrust;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Holds the directory at one number of its log, indexed for every question. Immutable. */
final class DirectoryState {
  /** Before there is any. */
  static final DirectoryState NONE =
      new DirectoryState(/* known= */ false, "", 0, Map.of(), Map.of(), KeptTokens.NONE);

  private final boolean known;
  private final String log;
  private final long number;
  private final Map<UUID, DirectoryChannel> channels;
  private final Map<String, DirectoryNode> nodes;
  private final KeptTokens tokens;
  private final Map<String, DirectoryChannel> byName = new HashMap<>();
  private final Map<String, DirectoryChannel> byKeyHash = new HashMap<>();
  private final Map<Role, List<DirectoryNode>> byRole = new EnumMap<>(Role.class);

  private DirectoryState(
      boolean known,
      String log,
      long number,
      Map<UUID, DirectoryChannel> channels,
      Map<String, DirectoryNode> nodes,
      KeptTokens tokens) {
    this.known = known;
    this.log = log;
    this.number = number;
    this.channels = channels;
    this.nodes = nodes;
    this.tokens = tokens;
    for (DirectoryChannel channel : channels.values()) {
      byName.put(channel.name(), channel);
      channel.keyHashes().forEach(hash -> byKeyHash.put(hash, channel));
    }
    for (Role role : Role.values()) {
      byRole.put(
          role,
          nodes.values().stream()
              .filter(node -> node.roles().contains(role))
              .sorted(Comparator.comparing(DirectoryNode::id))
              .toList());
    }
  }

  boolean isKnown() {
    return known;
  }

  String log() {
    return log;
  }

  long number() {
    return number;
  }

  Optional<DirectoryChannel> channel(String nameOrId) {
    DirectoryChannel named = byName.get(nameOrId);
    if (named != null) {
      return Optional.of(named);
    }
    try {
      return channel(UUID.fromString(nameOrId));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  Optional<DirectoryChannel> channel(UUID id) {
    return Optional.ofNullable(channels.get(id));
  }

  Optional<DirectoryChannel> channelByKeyHash(String keyHash) {
    return Optional.ofNullable(byKeyHash.get(keyHash));
  }

  TokenTrust tokens() {
    return tokens.trust();
  }

  List<DirectoryNode> nodes(Role role) {
    return byRole.getOrDefault(role, List.of());
  }

  /** Whether {@link #with} can take the change: a snapshot, or what follows this state's number. */
  boolean precedes(DirectoryChange change) {
    return change.snapshot() || (change.log().equals(log) && change.fromNumber() == number);
  }

  /**
   * @param nowS Unix seconds
   */
  DirectoryState with(DirectoryChange change, long nowS) {
    Map<UUID, DirectoryChannel> newChannels =
        change.snapshot() ? new HashMap<>() : new HashMap<>(channels);
    Map<String, DirectoryNode> newNodes =
        change.snapshot() ? new HashMap<>() : new HashMap<>(nodes);
    change.removedChannels().forEach(newChannels::remove);
    change.channels().forEach(channel -> newChannels.put(channel.id(), channel));
    change.removedNodes().forEach(newNodes::remove);
    change.nodes().forEach(node -> newNodes.put(node.id(), node));
    return new DirectoryState(
        /* known= */ true,
        change.log(),
        change.number(),
        newChannels,
        newNodes,
        (change.snapshot() ? KeptTokens.NONE : tokens).with(change.tokens(), nowS));
  }

  /** The same, but no number follows it: only a snapshot can replace it. */
  DirectoryState withoutNumber() {
    return new DirectoryState(known, /* log= */ "", /* number= */ 0, channels, nodes, tokens);
  }

  DirectoryChange snapshot() {
    return new DirectoryChange(
        log,
        /* fromNumber= */ 0,
        number,
        /* snapshot= */ true,
        List.copyOf(channels.values()),
        List.of(),
        List.copyOf(nodes.values()),
        List.of(),
        tokens.all());
  }
}
