package io.millrace.ingest;

import io.millrace.control.link.DirectoryChannel;
import io.millrace.control.link.DirectoryNode;
import io.millrace.control.link.MarkedRange;
import io.millrace.control.link.NodeDirectory;
import io.millrace.control.link.Role;
import io.millrace.control.token.TokenPolicy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A directory that a test writes. */
public final class FakeNodeDirectory implements NodeDirectory {
  private final Map<UUID, DirectoryChannel> channels = new ConcurrentHashMap<>();
  private final List<Runnable> changes = new CopyOnWriteArrayList<>();
  private final List<Consumer<UUID>> ends = new CopyOnWriteArrayList<>();
  private final List<Consumer<MarkedRange>> marks = new CopyOnWriteArrayList<>();
  private final Map<String, Integer> asked = new ConcurrentHashMap<>();
  private volatile boolean known = true;

  /** A channel with parts of 200 ms, segments of 2 s and a grace period of 30 s. */
  public static DirectoryChannel channel(String name, String... keys) {
    return new DirectoryChannel(
        UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)),
        name,
        /* placement= */ 7,
        Arrays.stream(keys).map(key -> StreamKey.of(key).hash()).toList(),
        Duration.ofMillis(200),
        Duration.ofSeconds(2),
        Duration.ofSeconds(60),
        Duration.ofSeconds(30),
        TokenPolicy.OPEN);
  }

  /** Adds or replaces a channel and tells the listeners. */
  public void put(DirectoryChannel channel) {
    channels.put(channel.id(), channel);
    changes.forEach(Runnable::run);
  }

  public void remove(UUID channel) {
    channels.remove(channel);
    changes.forEach(Runnable::run);
  }

  /** Sets whether the control plane has ever told the directory. */
  public void known(boolean is) {
    known = is;
  }

  /** Asks for the end of the channel's broadcast. */
  public void end(UUID channel) {
    ends.forEach(end -> end.accept(channel));
  }

  /** Asks for a date range in the channel's playlists. */
  public void mark(MarkedRange range) {
    marks.forEach(mark -> mark.accept(range));
  }

  @Override
  public boolean isKnown() {
    return known;
  }

  @Override
  public Optional<DirectoryChannel> channel(String nameOrId) {
    return channels.values().stream()
        .filter(c -> c.name().equals(nameOrId) || c.id().toString().equals(nameOrId))
        .findAny();
  }

  @Override
  public Optional<DirectoryChannel> channel(UUID id) {
    return Optional.ofNullable(channels.get(id));
  }

  /** How often a key was asked for. */
  public int asked(String keyHash) {
    return asked.getOrDefault(keyHash, 0);
  }

  @Override
  public Optional<DirectoryChannel> channelByKeyHash(String keyHash) {
    asked.merge(keyHash, 1, Integer::sum);
    return channels.values().stream().filter(c -> c.keyHashes().contains(keyHash)).findAny();
  }

  @Override
  public List<DirectoryNode> nodes(Role role) {
    return List.of();
  }

  @Override
  public void onChange(Runnable listener) {
    changes.add(listener);
  }

  @Override
  public void onEndBroadcast(Consumer<UUID> listener) {
    ends.add(listener);
  }

  @Override
  public void onDateRange(Consumer<MarkedRange> listener) {
    marks.add(listener);
  }
}
