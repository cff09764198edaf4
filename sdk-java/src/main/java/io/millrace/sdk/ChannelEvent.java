package io.millrace.sdk;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * What one who watches channels is told. The first event is a {@link Snapshot}; after a {@link
 * Disconnected} the next one is a snapshot again. In between, whatever changes comes as it is then:
 * several changes in a short time may come as one.
 */
public sealed interface ChannelEvent {
  /**
   * How things are: replaces whatever was known.
   *
   * @param channels every channel that is watched, in order of their names
   */
  record Snapshot(List<Channel> channels) implements ChannelEvent {
    /** Takes a copy of the list. */
    public Snapshot {
      channels = List.copyOf(channels);
    }
  }

  /**
   * A channel is new, or something about it changed: its settings, name or key, or what is on air.
   *
   * @param channel as it is now
   */
  record Changed(Channel channel) implements ChannelEvent {
    /** Checks that nothing is missing. */
    public Changed {
      requireNonNull(channel, "channel");
    }
  }

  /**
   * A channel was deleted.
   *
   * @param id its id
   * @param name its name, which another channel may have from now on
   */
  record Removed(UUID id, String name) implements ChannelEvent {
    /** Checks that nothing is missing. */
    public Removed {
      requireNonNull(id, "id");
      requireNonNull(name, "name");
    }
  }

  /**
   * The connection to the API is broken, or could not be made. What was known may be out of date
   * until the next snapshot. Nothing needs to be done: the connection is tried again.
   *
   * @param cause why
   * @param attempt how many times in a row there was no connection, from 1
   * @param retryIn after what time it is tried again
   */
  record Disconnected(MillraceException cause, int attempt, Duration retryIn)
      implements ChannelEvent {
    /** Checks that nothing is missing. */
    public Disconnected {
      requireNonNull(cause, "cause");
      requireNonNull(retryIn, "retryIn");
    }
  }
}
