package io.millrace.delivery;

import java.util.Optional;

/** Finds the channels that viewers ask for. */
@FunctionalInterface
public interface Channels {
  /**
   * The channel of that name or id, followed from now on where it was not; empty where there is no
   * such channel. Called on event loops: at once, never blocks.
   */
  Optional<WatchedChannel> find(String nameOrId);
}
