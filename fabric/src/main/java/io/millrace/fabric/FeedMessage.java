package io.millrace.fabric;

import io.millrace.media.Bytes;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.channel.Fence;
import io.millrace.media.index.IndexEntry;
import io.millrace.media.index.PartKey;
import io.millrace.media.input.Checkpoint;
import io.millrace.media.input.InputEntry;

/** Says one thing about one channel, from the node that has it to one that follows it. */
public sealed interface FeedMessage {
  ChannelId channel();

  /** The sender has this channel's feed; whoever wants it follows. Sent again on every new link. */
  record Announced(ChannelId channel, Feed feed) implements FeedMessage {}

  /** The sender no longer has this channel's feed. */
  record Withdrawn(ChannelId channel, Feed feed) implements FeedMessage {}

  /** What follows up to {@link SnapshotEnded} replaces all that the receiver knew of the feed. */
  record SnapshotBegun(ChannelId channel, Feed feed) implements FeedMessage {}

  /** The snapshot is complete; the next entry has the number {@code lastNumber + 1}. */
  record SnapshotEnded(ChannelId channel, Feed feed, long lastNumber) implements FeedMessage {}

  /**
   * What the newest packager that handed it over had come to; within a snapshot of an input log,
   * before its entries. Those up to its number may follow, for receivers that do not know it.
   */
  record InputCheckpoint(ChannelId channel, Checkpoint checkpoint) implements FeedMessage {}

  record Input(ChannelId channel, InputEntry entry) implements FeedMessage {}

  record Index(ChannelId channel, IndexEntry entry) implements FeedMessage {}

  /** A part's bytes, whole; pushed before the index record that publishes it, or fetched. */
  record Part(ChannelId channel, Fence fence, PartKey key, Bytes data) implements FeedMessage {}

  /** The answer to a fetch of a part that the sender does not have. */
  record PartUnavailable(ChannelId channel, PartKey key) implements FeedMessage {}
}
