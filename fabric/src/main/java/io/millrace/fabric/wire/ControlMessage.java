package io.millrace.fabric.wire;

import io.millrace.fabric.Feed;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.index.PartKey;
import io.millrace.media.input.Checkpoint;
import java.util.List;

/** Says something about a link itself, or asks for something over it. */
public sealed interface ControlMessage {
  /** Chosen by the receiving end at random for each attempt to connect. */
  long link();

  /**
   * Asks for a link; sent again until answered.
   *
   * @param node chosen at random at each start of the receiving node
   * @param firstStream the stream that answers and heartbeats are expected on; media follow it
   * @param returnEndpoint host:port; empty for shared memory
   */
  record Hello(
      long link,
      long node,
      int leastVersion,
      int mostVersion,
      Feed feed,
      int firstStream,
      int mediaStreams,
      String returnEndpoint)
      implements ControlMessage {}

  enum Answer {
    ACCEPTED,
    VERSION_NOT_SPOKEN,
    FEED_NOT_SERVED,
    TOO_MANY_LINKS
  }

  /**
   * Answers a {@link Hello}.
   *
   * @param node the serving node's own random number
   * @param version the schema version spoken from here on; 0 where refused
   * @param sessions of the media streams, in order
   */
  record HelloAnswer(long link, long node, Answer answer, int version, List<Integer> sessions)
      implements ControlMessage {
    public HelloAnswer {
      sessions = List.copyOf(sessions);
    }
  }

  /**
   * Shows that the sender lives, and tells both ends how far their clocks are apart.
   *
   * @param heardUtcNs {@code sentUtcNs} of the last one heard; 0: none yet
   * @param heldNs from its arrival to this one's sending
   */
  record Heartbeat(long link, long node, long sentUtcNs, long heardUtcNs, long heldNs)
      implements ControlMessage {}

  /** The sender closes the link. */
  record Goodbye(long link, long node) implements ControlMessage {}

  record Follow(long link, ChannelId channel, long fromNumber) implements ControlMessage {}

  record Unfollow(long link, ChannelId channel) implements ControlMessage {}

  record Fetch(long link, ChannelId channel, PartKey key) implements ControlMessage {}

  record KeepCheckpoint(long link, ChannelId channel, Checkpoint checkpoint)
      implements ControlMessage {}
}
