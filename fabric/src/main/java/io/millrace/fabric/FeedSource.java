package io.millrace.fabric;

import io.millrace.media.channel.ChannelId;
import io.millrace.media.index.PartKey;
import io.millrace.media.input.Checkpoint;

/** Offers one feed of any number of channels to followers. Called on the fabric's agent thread. */
public interface FeedSource {
  Feed feed();

  /**
   * Calls {@code follower.send} with {@code Announced} for every channel there is now, and from
   * then on with {@code Announced} and {@code Withdrawn} as channels come and go.
   */
  void attach(Follower follower);

  /** The follower is gone, with all that it followed. */
  void detach(Follower follower);

  /**
   * Starts to send a channel. The source answers with what it still has from {@code fromNumber} on
   * where that continues without a gap, else with a snapshot; then with everything new. A channel
   * that it does not have is answered by {@code Withdrawn}. Following again starts again: this is
   * also how a receiver asks for what it missed.
   *
   * @param fromNumber the first number wanted; 0: a snapshot
   */
  void follow(ChannelId channel, long fromNumber, Follower follower);

  void unfollow(ChannelId channel, Follower follower);

  /**
   * A follower of an input log hands over what it has come to, to be kept with the log. Other feeds
   * have no use for it.
   */
  default void keep(ChannelId channel, Checkpoint checkpoint) {}

  /** Sends one part again, or {@code PartUnavailable}. */
  void fetch(ChannelId channel, PartKey key, Follower follower);
}
