package io.millrace.fabric;

import io.millrace.media.channel.ChannelId;
import io.millrace.media.index.PartKey;
import io.millrace.media.input.Checkpoint;

/**
 * The receiving end of a link to one node, for one feed. Confined to the fabric's agent thread; it
 * connects, and connects again, by itself.
 */
public interface Link extends AutoCloseable {
  NodeAddress peer();

  Feed feed();

  boolean isUp();

  /**
   * What to add to this node's UTC clock to get the peer's, nanoseconds, from heartbeats; 0 until
   * they told.
   */
  default long clockOffsetNs() {
    return 0;
  }

  /**
   * Asks for a channel from {@code fromNumber} on; 0: a snapshot first. While the link is down
   * nothing is asked: follow in {@link FeedHandler#onLinkUp} or at {@code Announced}.
   */
  void follow(ChannelId channel, long fromNumber);

  void unfollow(ChannelId channel);

  /**
   * Asks for one part's bytes; {@code Part} or {@code PartUnavailable} answers, the latter also
   * where the link is down now or has too many unanswered. A link that goes down leaves what was
   * asked unanswered.
   */
  void fetch(ChannelId channel, PartKey key);

  /**
   * Hands over what was made of an input log up to a number; the far end keeps it with the log, or
   * not. One that waits gives way to a newer one of its channel; while the link is down it is lost.
   */
  void keep(ChannelId channel, Checkpoint checkpoint);

  /** Any thread; never refused. */
  @Override
  void close();
}
