package io.millrace.edge;

import io.millrace.delivery.WatchedChannel;
import io.millrace.media.channel.ChannelId;
import io.millrace.window.ChannelWindow;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds one channel that viewers ask for. Confined to the agent thread but for {@link #watched}.
 */
final class EdgeChannel {
  private final ChannelWindow window;
  private final WatchedChannel watched;

  /** The link that it is followed on; null while there is none. */
  @Nullable OriginLink from;

  /** Links whose origin does not have the channel. */
  final Set<OriginLink> declined = new HashSet<>();

  /** Whether the origin has said all that it has, be it nothing. */
  boolean told;

  EdgeChannel(ChannelWindow window, WatchedChannel watched) {
    this.window = window;
    this.watched = watched;
    window.addListener(() -> watched.view(window.view()));
  }

  ChannelId id() {
    return window.channel();
  }

  ChannelWindow window() {
    return window;
  }

  WatchedChannel watched() {
    return watched;
  }

  boolean hasTimeline() {
    return !window.view().timelines().isEmpty();
  }

  void followOn(OriginLink link) {
    from = link;
    told = false;
    link.link().follow(id(), 0);
  }
}
