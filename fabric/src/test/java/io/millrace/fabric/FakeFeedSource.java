package io.millrace.fabric;

import io.millrace.media.Bytes;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.channel.Fence;
import io.millrace.media.index.IndexEntry;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.index.PartKey;
import io.millrace.media.input.Checkpoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Keeps whole channels in memory and sends them as a packager or origin does. Agent thread. */
public final class FakeFeedSource implements FeedSource {
  private static final class Log {
    private final List<IndexEntry> entries = new ArrayList<>();
    private final Map<Long, FeedMessage.Part> partOfEntry = new HashMap<>();
    private final Map<PartKey, FeedMessage.Part> parts = new HashMap<>();
    private final Set<Follower> followers = new LinkedHashSet<>();
    private Fence fence = new Fence(1, 1);
  }

  private final Feed feed;
  private final Map<ChannelId, Log> logs = new LinkedHashMap<>();
  private final Set<Follower> attached = new LinkedHashSet<>();
  private final Set<Long> withheld = new HashSet<>();

  public final AtomicInteger snapshots = new AtomicInteger();
  public final AtomicInteger continuations = new AtomicInteger();
  public final AtomicInteger detached = new AtomicInteger();

  /** What followers handed over; the newest of each channel is in its snapshots. */
  public final List<Checkpoint> kept = new CopyOnWriteArrayList<>();

  public FakeFeedSource(Feed feed) {
    this.feed = feed;
  }

  public void open(ChannelId channel) {
    logs.put(channel, new Log());
    attached.forEach(follower -> follower.send(new FeedMessage.Announced(channel, feed)));
  }

  public void withdraw(ChannelId channel) {
    logs.remove(channel);
    attached.forEach(follower -> follower.send(new FeedMessage.Withdrawn(channel, feed)));
  }

  /** The next entry is recorded, but not sent: as if it were lost on the way. */
  public void withholdNext(ChannelId channel) {
    withheld.add(log(channel).entries.size() + 1L);
  }

  /** A new writer takes over; numbers begin again. */
  public void takeOver(ChannelId channel, Fence fence) {
    Log log = log(channel);
    log.entries.clear();
    log.fence = fence;
  }

  public void publish(ChannelId channel, IndexRecord record) {
    Log log = log(channel);
    IndexEntry entry = new IndexEntry(log.entries.size() + 1L, log.fence, record);
    log.entries.add(entry);
    if (!withheld.remove(entry.number())) {
      log.followers.forEach(follower -> follower.send(new FeedMessage.Index(channel, entry)));
    }
  }

  /** Publishes a part as a packager does: its bytes, then the record. */
  public void publishPart(ChannelId channel, PartKey key, Bytes data) {
    Log log = log(channel);
    FeedMessage.Part part = new FeedMessage.Part(channel, log.fence, key, data);
    log.parts.put(key, part);
    log.partOfEntry.put(log.entries.size() + 1L, part);
    log.followers.forEach(follower -> follower.send(part));
    publish(
        channel,
        new IndexRecord.PartPublished(key, 0, 1, true, data.length(), Bytes.EMPTY, 0, 0, 0, false));
  }

  /** Sends an entry outside of the log to everyone. */
  public void sendRaw(ChannelId channel, FeedMessage message) {
    log(channel).followers.forEach(follower -> follower.send(message));
  }

  private Log log(ChannelId channel) {
    Log log = logs.get(channel);
    if (log == null) {
      throw new IllegalStateException("no channel " + channel);
    }
    return log;
  }

  @Override
  public Feed feed() {
    return feed;
  }

  @Override
  public void attach(Follower follower) {
    attached.add(follower);
    logs.keySet().forEach(channel -> follower.send(new FeedMessage.Announced(channel, feed)));
  }

  @Override
  public void detach(Follower follower) {
    detached.incrementAndGet();
    attached.remove(follower);
    logs.values().forEach(log -> log.followers.remove(follower));
  }

  @Override
  public void follow(ChannelId channel, long fromNumber, Follower follower) {
    Log log = logs.get(channel);
    if (log == null) {
      follower.send(new FeedMessage.Withdrawn(channel, feed));
      return;
    }
    log.followers.add(follower);
    boolean continues = fromNumber > 0 && fromNumber <= log.entries.size() + 1;
    long from = continues ? fromNumber : 1;
    (continues ? continuations : snapshots).incrementAndGet();
    if (!continues) {
      follower.send(new FeedMessage.SnapshotBegun(channel, feed));
      if (!kept.isEmpty()) {
        follower.send(new FeedMessage.InputCheckpoint(channel, kept.getLast()));
      }
    }
    for (IndexEntry entry : log.entries) {
      if (entry.number() >= from) {
        FeedMessage.Part part = log.partOfEntry.get(entry.number());
        if (part != null) {
          follower.send(part);
        }
        follower.send(new FeedMessage.Index(channel, entry));
      }
    }
    if (!continues) {
      follower.send(new FeedMessage.SnapshotEnded(channel, feed, log.entries.size()));
    }
  }

  @Override
  public void unfollow(ChannelId channel, Follower follower) {
    Log log = logs.get(channel);
    if (log != null) {
      log.followers.remove(follower);
    }
  }

  @Override
  public void keep(ChannelId channel, Checkpoint checkpoint) {
    kept.add(checkpoint);
  }

  @Override
  public void fetch(ChannelId channel, PartKey key, Follower follower) {
    Log log = logs.get(channel);
    FeedMessage.Part part = log == null ? null : log.parts.get(key);
    follower.send(part == null ? new FeedMessage.PartUnavailable(channel, key) : part);
  }
}
