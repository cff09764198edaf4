package io.millrace.edge;

import io.millrace.delivery.WatchedChannel;
import io.millrace.fabric.Fabric;
import io.millrace.fabric.Feed;
import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.NodeAddress;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.index.PartKey;
import io.millrace.window.store.PartStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides at which origin each channel is followed, and passes on what comes from there. Confined
 * to the fabric's agent thread.
 *
 * <p>A channel is followed at one origin at a time: at one that has announced it, or else at any
 * that has not said that it does not have it.
 */
final class Following {
  private static final Logger log = LoggerFactory.getLogger(Following.class);

  private final Fabric fabric;
  private final PartStore store;
  private final OriginClock clock;

  /** The node's own: the first viewer of a channel adds it, on an event loop. */
  private final Map<ChannelId, EdgeChannel> channels;

  private final Map<NodeAddress, OriginLink> links = new LinkedHashMap<>();
  private boolean closed;

  Following(
      Fabric fabric, PartStore store, OriginClock clock, Map<ChannelId, EdgeChannel> channels) {
    this.fabric = fabric;
    this.store = store;
    this.clock = clock;
    this.channels = channels;
  }

  /** Sets at which origins channels are followed. */
  void origins(Set<NodeAddress> wanted) {
    if (closed) {
      return;
    }
    for (NodeAddress address : List.copyOf(links.keySet())) {
      if (!wanted.contains(address)) {
        OriginLink gone = Objects.requireNonNull(links.remove(address));
        gone.link().close();
        onLinkDown(gone);
      }
    }
    for (NodeAddress address : wanted) {
      if (!links.containsKey(address)) {
        OriginLink link = new OriginLink(this);
        links.put(address, link);
        link.opened(fabric.connect(address, Feed.WINDOW, link));
      }
    }
    for (EdgeChannel channel : channels.values()) {
      if (channel.from == null) {
        join(channel);
      }
    }
  }

  /** Follows the channel where it can be followed. */
  void join(EdgeChannel channel) {
    if (!channel.hasTimeline() && !store.hasRoom(nowNs())) {
      log.error(
          "channel {}: refused, {} of {} bytes for parts are in use",
          channel.id(),
          store.usedBytes(),
          store.config().budgetBytes());
      channel.watched().status(WatchedChannel.Status.REFUSED);
      return;
    }
    OriginLink best = best(channel);
    if (best != null) {
      channel.followOn(best);
    }
    showStatus(channel);
  }

  private @Nullable OriginLink best(EdgeChannel channel) {
    OriginLink best = null;
    for (OriginLink link : links.values()) {
      if (!link.isUp() || channel.declined.contains(link)) {
        continue;
      }
      if (link.announces(channel.id())) {
        return link;
      }
      best = best == null ? link : best;
    }
    return best;
  }

  private void showStatus(EdgeChannel channel) {
    WatchedChannel.Status status = WatchedChannel.Status.JOINING;
    if (channel.hasTimeline()) {
      status = WatchedChannel.Status.FOLLOWING;
    } else if (channel.from != null ? channel.told : isDeclinedByAll(channel)) {
      status = WatchedChannel.Status.NOT_LIVE;
    }
    channel.watched().status(status);
  }

  /** Not where there is no origin, or one that cannot be asked now. */
  private boolean isDeclinedByAll(EdgeChannel channel) {
    return !links.isEmpty() && channel.declined.containsAll(links.values());
  }

  void leave(EdgeChannel channel) {
    if (channel.from != null && channel.from.isUp()) {
      channel.from.link().unfollow(channel.id());
    }
  }

  /** Asks for a part's bytes; false where nobody can be asked. */
  boolean fetch(ChannelId id, PartKey key) {
    EdgeChannel channel = channels.get(id);
    OriginLink from = channel == null ? null : channel.from;
    if (from == null || !from.isUp()) {
      return false;
    }
    from.link().fetch(id, key);
    return true;
  }

  /** The last timeline went with its retention: the channel is not on air. */
  void showIfOver(EdgeChannel channel) {
    if (!channel.hasTimeline() && channel.watched().status() == WatchedChannel.Status.FOLLOWING) {
      showStatus(channel);
    }
  }

  /** Origins agree on the time: the first one that is reachable tells it. */
  void setClock() {
    for (OriginLink link : links.values()) {
      if (link.isUp()) {
        clock.offset(link.link().clockOffsetNs());
        return;
      }
    }
  }

  void onLinkUp(OriginLink link) {
    log.debug("link {}: up, feed {}", link.link().peer(), Feed.WINDOW);
    for (EdgeChannel channel : channels.values()) {
      channel.declined.remove(link);
      if (channel.from == null || channel.from.equals(link)) {
        join(channel);
      }
    }
  }

  /** Its channels go on with what there is, and with another origin where one is reachable. */
  void onLinkDown(OriginLink link) {
    log.debug("link {}: down, feed {}", link.link().peer(), Feed.WINDOW);
    for (EdgeChannel channel : channels.values()) {
      channel.declined.remove(link);
      if (link.equals(channel.from)) {
        channel.from = null;
        channel.window().onLinkDown();
      }
      if (channel.from == null) {
        join(channel);
      }
    }
  }

  void onMessage(OriginLink link, FeedMessage message) {
    EdgeChannel channel = channels.get(message.channel());
    if (channel == null) {
      return;
    }
    if (message instanceof FeedMessage.Announced) {
      onAnnounced(channel, link);
      return;
    }
    if (!link.equals(channel.from)) {
      return;
    }
    switch (message) {
      case FeedMessage.Announced _ -> {}
      case FeedMessage.Withdrawn _ -> onWithdrawn(channel, link);
      case FeedMessage.SnapshotBegun _ -> channel.window().onSnapshotBegun();
      case FeedMessage.SnapshotEnded _ -> {
        channel.window().onSnapshotEnded();
        channel.told = true;
        showStatus(channel);
      }
      case FeedMessage.Index index -> {
        channel.window().onIndex(index.entry(), nowNs(), clock.nanos());
        if (channel.watched().status() != WatchedChannel.Status.FOLLOWING) {
          showStatus(channel);
        }
      }
      case FeedMessage.Part part -> channel.window().onPart(part, nowNs());
      case FeedMessage.PartUnavailable missing ->
          channel.window().onPartUnavailable(missing.key(), nowNs());
      case FeedMessage.Input _, FeedMessage.InputCheckpoint _ -> {}
    }
  }

  /** An origin that has it is better than one that has been asked and does not know yet. */
  private void onAnnounced(EdgeChannel channel, OriginLink link) {
    channel.declined.remove(link);
    OriginLink from = channel.from;
    if (from != null && !from.equals(link) && !channel.told && !from.announces(channel.id())) {
      from.link().unfollow(channel.id());
      channel.from = null;
    }
    if (channel.from == null) {
      join(channel);
    }
  }

  private void onWithdrawn(EdgeChannel channel, OriginLink link) {
    channel.from = null;
    channel.declined.add(link);
    channel.window().onLinkDown();
    join(channel);
  }

  private static long nowNs() {
    return System.nanoTime();
  }

  void close() {
    closed = true;
    links.values().forEach(link -> link.link().close());
    links.clear();
  }
}
