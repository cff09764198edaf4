package io.millrace.control.live;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Gathers for one console what changed since it was told last. Names of things only, each once: it
 * is never longer than there are things, and what is sent is how they are then.
 */
final class EventQueue {
  private static final int MOST_REMOVED = 10_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();

  @GuardedBy("lock")
  private Set<UUID> channels = new LinkedHashSet<>();

  @GuardedBy("lock")
  private Map<UUID, String> removed = new LinkedHashMap<>();

  @GuardedBy("lock")
  private Set<String> nodes = new LinkedHashSet<>();

  @GuardedBy("lock")
  private boolean closed;

  /** What changed. */
  record Batch(Set<UUID> channels, Map<UUID, String> removed, Set<String> nodes, boolean closed) {
    boolean isEmpty() {
      return channels.isEmpty() && removed.isEmpty() && nodes.isEmpty();
    }
  }

  void channelsChanged(Collection<UUID> changed) {
    if (changed.isEmpty()) {
      return;
    }
    lock.lock();
    try {
      channels.addAll(changed);
      news.signal();
    } finally {
      lock.unlock();
    }
  }

  void channelRemoved(UUID channel, String name) {
    lock.lock();
    try {
      channels.remove(channel);
      if (removed.size() >= MOST_REMOVED) {
        closed = true;
      }
      removed.put(channel, name);
      news.signal();
    } finally {
      lock.unlock();
    }
  }

  void nodeChanged(String node) {
    lock.lock();
    try {
      nodes.add(node);
      news.signal();
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      news.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for news, at most {@code timeout}, and takes them; blocks. */
  Batch take(Duration timeout) throws InterruptedException {
    lock.lock();
    try {
      long leftNs = timeout.toNanos();
      while (channels.isEmpty() && removed.isEmpty() && nodes.isEmpty() && !closed && leftNs > 0) {
        leftNs = news.awaitNanos(leftNs);
      }
      Batch batch = new Batch(channels, removed, nodes, closed);
      channels = new LinkedHashSet<>();
      removed = new LinkedHashMap<>();
      nodes = new LinkedHashSet<>();
      return batch;
    } finally {
      lock.unlock();
    }
  }

  /** Lets time pass so that a burst becomes one batch; ends at once when the queue is closed. */
  void pause(Duration pause) throws InterruptedException {
    lock.lock();
    try {
      long leftNs = pause.toNanos();
      while (!closed && leftNs > 0) {
        leftNs = Math.min(leftNs, news.awaitNanos(leftNs));
      }
    } finally {
      lock.unlock();
    }
  }
}
