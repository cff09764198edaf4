package io.millrace.control.live;

import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Passes on to every open console what changed. Any thread, does not block. */
public final class Events {
  private final int mostConsoles;
  private final Set<EventQueue> consoles = ConcurrentHashMap.newKeySet();
  private final AtomicInteger count = new AtomicInteger();

  public Events(int mostConsoles) {
    this.mostConsoles = mostConsoles;
  }

  public void channelsChanged(Collection<UUID> channels) {
    consoles.forEach(console -> console.channelsChanged(channels));
  }

  public void channelRemoved(UUID channel, String name) {
    consoles.forEach(console -> console.channelRemoved(channel, name));
  }

  public void nodeChanged(String node) {
    consoles.forEach(console -> console.nodeChanged(node));
  }

  public int consoles() {
    return count.get();
  }

  /** Ends every console's stream. */
  public void close() {
    consoles.forEach(EventQueue::close);
  }

  /** A queue for one more console; empty where there are as many as there may be. */
  Optional<EventQueue> open() {
    if (count.incrementAndGet() > mostConsoles) {
      count.decrementAndGet();
      return Optional.empty();
    }
    EventQueue console = new EventQueue();
    consoles.add(console);
    return Optional.of(console);
  }

  void remove(EventQueue console) {
    if (consoles.remove(console)) {
      count.decrementAndGet();
    }
  }
}
