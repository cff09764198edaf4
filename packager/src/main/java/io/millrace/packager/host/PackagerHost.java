package io.millrace.packager.host;

import io.millrace.fabric.AgentValue;
import io.millrace.fabric.Fabric;
import io.millrace.fabric.Feed;
import io.millrace.fabric.FeedHandler;
import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.FeedSource;
import io.millrace.fabric.Follower;
import io.millrace.fabric.Link;
import io.millrace.fabric.NodeAddress;
import io.millrace.limits.FairBudget;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.index.PartKey;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Packages every channel that the ingest nodes announce, and offers the result to origins.
 *
 * <p>Confined to the fabric's agent thread but for {@link #upstreams} and {@link #close}. A channel
 * outlives its ingest's link: what was lost meanwhile shows as a discontinuity.
 */
public final class PackagerHost implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PackagerHost.class);
  private static final Duration SWEEP = Duration.ofSeconds(1);

  private final PackagerConfig config;
  private final Fabric fabric;
  private final Clock clock;
  private final BroadcasterHints hints;
  private final PackagerMetrics metrics;
  private final Map<ChannelId, PackagedChannel> channels = new LinkedHashMap<>();
  private final FairBudget history;
  private final Set<Follower> attached = new LinkedHashSet<>();
  private final Map<NodeAddress, Link> links = new HashMap<>();
  private final AgentValue<Set<NodeAddress>> upstreams;
  private boolean closed;

  public PackagerHost(
      PackagerConfig config, Fabric fabric, BroadcasterHints hints, PrometheusRegistry registry) {
    this(config, fabric, hints, registry, Clock.systemUTC());
  }

  PackagerHost(
      PackagerConfig config,
      Fabric fabric,
      BroadcasterHints hints,
      PrometheusRegistry registry,
      Clock clock) {
    this.hints = Objects.requireNonNull(hints, "hints");
    this.config = Objects.requireNonNull(config, "config");
    this.fabric = Objects.requireNonNull(fabric, "fabric");
    this.clock = Objects.requireNonNull(clock, "clock");
    this.metrics = new PackagerMetrics(registry);
    this.history = new FairBudget(config.allHistoryBytes(), channels::size);
    this.upstreams = new AgentValue<>(fabric, this::connect);
    fabric.serve(new PackagedSource());
    fabric.every(SWEEP, this::sweep);
  }

  /** Sets which ingest nodes' channels are packaged. Any thread, at any time. */
  public void upstreams(Set<NodeAddress> ingests) {
    upstreams.set(Set.copyOf(ingests));
  }

  @Override
  public void close() {
    runInAgent(
        () -> {
          closed = true;
          links.values().forEach(Link::close);
          links.clear();
          channels.values().forEach(PackagedChannel::forget);
          channels.clear();
          metrics.channels(0);
        });
  }

  private void runInAgent(Runnable task) {
    if (fabric.inAgent()) {
      task.run();
    } else if (!fabric.execute(task)) {
      log.warn("packager: the fabric's queue is full, links are left to the end of the process");
    }
  }

  private void connect(Set<NodeAddress> wanted) {
    if (closed) {
      return;
    }
    for (NodeAddress gone : List.copyOf(links.keySet())) {
      if (!wanted.contains(gone)) {
        Objects.requireNonNull(links.remove(gone)).close();
      }
    }
    for (NodeAddress address : wanted) {
      if (!links.containsKey(address)) {
        links.put(address, fabric.connect(address, Feed.INPUT, new InputHandler()));
      }
    }
  }

  private long utcNs() {
    Instant now = clock.instant();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }

  private void onAnnounced(Link link, ChannelId id) {
    PackagedChannel channel = channels.get(id);
    if (channel == null) {
      if (closed || channels.size() >= config.maxChannels()) {
        metrics.refusedChannel();
        log.error("channel {}: refused, {} channels are packaged", id, channels.size());
        return;
      }
      channel = new PackagedChannel(id, config, history, metrics);
      channels.put(id, channel);
      metrics.channels(channels.size());
      announce(new FeedMessage.Announced(id, Feed.PACKAGED));
    }
    channel.followInput(link);
  }

  private void announce(FeedMessage message) {
    for (Follower follower : attached) {
      follower.send(message);
    }
  }

  /**
   * Ends broadcasts whose ingest is gone for good, and forgets channels that are off air. Silence
   * is counted in sweeps: where this process stood still or the clock was set, nobody was silent.
   */
  private void sweep() {
    for (Map.Entry<ChannelId, PackagedChannel> each : List.copyOf(channels.entrySet())) {
      PackagedChannel channel = each.getValue();
      Duration silent = SWEEP.multipliedBy(channel.sweptInSilence());
      if (channel.isOnAir() && silent.compareTo(config.orphanAfter()) > 0) {
        log.warn("channel {}: nothing heard for {} s", each.getKey(), silent.toSeconds());
        channel.close(utcNs());
      }
      channel.trimHistory();
      channel.tellHints(hints);
      if (!channel.isOnAir() && silent.compareTo(config.forgetAfter()) > 0) {
        channel.forget();
        channels.remove(each.getKey());
        metrics.channels(channels.size());
        announce(new FeedMessage.Withdrawn(each.getKey(), Feed.PACKAGED));
      }
    }
  }

  /** Receives what one ingest node sends. */
  private final class InputHandler implements FeedHandler {
    private final Map<ChannelId, InputStart> snapshots = new HashMap<>();

    @Override
    public void onLinkUp(Link link) {
      snapshots.clear();
      log.debug("link {}: up, feed {}", link.peer(), link.feed());
    }

    @Override
    public void onLinkDown(Link link) {
      snapshots.clear();
      log.debug("link {}: down, feed {}", link.peer(), link.feed());
    }

    @Override
    public void onMessage(Link link, FeedMessage message) {
      ChannelId id = message.channel();
      switch (message) {
        case FeedMessage.Announced announced -> onAnnounced(link, id);
        case FeedMessage.SnapshotBegun begun -> snapshots.put(id, new InputStart());
        case FeedMessage.SnapshotEnded ended -> onSnapshotEnded(id);
        case FeedMessage.Withdrawn withdrawn -> snapshots.remove(id);
        case FeedMessage.Input input -> {
          PackagedChannel channel = channels.get(id);
          if (channel != null) {
            channel.onInput(link, input.entry(), snapshots.get(id));
          }
        }
        case FeedMessage.InputCheckpoint found -> {
          InputStart snapshot = snapshots.get(id);
          if (snapshot != null) {
            snapshot.checkpoint(found.checkpoint());
          }
        }
        case FeedMessage.Index index -> {}
        case FeedMessage.Part part -> {}
        case FeedMessage.PartUnavailable unavailable -> {}
      }
    }

    private void onSnapshotEnded(ChannelId id) {
      InputStart snapshot = snapshots.remove(id);
      PackagedChannel channel = channels.get(id);
      if (snapshot != null && channel != null) {
        channel.onSnapshotEnded(snapshot);
      }
    }
  }

  /** Feeds origins. */
  private final class PackagedSource implements FeedSource {
    @Override
    public Feed feed() {
      return Feed.PACKAGED;
    }

    @Override
    public void attach(Follower follower) {
      attached.add(follower);
      for (ChannelId id : channels.keySet()) {
        follower.send(new FeedMessage.Announced(id, Feed.PACKAGED));
      }
    }

    @Override
    public void detach(Follower follower) {
      attached.remove(follower);
      channels.values().forEach(channel -> channel.unfollow(follower));
    }

    @Override
    public void follow(ChannelId id, long fromNumber, Follower follower) {
      PackagedChannel channel = channels.get(id);
      if (channel == null) {
        follower.send(new FeedMessage.Withdrawn(id, Feed.PACKAGED));
      } else {
        channel.follow(fromNumber, follower);
      }
    }

    @Override
    public void unfollow(ChannelId id, Follower follower) {
      PackagedChannel channel = channels.get(id);
      if (channel != null) {
        channel.unfollow(follower);
      }
    }

    @Override
    public void fetch(ChannelId id, PartKey key, Follower follower) {
      PackagedChannel channel = channels.get(id);
      if (channel == null) {
        follower.send(new FeedMessage.PartUnavailable(id, key));
      } else {
        channel.fetch(key, follower);
      }
    }
  }
}
