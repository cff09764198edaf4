package io.millrace.fabric;

import io.millrace.media.channel.ChannelId;
import io.millrace.media.index.PartKey;

/**
 * The receiving end of a link to one node, for one feed. Confined to the fabric's agent thread; it
 * connects, and connects again, by itself.
 */
public interface Link extends AutoCloseable {
  NodeAddress peer();

  Feed feed();

  boolean isUp();

  /** Asks for a channel from {@code fromNumber} on; 0: a snapshot first. */
  void follow(ChannelId channel, long fromNumber);

  void unfollow(ChannelId channel);

  /** Asks for one part's bytes; {@code Part} or {@code PartUnavailable} answers. */
  void fetch(ChannelId channel, PartKey key);

  @Override
  void close();
}
