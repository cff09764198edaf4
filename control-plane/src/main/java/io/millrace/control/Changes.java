package io.millrace.control;

import io.millrace.control.channels.ChannelRoutes;
import io.millrace.control.link.ControlLinkServer;
import io.millrace.control.link.MarkedRange;
import io.millrace.control.live.Events;
import io.millrace.control.live.LiveChannels;
import io.millrace.control.nodes.Directory;
import io.millrace.control.nodes.Nodes;
import io.millrace.control.tokens.TokenRoutes;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Takes what changed to whoever must hear of it: nodes by the link, consoles by events. */
final class Changes implements ChannelRoutes.Listener, Nodes.Listener, TokenRoutes.Listener {
  private final Directory directory;
  private final LiveChannels live;
  private final Events events;
  private volatile @Nullable ControlLinkServer link;

  Changes(Directory directory, LiveChannels live, Events events) {
    this.directory = directory;
    this.live = live;
    this.events = events;
  }

  /** Nodes can hear from now on. */
  void link(ControlLinkServer newLink) {
    link = newLink;
  }

  @Override
  public void changed(UUID channel) {
    directory.refresh();
    directoryChanged();
    events.channelsChanged(Set.of(channel));
  }

  @Override
  public void removed(UUID channel, String name) {
    directory.refresh();
    directoryChanged();
    live.forget(channel);
    events.channelRemoved(channel, name);
  }

  @Override
  public void endRequested(UUID channel) {
    ControlLinkServer to = link;
    if (to != null) {
      to.endBroadcast(channel);
    }
  }

  @Override
  public void marked(MarkedRange range) {
    ControlLinkServer to = link;
    if (to != null) {
      to.mark(range);
    }
  }

  @Override
  public void tokensChanged() {
    directory.refresh();
    directoryChanged();
  }

  @Override
  public void nodeChanged(String node) {
    events.nodeChanged(node);
  }

  @Override
  public void channelsChanged(Set<UUID> channels) {
    events.channelsChanged(channels);
  }

  @Override
  public void directoryChanged() {
    ControlLinkServer to = link;
    if (to != null) {
      to.directoryChanged();
    }
  }
}
