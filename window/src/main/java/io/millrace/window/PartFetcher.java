package io.millrace.window;

import io.millrace.media.channel.ChannelId;
import io.millrace.media.index.PartKey;

/** Asks upstream for a part's bytes. Called on the fabric's agent thread. */
@FunctionalInterface
public interface PartFetcher {
  /** Sends the request; false where nobody can be asked now. */
  boolean fetch(ChannelId channel, PartKey key);

  /**
   * Learns that a part's bytes were let go for want of room.
   *
   * @return whether upstream has them still, so that they may be fetched when they are asked for;
   *     else the window no longer lists their segment and those before it
   */
  default boolean evicted(ChannelId channel, PartKey key) {
    return true;
  }
}
