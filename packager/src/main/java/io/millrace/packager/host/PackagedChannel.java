package io.millrace.packager.host;

import io.millrace.fabric.Feed;
import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.Follower;
import io.millrace.fabric.Link;
import io.millrace.media.Bytes;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.channel.Fence;
import io.millrace.media.channel.TimelineId;
import io.millrace.media.index.IndexEntry;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.index.PartKey;
import io.millrace.media.input.InputEntry;
import io.millrace.media.input.InputRecord;
import io.millrace.packager.Packager;
import io.millrace.packager.PackagerSink;
import io.millrace.packager.timeline.Irregularity;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one channel's packager, and holds what came out for those who join. Confined to the agent.
 */
final class PackagedChannel implements PackagerSink {
  private static final Logger log = LoggerFactory.getLogger(PackagedChannel.class);
  private static final long SECOND_NS = 1_000_000_000L;
  private static final int LONGEST_TARGET_DURATION = 6;

  private final ChannelId id;
  private final PackagerConfig config;
  private final PackagerMetrics metrics;
  private final Packager packager;
  private final IndexHistory index;
  private final PartHistory parts;
  private final Set<Follower> followers = new LinkedHashSet<>();

  /** Per writer of the input log. */
  private Fence fence = new Fence(0, 0);

  private long lastInput;
  private boolean snapshotWanted;

  /** Its ingest was given up, and has not sent the log again since. */
  private boolean orphaned;

  /** The timelines of the broadcast that were ended here, for want of an ingest. */
  private final Set<TimelineId> givenUp = new HashSet<>();

  /** Per timeline. */
  private int targetSeconds = LONGEST_TARGET_DURATION;

  private long partCount;
  private long partBytes;

  private Bytes newestPart = Bytes.EMPTY;
  private int sweepsInSilence;

  private final Habits habits = new Habits();
  private List<String> toldHints = List.of();
  private boolean toldOnAir;

  PackagedChannel(ChannelId id, PackagerConfig config, PackagerMetrics metrics) {
    this.id = id;
    this.config = config;
    this.metrics = metrics;
    this.packager = new Packager(config.limits(), this);
    this.index = new IndexHistory(config.recentEntries());
    this.parts = new PartHistory(config.historyBytes(), metrics);
  }

  /** One more sweep has come; returns how many there were since something was heard. */
  int sweptInSilence() {
    return ++sweepsInSilence;
  }

  /** Once a second: tells what its broadcaster should change, where that is not what was told. */
  void tellHints(BroadcasterHints to) {
    habits.tick();
    boolean onAir = isOnAir();
    List<String> hints = onAir ? habits.hints() : List.of();
    if (!hints.equals(toldHints) || (toldOnAir && !onAir)) {
      toldHints = hints;
      toldOnAir = onAir;
      to.tell(id, onAir, hints);
    }
  }

  boolean isOnAir() {
    return packager.timeline().isPresent();
  }

  /** Asks for what comes after the last entry that was packaged. */
  void followInput(Link link) {
    snapshotWanted = false;
    link.follow(id, lastInput == 0 ? 0 : lastInput + 1);
  }

  /** Takes an entry of the input log; one that was there before is dropped. */
  void onInput(Link link, InputEntry entry, boolean inSnapshot) {
    sweepsInSilence = 0;
    int writer = entry.fence().compareTo(fence);
    if (writer < 0) {
      metrics.staleEntry();
      return;
    }
    boolean isAnother = writer > 0 && entry.number() != 1;
    if (!inSnapshot && (isAnother || (orphaned && writer == 0))) {
      // Another log than the one that was followed, or one given up: its beginning comes first.
      if (!snapshotWanted) {
        snapshotWanted = true;
        link.follow(id, 0);
      }
      return;
    }
    orphaned = false;
    if (writer > 0) {
      fence = entry.fence();
      lastInput = 0;
      snapshotWanted = false;
    } else if (entry.number() <= lastInput) {
      return;
    }
    if (lastInput > 0 && entry.number() != lastInput + 1) {
      if (packager.timeline().isPresent() && partCount > 0) {
        metrics.lostEntries(entry.number() - lastInput - 1);
      }
      packager.entriesLost();
    }
    lastInput = entry.number();
    if (entry.record() instanceof InputRecord.SampleArrived) {
      metrics.sample();
    }
    packager.accept(
        entry.record() instanceof InputRecord.BroadcastOpened opened
            ? new InputEntry(entry.number(), entry.fence(), onNewTimeline(opened))
            : entry);
  }

  /** Ends the broadcast whose ingest is gone; if that comes back, it is begun anew. */
  void close(long utcNs) {
    packager.timeline().ifPresent(givenUp::add);
    packager.accept(new InputEntry(lastInput + 1, fence, new InputRecord.BroadcastClosed(utcNs)));
    lastInput = 0;
    orphaned = true;
  }

  /** A timeline that viewers have seen end does not go on: the broadcast gets one after it. */
  private InputRecord.BroadcastOpened onNewTimeline(InputRecord.BroadcastOpened opened) {
    if (!givenUp.contains(opened.timeline())) {
      givenUp.clear();
      return opened;
    }
    TimelineId timeline = opened.timeline();
    while (givenUp.contains(timeline)) {
      timeline = timeline.next();
    }
    return new InputRecord.BroadcastOpened(
        opened.broadcast(), timeline, opened.settings(), opened.utcNs());
  }

  void forget() {
    parts.clear();
  }

  void follow(long fromNumber, Follower follower) {
    followers.remove(follower);
    Optional<List<IndexEntry>> continuation =
        fromNumber < 1 ? Optional.empty() : index.from(fromNumber);
    if (continuation.isPresent()) {
      sendAll(continuation.get(), follower);
    } else {
      follower.send(new FeedMessage.SnapshotBegun(id, Feed.PACKAGED));
      sendAll(index.snapshot(), follower);
      follower.send(new FeedMessage.SnapshotEnded(id, Feed.PACKAGED, index.lastNumber()));
    }
    followers.add(follower);
  }

  void unfollow(Follower follower) {
    followers.remove(follower);
  }

  void fetch(PartKey key, Follower follower) {
    Bytes data = parts.get(key);
    follower.send(
        data == null
            ? new FeedMessage.PartUnavailable(id, key)
            : new FeedMessage.Part(id, fence, key, data));
  }

  private void sendAll(List<IndexEntry> entries, Follower follower) {
    for (IndexEntry entry : entries) {
      if (entry.record() instanceof IndexRecord.PartPublished part) {
        Bytes data = parts.get(part.key());
        if (data != null) {
          follower.send(new FeedMessage.Part(id, entry.fence(), part.key(), data));
        }
      }
      follower.send(new FeedMessage.Index(id, entry));
    }
  }

  @Override
  public void part(PartKey key, Bytes data) {
    newestPart = data;
    metrics.part(data.length());
    partCount++;
    partBytes += data.length();
    FeedMessage message = new FeedMessage.Part(id, fence, key, data);
    for (Follower follower : followers) {
      follower.send(message);
    }
  }

  @Override
  public void record(IndexRecord record) {
    if (record instanceof IndexRecord.PartPublished part) {
      long maxAgeNs = SECOND_NS * config.historyTargetDurations() * targetSeconds;
      parts.add(part.key(), newestPart, part.arrivalNs(), maxAgeNs);
      newestPart = Bytes.EMPTY;
    }
    watch(record);
    IndexEntry entry = new IndexEntry(index.lastNumber() + 1, fence, record);
    index.add(entry);
    FeedMessage message = new FeedMessage.Index(id, entry);
    for (Follower follower : followers) {
      follower.send(message);
    }
  }

  private void watch(IndexRecord record) {
    if (record instanceof IndexRecord.TimelineOpened opened) {
      targetSeconds = LONGEST_TARGET_DURATION;
      habits.restart(opened.settings().segment());
      partCount = 0;
      partBytes = 0;
      log.debug("timeline opened: channel={} timeline={}", id, opened.timeline());
    } else if (record instanceof IndexRecord.TargetDurationFixed fixed) {
      targetSeconds = fixed.seconds();
    } else if (record instanceof IndexRecord.BroadcastEnded) {
      log.debug("broadcast ended: channel={} parts={} bytes={}", id, partCount, partBytes);
    }
  }

  @Override
  public void irregularity(Irregularity kind, long samples) {
    metrics.irregularity(kind, samples);
    habits.count(kind, samples);
  }
}
