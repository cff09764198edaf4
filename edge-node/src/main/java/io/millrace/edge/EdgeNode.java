package io.millrace.edge;

import io.millrace.control.link.ChannelReport;
import io.millrace.control.link.DirectoryChannel;
import io.millrace.control.link.NodeDirectory;
import io.millrace.control.link.NodeReports;
import io.millrace.control.link.Role;
import io.millrace.control.token.TokenTrust;
import io.millrace.delivery.Channels;
import io.millrace.delivery.DeliveryMetrics;
import io.millrace.delivery.DeliveryServer;
import io.millrace.delivery.ViewerLimits;
import io.millrace.delivery.WatchedChannel;
import io.millrace.delivery.http.PartHeads;
import io.millrace.fabric.AgentValue;
import io.millrace.fabric.Fabric;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the edge: origins' windows in, viewers' responses out.
 *
 * <p>{@link #find} runs on event loops; everything else that is not public belongs to the fabric's
 * agent thread.
 */
public final class EdgeNode implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EdgeNode.class);
  private static final Duration REPAIR_TICK = Duration.ofMillis(50);
  private static final Duration REPORT_TICK = Duration.ofSeconds(1);

  /** For whoever waits to be told that it is in vain; a process has few seconds to stop. */
  private static final long RELEASE_WITHIN_MS = 500;

  private final EdgeConfig config;
  private final Fabric fabric;
  private final NodeDirectory directory;
  private final NodeReports reports;
  private final OriginClock clock;
  private final StoreMetrics metrics;
  private final DeliveryMetrics deliveryMetrics;
  private final ViewerLimits viewerLimits;
  private final Gauge viewerGauge;
  private final Gauge channelGauge;
  private final PartStore store;
  private final Map<ChannelId, EdgeChannel> channels = new ConcurrentHashMap<>();
  private final Following following;
  private final AgentValue<Set<NodeAddress>> upstreams;
  private final DeliveryServer server;
  private volatile boolean closed;

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
    this.viewerLimits =
        new ViewerLimits(
            config.http().maxViewers(), config.http().maxViewersPerAddress(), deliveryMetrics);
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
    this.store = new PartStore(config.store(), metrics, new PartHeads(this.clock));
    this.following = new Following(fabric, store, this.clock, channels);
    this.server =
        DeliveryServer.start(
            config.http(), new DirectoryChannels(), deliveryMetrics, this.clock, store::heldShare);
    directory.onChange(this::tellTokens);
    this.upstreams = new AgentValue<>(fabric, following::origins);
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

  /** Takes no viewers from now on; those that are there are served, and told to go. Any thread. */
  public void drain() {
    server.drain();
  }

  /** How many connections of viewers there are. Any thread. */
  public int connections() {
    return server.connections();
  }

  /** Sets which origins channels are followed at. Any thread, at any time. */
  public void upstreams(Set<NodeAddress> origins) {
    upstreams.set(Set.copyOf(origins));
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
    WatchedChannel watched = watch(new ChannelId(found.get().id()));
    watched.tokens(found.get().tokens());
    return new Channels.Found.Watched(watched);
  }

  /** What viewers may ask for. Event loops. */
  private final class DirectoryChannels implements Channels {
    @Override
    public Found find(String nameOrId) {
      return EdgeNode.this.find(nameOrId);
    }

    @Override
    public TokenTrust tokens() {
      return directory.tokens();
    }
  }

  /** For those who wait; who asks is told by {@link #find}. The directory's thread. */
  private void tellTokens() {
    for (EdgeChannel channel : channels.values()) {
      directory
          .channel(channel.id().value())
          .ifPresent(known -> channel.watched().tokens(known.tokens()));
    }
  }

  private WatchedChannel watch(ChannelId id) {
    EdgeChannel channel = channels.get(id);
    if (channel != null) {
      return channel.watched();
    }
    if (closed) {
      return unserved(id, WatchedChannel.Status.GONE);
    }
    if (channels.size() >= config.maxChannels()) {
      return unserved(id, WatchedChannel.Status.REFUSED);
    }
    EdgeChannel added = newChannel(id);
    EdgeChannel other = channels.putIfAbsent(id, added);
    if (other != null) {
      return other.watched();
    }
    if (!fabric.execute(() -> following.join(added))) {
      channels.remove(id, added);
      added.watched().close(); // another loop may have let viewers in
      return unserved(id, WatchedChannel.Status.REFUSED);
    }
    return added.watched();
  }

  private EdgeChannel newChannel(ChannelId id) {
    ChannelWindow window = new ChannelWindow(id, store, following::fetch, metrics);
    return new EdgeChannel(
        window,
        new WatchedChannel(id, key -> want(window, key), deliveryMetrics, viewerLimits, nowNs()));
  }

  private WatchedChannel unserved(ChannelId id, WatchedChannel.Status why) {
    WatchedChannel unserved =
        new WatchedChannel(id, _ -> {}, deliveryMetrics, viewerLimits, nowNs());
    unserved.viewers().close(); // one for each request: nobody would forget what it counts
    unserved.status(why);
    return unserved;
  }

  /** Where the queue is full the request times out and its client asks again. */
  private void want(ChannelWindow window, PartKey key) {
    boolean queued = fabric.execute(() -> window.want(key, nowNs()));
    if (!queued) {
      log.debug("channel {}: the fabric's queue is full", window.channel());
    }
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
    following.setClock();
    int viewers = 0;
    for (EdgeChannel channel : channels.values()) {
      if (nowNs - channel.watched().lastRequestNs() > config.idleAfter().toNanos()) {
        leave(channel);
        continue;
      }
      if (channel.watched().status() == WatchedChannel.Status.REFUSED && store.hasRoom(nowNs)) {
        following.join(channel);
      }
      channel.window().sweep(nowNs, endedBefore);
      channel.watched().playlists().keepOnly(channel.window().view());
      following.showIfOver(channel);
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
    following.leave(channel);
    channel.watched().close();
    channel.window().close();
    newest.ifPresent(timeline -> reports.report(reportOf(channel, timeline, 0)));
    log.debug("channel {}: left, nobody asks for it", channel.id());
  }

  /** Stops serving at once: whoever waits is answered 503, if there is time for it. */
  @Override
  public void close() {
    closed = true;
    server.drain();
    if (fabric.inAgent()) {
      release();
    } else {
      awaitRelease();
    }
    server.close();
  }

  /** The server's loops must be there still: they answer those who wait. */
  private void awaitRelease() {
    CountDownLatch released = new CountDownLatch(1);
    boolean queued =
        fabric.execute(
            () -> {
              release();
              released.countDown();
            });
    if (!queued) {
      log.warn("edge: the fabric's queue is full, windows are left to the end of the process");
      return;
    }
    try {
      if (!released.await(RELEASE_WITHIN_MS, TimeUnit.MILLISECONDS)) {
        log.warn("edge: viewers that wait are closed without an answer, the links' thread is busy");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void release() {
    List<Runnable> releases = new ArrayList<>();
    for (EdgeChannel channel : List.copyOf(channels.values())) {
      releases.add(channel.watched()::close);
      releases.add(channel.window()::close);
    }
    releases.add(channels::clear);
    releases.add(following::close);
    releases.add(store::close);
    Releases.runAll(releases);
  }
}
