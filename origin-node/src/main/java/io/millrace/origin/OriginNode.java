package io.millrace.origin;

import io.millrace.fabric.AgentValue;
import io.millrace.fabric.Fabric;
import io.millrace.fabric.Feed;
import io.millrace.fabric.FeedHandler;
import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.FeedSource;
import io.millrace.fabric.Follower;
import io.millrace.fabric.Link;
import io.millrace.fabric.NodeAddress;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.index.PartKey;
import io.millrace.window.ChannelWindow;
import io.millrace.window.PartFetcher;
import io.millrace.window.index.ChannelView;
import io.millrace.window.store.PartStore;
import io.millrace.window.store.StoreMetrics;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the origin: packagers' channels in, windows out to edges.
 *
 * <p>The maps are confined to the fabric's agent thread; {@link #upstreams} and {@link #close} may
 * be called from any.
 */
public final class OriginNode implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(OriginNode.class);
  private static final Duration REPAIR_TICK = Duration.ofMillis(50);
  private static final Duration SWEEP_TICK = Duration.ofSeconds(1);

  /** A channel that nobody announces and that never ended is kept this long: its packager died. */
  private static final Duration ABANDONED_AFTER = Duration.ofMinutes(5);

  private final OriginConfig config;
  private final Fabric fabric;
  private final Clock clock;
  private final StoreMetrics metrics;
  private final PartStore store;
  private final Map<ChannelId, OriginChannel> channels = new LinkedHashMap<>();
  private final Set<Follower> attached = new LinkedHashSet<>();
  private final Map<NodeAddress, Link> links = new HashMap<>();

  /** What each packager that can be reached has. */
  private final Map<Link, Set<ChannelId>> announced = new LinkedHashMap<>();

  /** Channels that were announced when there was no room, with the link that announced them. */
  private final Map<ChannelId, Link> refused = new LinkedHashMap<>();

  private final Counter refusals;
  private final Questions questions = new Questions(links.values(), refused::containsKey);
  private final AgentValue<Set<NodeAddress>> upstreams;
  private boolean closed;

  public OriginNode(OriginConfig config, Fabric fabric, PrometheusRegistry registry) {
    this(config, fabric, registry, Clock.systemUTC());
  }

  OriginNode(OriginConfig config, Fabric fabric, PrometheusRegistry registry, Clock clock) {
    this.config = Objects.requireNonNull(config, "config");
    this.fabric = Objects.requireNonNull(fabric, "fabric");
    this.clock = Objects.requireNonNull(clock, "clock");
    this.metrics = new StoreMetrics("origin", registry);
    this.store = new PartStore(config.store(), metrics);
    this.refusals =
        Counter.builder()
            .name("millrace_origin_refused_channels_total")
            .help("Channels refused for want of room")
            .register(registry);
    this.upstreams = new AgentValue<>(fabric, this::connect);
    fabric.serve(new WindowSource());
    fabric.every(REPAIR_TICK, this::repair);
    fabric.every(SWEEP_TICK, this::sweep);
  }

  /** Sets which packagers' channels are followed. Any thread, at any time. */
  public void upstreams(Set<NodeAddress> packagers) {
    upstreams.set(Set.copyOf(packagers));
  }

  private void runInAgent(Runnable task) {
    if (fabric.inAgent()) {
      task.run();
    } else if (!fabric.execute(task)) {
      log.warn("origin: the fabric's queue is full, links are left to the end of the process");
    }
  }

  private void connect(Set<NodeAddress> wanted) {
    if (closed) {
      return;
    }
    for (NodeAddress gone : List.copyOf(links.keySet())) {
      if (!wanted.contains(gone)) {
        Link link = Objects.requireNonNull(links.remove(gone));
        link.close();
        onGone(link);
      }
    }
    for (NodeAddress address : wanted) {
      if (!links.containsKey(address)) {
        links.put(address, fabric.connect(address, Feed.PACKAGED, new PackagedHandler()));
      }
    }
    questions.tellWhatIsKnown();
  }

  private static long nowNs() {
    return System.nanoTime();
  }

  private long utcNs() {
    Instant now = clock.instant();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }

  private void repair() {
    long nowNs = nowNs();
    for (OriginChannel channel : channels.values()) {
      channel.window().tick(nowNs);
    }
  }

  private void sweep() {
    long nowNs = nowNs();
    long endedBefore = utcNs() - config.endedRetention().toNanos();
    for (Map.Entry<ChannelId, OriginChannel> each : List.copyOf(channels.entrySet())) {
      OriginChannel channel = each.getValue();
      channel.window().sweep(nowNs, endedBefore);
      ChannelView view = channel.window().view();
      boolean over = channel.isWithdrawnUpstream() || !channel.upstream().isUp();
      boolean abandoned = nowNs - channel.lastHeardNs() > ABANDONED_AFTER.toNanos();
      if (over && (view.timelines().isEmpty() || abandoned)) {
        drop(each.getKey(), channel);
      }
    }
    refused.values().removeIf(link -> !link.isUp());
    // One at a time: the bytes of the first have to come before the room for the next is known.
    Map.copyOf(refused).entrySet().stream()
        .limit(1)
        .forEach(each -> onAnnounced(each.getValue(), each.getKey()));
  }

  /** Whoever follows a channel that was announced and never heard of knows no more than before. */
  private void drop(ChannelId id, OriginChannel channel) {
    boolean isOver = channel.isWithdrawnUpstream() || channel.window().lastNumber() > 0;
    channels.remove(id);
    channel.window().close();
    for (Follower follower : attached) {
      if (!isOver && channel.followers().contains(follower)) {
        questions.ask(id, follower);
      } else {
        follower.send(new FeedMessage.Withdrawn(id, Feed.WINDOW));
      }
    }
  }

  /** A packager cannot be reached: its channels go on at another one that has them. */
  private void onGone(Link link) {
    questions.forget(link);
    announced.remove(link);
    for (OriginChannel channel : channels.values()) {
      if (channel.upstream().equals(link)) {
        channel.window().onLinkDown();
        followElsewhere(channel);
      }
    }
  }

  /** Follows the channel at another packager that has it; where there is none it waits for one. */
  private void followElsewhere(OriginChannel channel) {
    for (Map.Entry<Link, Set<ChannelId>> each : announced.entrySet()) {
      Link link = each.getKey();
      boolean hasIt = each.getValue().contains(channel.window().channel());
      if (hasIt && link.isUp() && !link.equals(channel.upstream())) {
        log.info(
            "channel {}: goes on at another packager: from={} to={}",
            channel.window().channel(),
            channel.upstream().peer(),
            link.peer());
        channel.followUpstream(link);
        return;
      }
    }
  }

  private void onAnnounced(Link link, ChannelId id) {
    OriginChannel known = channels.get(id);
    if (known != null) {
      if (known.upstream().equals(link)
          || known.isWithdrawnUpstream()
          || !known.upstream().isUp()) {
        known.followUpstream(link);
      }
      return;
    }
    if (channels.size() >= config.maxChannels() || !store.hasRoom(nowNs())) {
      if (questions.isAsked(id)) {
        link.unfollow(id);
      }
      if (refused.put(id, link) == null) {
        refusals.inc();
        log.error(
            "channel {}: refused, {} of {} channels and {} of {} bytes for parts are in use",
            id,
            channels.size(),
            config.maxChannels(),
            store.usedBytes(),
            config.store().budgetBytes());
      }
      return;
    }
    refused.remove(id);
    ChannelWindow window = new ChannelWindow(id, store, new Upstream(), metrics);
    OriginChannel channel = new OriginChannel(id, window, config.recentEntries(), link, nowNs());
    channels.put(id, channel);
    link.follow(id, 0);
    for (Follower follower : attached) {
      follower.send(new FeedMessage.Announced(id, Feed.WINDOW));
    }
    questions.answered(id).forEach(asker -> channel.follow(0, asker));
  }

  private void onWithdrawn(Link packager, ChannelId id) {
    refused.remove(id, packager);
    questions.declined(id, packager);
  }

  /** Asks packagers for bytes that did not come. */
  private final class Upstream implements PartFetcher {
    @Override
    public boolean fetch(ChannelId id, PartKey key) {
      OriginChannel channel = channels.get(id);
      if (channel == null || !channel.upstream().isUp()) {
        return false;
      }
      channel.upstream().fetch(id, key);
      return true;
    }

    /** A packager has the newest bytes only: what goes here is gone, and edges list it no more. */
    @Override
    public boolean evicted(ChannelId id, PartKey key) {
      OriginChannel channel = channels.get(id);
      if (channel != null) {
        channel.onEvicted(key);
      }
      return false;
    }
  }

  @Override
  public void close() {
    runInAgent(
        () -> {
          closed = true;
          links.values().forEach(Link::close);
          links.clear();
          announced.clear();
          questions.clear();
          channels.values().forEach(channel -> channel.window().close());
          channels.clear();
          store.close();
        });
  }

  /** Receives what packagers send. */
  private final class PackagedHandler implements FeedHandler {
    @Override
    public void onLinkUp(Link link) {
      log.debug("link {}: up, feed {}", link.peer(), link.feed());
      announced.put(link, new HashSet<>());
      questions.onLinkUp(link);
    }

    @Override
    public void onLinkDown(Link link) {
      log.debug("link {}: down, feed {}", link.peer(), link.feed());
      onGone(link);
    }

    @Override
    public void onMessage(Link link, FeedMessage message) {
      if (message instanceof FeedMessage.Announced) {
        announced.computeIfAbsent(link, _ -> new HashSet<>()).add(message.channel());
        onAnnounced(link, message.channel());
        return;
      }
      if (message instanceof FeedMessage.Withdrawn) {
        announced.computeIfAbsent(link, _ -> new HashSet<>()).remove(message.channel());
        onWithdrawn(link, message.channel());
      }
      OriginChannel channel = channels.get(message.channel());
      if (channel == null || !channel.upstream().equals(link)) {
        return;
      }
      switch (message) {
        case FeedMessage.Announced _ -> {}
        case FeedMessage.Withdrawn _ -> {
          channel.onWithdrawnUpstream();
          followElsewhere(channel);
        }
        case FeedMessage.SnapshotBegun _ -> channel.onSnapshotBegun();
        case FeedMessage.SnapshotEnded _ -> channel.onSnapshotEnded();
        case FeedMessage.Index index -> channel.onIndex(index, nowNs(), utcNs());
        case FeedMessage.Part part -> channel.onPart(part, nowNs());
        case FeedMessage.PartUnavailable missing ->
            channel.window().onPartUnavailable(missing.key(), nowNs());
        case FeedMessage.Input _, FeedMessage.InputCheckpoint _ -> {}
      }
    }
  }

  /** Feeds edges. */
  private final class WindowSource implements FeedSource {
    @Override
    public Feed feed() {
      return Feed.WINDOW;
    }

    @Override
    public void attach(Follower follower) {
      attached.add(follower);
      for (ChannelId id : new ArrayList<>(channels.keySet())) {
        follower.send(new FeedMessage.Announced(id, Feed.WINDOW));
      }
    }

    @Override
    public void detach(Follower follower) {
      attached.remove(follower);
      questions.drop(follower);
      for (OriginChannel channel : channels.values()) {
        channel.followers().remove(follower);
      }
    }

    @Override
    public void follow(ChannelId id, long fromNumber, Follower follower) {
      OriginChannel channel = channels.get(id);
      if (channel == null) {
        questions.ask(id, follower);
      } else {
        channel.follow(fromNumber, follower);
      }
    }

    @Override
    public void unfollow(ChannelId id, Follower follower) {
      OriginChannel channel = channels.get(id);
      if (channel != null) {
        channel.followers().remove(follower);
      }
      questions.drop(id, follower);
    }

    @Override
    public void fetch(ChannelId id, PartKey key, Follower follower) {
      OriginChannel channel = channels.get(id);
      if (channel == null) {
        follower.send(new FeedMessage.PartUnavailable(id, key));
      } else {
        channel.fetch(key, follower);
      }
    }
  }
}
