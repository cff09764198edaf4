package io.millrace.edge;

import io.millrace.control.link.ChannelReport;
import io.millrace.control.link.DirectoryChannel;
import io.millrace.control.link.NodeDirectory;
import io.millrace.control.link.NodeReports;
import io.millrace.control.link.Role;
import io.millrace.delivery.Channels;
import io.millrace.delivery.DeliveryMetrics;
import io.millrace.delivery.DeliveryServer;
import io.millrace.delivery.WatchedChannel;
import io.millrace.fabric.Fabric;
import io.millrace.fabric.Feed;
import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.NodeAddress;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.index.PartKey;
import io.millrace.window.ChannelWindow;
import io.millrace.window.index.TimelineView;
import io.millrace.window.store.PartStore;
import io.millrace.window.store.StoreMetrics;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the edge: origins' windows in, viewers' responses out.
 *
 * <p>{@link #find} runs on event loops; everything else that is not public belongs to the fabric's
 * agent thread.
 */
public final class EdgeNode implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EdgeNode.class);
  private static final Duration REPAIR_TICK = Duration.ofMillis(50);
  private static final Duration REPORT_TICK = Duration.ofSeconds(1);

  private final EdgeConfig config;
  private final Fabric fabric;
  private final NodeDirectory directory;
  private final NodeReports reports;
  private final OriginClock clock;
  private final StoreMetrics metrics;
  private final DeliveryMetrics deliveryMetrics;
  private final Gauge viewerGauge;
  private final Gauge channelGauge;
  private final PartStore store;
  private final Map<ChannelId, EdgeChannel> channels = new ConcurrentHashMap<>();
  private final Map<NodeAddress, OriginLink> links = new LinkedHashMap<>();
  private final DeliveryServer server;
  private boolean closed;

  private EdgeNode(
      EdgeConfig config,
      Fabric fabric,
      NodeDirectory directory,
      NodeReports reports,
      PrometheusRegistry registry,
      Clock clock) {
    this.config = Objects.requireNonNull(config, "config");
    this.fabric = Objects.requireNonNull(fabric, "fabric");
    this.directory = Objects.requireNonNull(directory, "directory");
    this.reports = Objects.requireNonNull(reports, "reports");
    this.clock = new OriginClock(Objects.requireNonNull(clock, "clock"));
    this.metrics = new StoreMetrics("edge", registry);
    this.deliveryMetrics = new DeliveryMetrics(registry);
    this.viewerGauge =
        Gauge.builder()
            .name("millrace_edge_viewers")
            .help("Sessions with a playlist request in the last 10 s, all channels")
            .register(registry);
    this.channelGauge =
        Gauge.builder()
            .name("millrace_edge_channels")
            .help("Channels that viewers ask for")
            .register(registry);
    this.store = new PartStore(config.store(), metrics);
    this.server = DeliveryServer.start(config.http(), this::find, deliveryMetrics, this.clock);
    fabric.every(REPAIR_TICK, this::repair);
    fabric.every(REPORT_TICK, this::report);
  }

  /**
   * Starts to listen; viewers are served once {@link #upstreams} is told where origins are.
   *
   * @throws io.millrace.delivery.DeliveryException where the port is in use
   */
  public static EdgeNode start(
      EdgeConfig config,
      Fabric fabric,
      NodeDirectory directory,
      NodeReports reports,
      PrometheusRegistry registry) {
    return new EdgeNode(config, fabric, directory, reports, registry, Clock.systemUTC());
  }

  /** The port that viewers reach. */
  public int port() {
    return server.port();
  }

  /** Takes no viewers from now on; those that are there are served. Any thread. */
  public void drain() {
    server.drain();
  }

  /** How many connections of viewers there are. Any thread. */
  public int connections() {
    return server.connections();
  }

  /** Sets which origins channels are followed at. Any thread, at any time. */
  public void upstreams(Set<NodeAddress> origins) {
    Set<NodeAddress> wanted = Set.copyOf(origins);
    if (fabric.inAgent()) {
      connect(wanted);
    } else if (!fabric.execute(() -> connect(wanted))) {
      LOG.warn("edge: the fabric's queue is full, a change of upstreams is lost");
    }
  }

  private void connect(Set<NodeAddress> wanted) {
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

  private static long nowNs() {
    return System.nanoTime();
  }

  /** Finds what a viewer asks for; the first one makes the edge follow it. Event loops. */
  private Channels.Found find(String nameOrId) {
    boolean allKnown = directory.isKnown(); // asked first: the directory may come in between
    Optional<DirectoryChannel> found = directory.channel(nameOrId);
    if (found.isEmpty()) {
      return allKnown ? Channels.Found.UNKNOWN : Channels.Found.NOT_KNOWN_YET;
    }
    return new Channels.Found.Watched(watch(new ChannelId(found.get().id())));
  }

  private WatchedChannel watch(ChannelId id) {
    EdgeChannel channel = channels.get(id);
    if (channel != null) {
      return channel.watched();
    }
    if (channels.size() >= config.maxChannels()) {
      return refused(id);
    }
    EdgeChannel added = newChannel(id);
    EdgeChannel other = channels.putIfAbsent(id, added);
    if (other != null) {
      return other.watched();
    }
    if (!fabric.execute(() -> join(added))) {
      channels.remove(id, added);
      return refused(id);
    }
    return added.watched();
  }

  private EdgeChannel newChannel(ChannelId id) {
    ChannelWindow window = new ChannelWindow(id, store, this::fetch, metrics);
    return new EdgeChannel(
        window,
        new WatchedChannel(
            id, key -> want(window, key), deliveryMetrics, config.http().maxViewers(), nowNs()));
  }

  private WatchedChannel refused(ChannelId id) {
    WatchedChannel refused = new WatchedChannel(id, _ -> {}, deliveryMetrics, 1, nowNs());
    refused.status(WatchedChannel.Status.REFUSED);
    return refused;
  }

  /** Where the queue is full the request times out and its client asks again. */
  private void want(ChannelWindow window, PartKey key) {
    boolean queued = fabric.execute(() -> window.want(key, nowNs()));
    if (!queued) {
      LOG.debug("channel {}: the fabric's queue is full", window.channel());
    }
  }

  private boolean fetch(ChannelId id, PartKey key) {
    EdgeChannel channel = channels.get(id);
    OriginLink from = channel == null ? null : channel.from;
    if (from == null || !from.isUp()) {
      return false;
    }
    from.link().fetch(id, key);
    return true;
  }

  /** Follows the channel where it can be followed. */
  private void join(EdgeChannel channel) {
    if (!channel.hasTimeline() && !store.hasRoom(nowNs())) {
      LOG.error(
          "channel {}: refused, {} of {} bytes for parts are in use",
          channel.id(),
          store.usedBytes(),
          config.store().budgetBytes());
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

  void onLinkUp(OriginLink link) {
    LOG.debug("link {}: up, feed {}", link.link().peer(), Feed.WINDOW);
    for (EdgeChannel channel : channels.values()) {
      channel.declined.remove(link);
      if (channel.from == null || channel.from.equals(link)) {
        join(channel);
      }
    }
  }

  /** Its channels go on with what there is, and with another origin where one is reachable. */
  void onLinkDown(OriginLink link) {
    LOG.debug("link {}: down, feed {}", link.link().peer(), Feed.WINDOW);
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
      case FeedMessage.Input _ -> {}
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

  private void repair() {
    long nowNs = nowNs();
    for (EdgeChannel channel : channels.values()) {
      channel.window().tick(nowNs);
    }
  }

  /** Once a second: leaves what nobody asks for, and tells the control plane of the rest. */
  private void report() {
    long nowNs = nowNs();
    long endedBefore = clock.nanos() - config.endedRetention().toNanos();
    setClock();
    int viewers = 0;
    for (EdgeChannel channel : channels.values()) {
      if (nowNs - channel.watched().lastRequestNs() > config.idleAfter().toNanos()) {
        leave(channel);
        continue;
      }
      if (channel.watched().status() == WatchedChannel.Status.REFUSED && store.hasRoom(nowNs)) {
        join(channel);
      }
      channel.window().sweep(nowNs, endedBefore);
      channel.watched().playlists().keepOnly(channel.window().view());
      showIfOver(channel);
      int watching = channel.watched().viewers().count(nowNs);
      viewers += watching;
      channel
          .window()
          .view()
          .newest()
          .ifPresent(timeline -> reports.report(reportOf(channel, timeline, watching)));
    }
    viewerGauge.set(viewers);
    channelGauge.set(channels.size());
  }

  /** Origins agree on the time: the first one that is reachable tells it. */
  private void setClock() {
    for (OriginLink link : links.values()) {
      if (link.isUp()) {
        clock.offset(link.link().clockOffsetNs());
        return;
      }
    }
  }

  /** The last timeline went with its retention: the channel is not on air. */
  private void showIfOver(EdgeChannel channel) {
    if (!channel.hasTimeline() && channel.watched().status() == WatchedChannel.Status.FOLLOWING) {
      showStatus(channel);
    }
  }

  private ChannelReport reportOf(EdgeChannel channel, TimelineView timeline, int viewers) {
    return new ChannelReport(
        channel.id().value(),
        Role.EDGE,
        timeline.ended() ? ChannelReport.State.ENDED : ChannelReport.State.LIVE,
        timeline.broadcast().value(),
        0,
        0,
        List.of(),
        "",
        viewers,
        channel.window().medianLatencyMs(),
        List.of());
  }

  private void leave(EdgeChannel channel) {
    Optional<TimelineView> newest = channel.window().view().newest();
    channels.remove(channel.id(), channel);
    if (channel.from != null && channel.from.isUp()) {
      channel.from.link().unfollow(channel.id());
    }
    channel.watched().close();
    channel.window().close();
    newest.ifPresent(timeline -> reports.report(reportOf(channel, timeline, 0)));
    LOG.debug("channel {}: left, nobody asks for it", channel.id());
  }

  /** Stops serving at once. */
  @Override
  public void close() {
    server.close();
    Runnable release =
        () -> {
          closed = true;
          for (EdgeChannel channel : List.copyOf(channels.values())) {
            channel.watched().close();
            channel.window().close();
          }
          channels.clear();
          links.values().forEach(link -> link.link().close());
          links.clear();
          store.close();
        };
    if (fabric.inAgent()) {
      release.run();
    } else if (!fabric.execute(release)) {
      LOG.warn("edge: the fabric's queue is full, windows are left to the end of the process");
    }
  }
}
