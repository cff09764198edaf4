package io.millrace.control.link;

import io.millrace.control.token.TokenTrust;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/** Tells a node which channels, keys and nodes there are. Every method from any thread, at once. */
public interface NodeDirectory {
  /**
   * Whether there is a directory: it came from the control plane, now or before an earlier end of
   * this node. Until then nobody knows whether what is not found exists.
   */
  boolean isKnown();

  /** Finds a channel by its name or by the text form of its id. */
  Optional<DirectoryChannel> channel(String nameOrId);

  Optional<DirectoryChannel> channel(UUID id);

  /** Finds the channel that a stream key publishes to, by the key's SHA-256 in hexadecimal. */
  Optional<DirectoryChannel> channelByKeyHash(String keyHash);

  /** Decides which viewers' tokens are good: the same object until that changes. */
  default TokenTrust tokens() {
    return TokenTrust.NONE;
  }

  /** The nodes that have the role, this one included, in order of their ids. */
  List<DirectoryNode> nodes(Role role);

  /**
   * Calls {@code listener} after every change, on a thread of the directory's; it must not block.
   */
  void onChange(Runnable listener);

  /**
   * Calls {@code listener} when someone asks to end the channel's broadcast, as {@link #onChange}.
   */
  void onEndBroadcast(Consumer<UUID> listener);

  /**
   * Calls {@code listener} with each date range for a channel's playlists, as {@link #onChange}.
   */
  void onDateRange(Consumer<MarkedRange> listener);
}
