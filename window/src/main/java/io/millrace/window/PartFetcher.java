package io.millrace.window;

import io.millrace.media.channel.ChannelId;
import io.millrace.media.index.PartKey;

/** Asks upstream for a part's bytes. Called on the fabric's agent thread. */
@FunctionalInterface
public interface PartFetcher {
  /** Sends the request; false where nobody can be asked now. */
  boolean fetch(ChannelId channel, PartKey key);
}
