package io.millrace.ingest;

import io.millrace.fabric.Feed;
import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.FeedSource;
import io.millrace.fabric.Follower;
import io.millrace.limits.FairBudget;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.channel.Fence;
import io.millrace.media.index.PartKey;
import io.millrace.media.input.Checkpoint;
import io.millrace.media.input.InputEntry;
import io.millrace.media.input.InputRecord;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Offers the channels' input logs to packagers. Confined to the agent. */
final class InputFeed implements FeedSource {
  private static final Logger log = LoggerFactory.getLogger(InputFeed.class);

  private final IngestConfig config;
  private final IngestMetrics metrics;
  private final FairBudget budget;
  private final Set<Follower> attached = new HashSet<>();
  private final Map<ChannelId, Served> channels = new HashMap<>();

  InputFeed(IngestConfig config, IngestMetrics metrics) {
    this.config = config;
    this.budget = new FairBudget(config.allHistoryBytes(), channels::size);
    this.metrics = metrics;
  }

  @Override
  public Feed feed() {
    return Feed.INPUT;
  }

  @Override
  public void attach(Follower follower) {
    attached.add(follower);
    for (ChannelId channel : channels.keySet()) {
      follower.send(new FeedMessage.Announced(channel, Feed.INPUT));
    }
  }

  @Override
  public void detach(Follower follower) {
    attached.remove(follower);
    for (Served served : channels.values()) {
      served.followers.remove(follower);
    }
  }

  @Override
  public void follow(ChannelId channel, long fromNumber, Follower follower) {
    Served served = channels.get(channel);
    if (served == null) {
      follower.send(new FeedMessage.Withdrawn(channel, Feed.INPUT));
      return;
    }
    Optional<List<InputEntry>> continuation =
        fromNumber < 1 ? Optional.empty() : served.log.from(fromNumber);
    if (continuation.isPresent()) {
      sendAll(channel, continuation.get(), follower);
    } else {
      follower.send(new FeedMessage.SnapshotBegun(channel, Feed.INPUT));
      served
          .log
          .checkpoint()
          .ifPresent(kept -> follower.send(new FeedMessage.InputCheckpoint(channel, kept)));
      sendAll(channel, served.log.snapshot(), follower);
      follower.send(new FeedMessage.SnapshotEnded(channel, Feed.INPUT, served.log.lastNumber()));
    }
    served.followers.add(follower);
  }

  @Override
  public void unfollow(ChannelId channel, Follower follower) {
    Served served = channels.get(channel);
    if (served != null) {
      served.followers.remove(follower);
    }
  }

  @Override
  public void keep(ChannelId channel, Checkpoint checkpoint) {
    Served served = channels.get(channel);
    InputLog.Keeping result =
        served == null ? InputLog.Keeping.ANOTHER_LOG : served.log.keep(checkpoint);
    metrics.checkpoint(result);
    if (result == InputLog.Keeping.TOO_LONG) {
      log.debug("checkpoint refused: channel={} bytes={}", channel, checkpoint.state().length());
    }
  }

  /** An input log has no parts. */
  @Override
  public void fetch(ChannelId channel, PartKey key, Follower follower) {
    follower.send(new FeedMessage.PartUnavailable(channel, key));
  }

  /** Begins a channel's log; one of the same channel is withdrawn first. */
  void open(ChannelId channel, Fence fence) {
    withdraw(channel);
    channels.put(
        channel,
        new Served(
            new InputLog(fence, config.historyEntries(), config.historyBytes(), budget, metrics)));
    announce(new FeedMessage.Announced(channel, Feed.INPUT));
  }

  /** Sets how much of the channel's log is kept, limits permitting. */
  void keep(ChannelId channel, Duration length) {
    Served served = channels.get(channel);
    if (served != null) {
      served.log.keep(length.toNanos());
    }
  }

  /** Lets go of what channels hold that are not written to, where all hold too much. */
  void trim() {
    channels.values().forEach(served -> served.log.trim());
  }

  void withdraw(ChannelId channel) {
    Served served = channels.remove(channel);
    if (served != null) {
      served.log.release();
      announce(new FeedMessage.Withdrawn(channel, Feed.INPUT));
    }
  }

  /** Appends to the channel's log and sends it to all that follow. */
  void append(ChannelId channel, InputRecord record) {
    Served served = channels.get(channel);
    if (served == null) {
      throw new IllegalStateException("channel: " + channel + " (expected: one with a log)");
    }
    FeedMessage message = new FeedMessage.Input(channel, served.log.append(record));
    for (Follower follower : served.followers) {
      follower.send(message);
    }
  }

  private void announce(FeedMessage message) {
    for (Follower follower : attached) {
      follower.send(message);
    }
  }

  private static void sendAll(ChannelId channel, List<InputEntry> entries, Follower follower) {
    for (InputEntry entry : entries) {
      follower.send(new FeedMessage.Input(channel, entry));
    }
  }

  private static final class Served {
    private final InputLog log;
    private final Set<Follower> followers = new HashSet<>();

    Served(InputLog log) {
      this.log = log;
    }
  }
}
