package io.millrace.control.link;

import io.millrace.control.token.TokenTrust;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the directory as the node was told it last, in memory and, a moment later, on disk. Changes
 * and listeners run on the link's thread; questions come from any.
 */
final class KeptDirectory implements NodeDirectory {
  private static final Logger log = LoggerFactory.getLogger(KeptDirectory.class);
  private static final Duration SAVE_DELAY = Duration.ofMillis(200);

  private final NodeState disk;
  private final LinkThread thread;
  private final List<Runnable> changeListeners = new CopyOnWriteArrayList<>();
  private final List<Consumer<UUID>> endListeners = new CopyOnWriteArrayList<>();
  private final List<Consumer<MarkedRange>> rangeListeners = new CopyOnWriteArrayList<>();
  private volatile DirectoryState state;

  /** Confined to the link's thread. */
  private boolean saveScheduled;

  /** Reads what is on disk. */
  KeptDirectory(NodeState disk, LinkThread thread) {
    this.disk = disk;
    this.thread = thread;
    this.state = disk.directory();
  }

  DirectoryState state() {
    return state;
  }

  @Override
  public boolean isKnown() {
    return state.isKnown();
  }

  @Override
  public Optional<DirectoryChannel> channel(String nameOrId) {
    return state.channel(nameOrId);
  }

  @Override
  public Optional<DirectoryChannel> channel(UUID id) {
    return state.channel(id);
  }

  @Override
  public Optional<DirectoryChannel> channelByKeyHash(String keyHash) {
    return state.channelByKeyHash(keyHash);
  }

  @Override
  public TokenTrust tokens() {
    return state.tokens();
  }

  @Override
  public List<DirectoryNode> nodes(Role role) {
    return state.nodes(role);
  }

  @Override
  public void onChange(Runnable listener) {
    changeListeners.add(listener);
  }

  @Override
  public void onEndBroadcast(Consumer<UUID> listener) {
    endListeners.add(listener);
  }

  @Override
  public void onDateRange(Consumer<MarkedRange> listener) {
    rangeListeners.add(listener);
  }

  /** Takes a change; false where one before it is missing, and only a snapshot helps. */
  boolean change(DirectoryChange change) {
    DirectoryState before = state;
    if (!before.precedes(change)) {
      log.warn(
          "The directory's log has a gap between {} and {}: fetching all of it",
          before.number(),
          change.fromNumber());
      state = before.withoutNumber();
      return false;
    }
    DirectoryState after = before.with(change, nowS());
    state = after;
    if (!before.isKnown()
        || after.number() != before.number()
        || !after.log().equals(before.log())) {
      saveSoon();
      changeListeners.forEach(LinkThread::guarded);
    }
    return true;
  }

  /** By the clock of this machine: what is forgotten some seconds early or late does no harm. */
  static long nowS() {
    return System.currentTimeMillis() / 1_000;
  }

  void endBroadcast(UUID channel) {
    endListeners.forEach(listener -> LinkThread.guarded(() -> listener.accept(channel)));
  }

  void mark(MarkedRange range) {
    rangeListeners.forEach(listener -> LinkThread.guarded(() -> listener.accept(range)));
  }

  private void saveSoon() {
    if (!saveScheduled) {
      saveScheduled = true;
      thread.later(this::saveNow, SAVE_DELAY.toMillis());
    }
  }

  /** Saves what has changed since the last time. */
  void saveNow() {
    if (!saveScheduled) {
      return;
    }
    saveScheduled = false;
    try {
      disk.save(state);
    } catch (IOException e) {
      log.error("The directory cannot be saved in {}", disk.directoryFile(), e);
    }
  }
}
