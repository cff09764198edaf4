package io.millrace.fabric;

/** Receives what a link brings. Called on the fabric's agent thread. */
public interface FeedHandler {
  /** The far end answers; its announcements follow. Nothing that was followed is followed now. */
  void onLinkUp(Link link);

  /** The far end went silent. What was received stays valid. */
  void onLinkDown(Link link);

  /**
   * A message for this feed. Numbers of {@code Input} and {@code Index} entries of a followed
   * channel come in order and without a gap: the link asks again for what was lost on the way.
   */
  void onMessage(Link link, FeedMessage message);
}
