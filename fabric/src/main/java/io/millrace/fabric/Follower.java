package io.millrace.fabric;

/** Stands for one receiver at the far end of a link. Confined to the fabric's agent thread. */
public interface Follower {
  /**
   * Sends a message. Never blocks: what the link cannot take at once waits in a bounded queue; when
   * that is full the link drops what waits for the channel and, once there is room, calls {@link
   * FeedSource#follow} again with number 0, so that the receiver gets a snapshot.
   */
  void send(FeedMessage message);
}
