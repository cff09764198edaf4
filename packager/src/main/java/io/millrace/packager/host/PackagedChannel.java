package io.millrace.packager.host;

import io.millrace.fabric.Feed;
import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.Follower;
import io.millrace.fabric.Link;
import io.millrace.limits.FairBudget;
import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.channel.Fence;
import io.millrace.media.channel.TimelineId;
import io.millrace.media.index.IndexEntry;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.index.PartKey;
import io.millrace.media.input.Checkpoint;
import io.millrace.media.input.InputEntry;
import io.millrace.media.input.InputRecord;
import io.millrace.media.track.Sample;
import io.millrace.packager.Packager;
import io.millrace.packager.PackagerSink;
import io.millrace.packager.ResumePoint;
import io.millrace.packager.host.ChannelCheckpoint.Reached;
import io.millrace.packager.state.StateWriter;
import io.millrace.packager.timeline.Irregularity;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one channel's packager, and holds what came out for those who join. Confined to the agent.
 */
final class PackagedChannel implements PackagerSink {
  private static final Logger log = LoggerFactory.getLogger(PackagedChannel.class);
  private static final long SECOND_NS = 1_000_000_000L;
  private static final int LONGEST_TARGET_DURATION = 6;

  /** More than another packager can have made since the checkpoint that tells of it: for weeks. */
  private static final long SEGMENTS_LEFT_OUT = 1_000_000;

  private static final long ENTRIES_LEFT_OUT = 100_000_000;

  private final ChannelId id;
  private final PackagerConfig config;
  private final PackagerMetrics metrics;
  private final PartHistory parts;
  private final CheckpointTimer checkpoints;
  private long lastUtcNs;
  private final Set<Follower> followers = new LinkedHashSet<>();
  private final Awaiting awaiting = new Awaiting();

  /** Per writer of the input log. */
  private Packager packager;

  private IndexHistory index;
  private Fence fence = new Fence(0, 0);
  private long lastInput;
  private boolean snapshotWanted;

  /** Its ingest was given up, and has not sent the log again since. */
  private boolean orphaned;

  /** The timelines that do not go on here: ended for want of an ingest, or known in part only. */
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

  PackagedChannel(
      ChannelId id, PackagerConfig config, FairBudget history, PackagerMetrics metrics) {
    this.id = id;
    this.config = config;
    this.metrics = metrics;
    this.packager = new Packager(config.limits(), this);
    this.index = new IndexHistory(config.recentEntries());
    this.parts = new PartHistory(config.historyBytes(), history, metrics);
    this.checkpoints = new CheckpointTimer(metrics);
  }

  /** Lets go of parts of which all channels hold too many, and this one more than its share. */
  void trimHistory() {
    parts.trim();
  }

  /** One more sweep has come; returns how many there were since something was heard. */
  int sweptInSilence() {
    awaiting.takeImpatient().forEach(this::sendSnapshot);
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

  /**
   * Takes an entry of the input log; one that was there before is dropped.
   *
   * @param snapshot that it is of; null where it is new
   */
  void onInput(Link link, InputEntry entry, @Nullable InputStart snapshot) {
    sweepsInSilence = 0;
    int writer = entry.fence().compareTo(fence);
    if (writer < 0) {
      metrics.staleEntry();
    } else if (snapshot == null) {
      onNewInput(link, entry, writer > 0);
    } else if (snapshot.isDecided()) {
      take(entry);
    } else if (snapshot.hold(entry, known(entry.fence()))) {
      begin(snapshot);
    }
  }

  private void onNewInput(Link link, InputEntry entry, boolean isOfAnother) {
    if ((isOfAnother && entry.number() != 1) || (orphaned && !isOfAnother)) {
      // Another log than the one that was followed, or one given up: its beginning comes first.
      if (!snapshotWanted) {
        snapshotWanted = true;
        link.follow(id, 0);
      }
      return;
    }
    if (isOfAnother) {
      beginLog(entry.fence(), utcNs(entry));
    }
    take(entry);
    lastUtcNs =
        switch (entry.record()) {
          case InputRecord.SampleArrived(Sample sample) -> sample.arrivalNs();
          case InputRecord.ClockTicked(long utcNs) -> utcNs;
          default -> lastUtcNs;
        };
    checkpoints.handOver(this::makeCheckpoint, link, id, lastUtcNs);
  }

  private static long utcNs(InputEntry entry) {
    return entry.record() instanceof InputRecord.BroadcastOpened opened ? opened.utcNs() : 0;
  }

  /** The last entry of that log that was packaged and still counts; 0: none. */
  private long known(Fence log) {
    return orphaned || !log.equals(fence) ? 0 : lastInput;
  }

  /** A snapshot is complete: whoever waits for numbers that it might bring waits no more. */
  void onSnapshotEnded(InputStart snapshot) {
    if (!snapshot.isDecided()) {
      begin(snapshot);
    }
    awaiting.takeAll().forEach((follower, from) -> follow(from, follower, /* mayWait= */ false));
  }

  /**
   * Goes on with the first entries of a snapshot: where it is known what was before them, or stands
   * for it, as if nothing had been; otherwise after a discontinuity.
   */
  private void begin(InputStart snapshot) {
    snapshot.decide();
    Optional<Fence> writer = snapshot.fence();
    if (writer.isEmpty() || writer.get().compareTo(fence) < 0) {
      return;
    }
    long known = known(writer.get());
    Optional<Checkpoint> checkpoint = snapshot.checkpointAfter(known);
    boolean isContinued = known > 0 && snapshot.continuesAfter(known);
    boolean isRestored =
        !isContinued
            && checkpoint.isPresent()
            && snapshot.continuesAfter(checkpoint.get().number())
            && restore(checkpoint.get());
    if (!isRestored && known == 0) {
      beginWithout(snapshot, writer.get(), checkpoint);
    }
    snapshotWanted = false;
    orphaned = false;
    snapshot.held().forEach(this::take);
  }

  /** Begins a log of which nothing is known but how far a checkpoint says that it was packaged. */
  private void beginWithout(InputStart snapshot, Fence writer, Optional<Checkpoint> checkpoint) {
    if (!writer.equals(fence)) {
      beginLog(writer, snapshot.openedUtcNs());
    }
    lastInput = 0;
    Optional<Reached> reached = checkpoint.flatMap(this::reached);
    if (reached.isPresent() && index.lastNumber() == 0) {
      index.beginAfter(reached.get().lastNumber() + ENTRIES_LEFT_OUT);
    }
    Optional<ResumePoint> point = reached.flatMap(Reached::timeline);
    Optional<TimelineId> timeline = snapshot.timeline();
    boolean isSame = timeline.isPresent() && timeline.equals(point.map(ResumePoint::timeline));
    if (point.isPresent() && isSame && !givenUp.contains(timeline.get())) {
      log.warn(
          "channel {}: timeline {} goes on after segment {} with a discontinuity",
          id,
          timeline.get(),
          point.get().nextMsn());
      packager.resumeAt(point.get().after(SEGMENTS_LEFT_OUT));
    } else if (snapshot.hasHole()) {
      // Someone may have packaged what is missing: none of its numbers may be used again.
      timeline.ifPresent(givenUp::add);
      point.map(ResumePoint::timeline).ifPresent(givenUp::add);
    }
  }

  private Optional<Reached> reached(Checkpoint checkpoint) {
    try {
      return Optional.of(ChannelCheckpoint.readReached(checkpoint.state()));
    } catch (MalformedMediaException e) {
      log.warn("channel {}: nothing is known of what was before: {}", id, e.getMessage());
      return Optional.empty();
    }
  }

  /** Becomes what another packager was, or this one before it was started again. */
  private boolean restore(Checkpoint checkpoint) {
    try {
      ChannelCheckpoint read =
          ChannelCheckpoint.read(checkpoint.state(), checkpoint.fence(), config, this);
      Optional<TimelineId> timeline = read.packager().timeline();
      if (timeline.isPresent() && givenUp.contains(timeline.get())) {
        return false;
      }
      packager = read.packager();
      index = read.index();
      givenUp.addAll(read.givenUp());
      index.snapshot().forEach(entry -> habits.hearEarlier(entry.record()));
    } catch (MalformedMediaException e) {
      metrics.checkpoint("refused");
      log.warn("channel {}: its checkpoint cannot be used: {}", id, e.getMessage());
      return false;
    }
    metrics.checkpoint("restored");
    log.info(
        "channel {}: goes on from a checkpoint: entry={} index={}",
        id,
        checkpoint.number(),
        index.lastNumber());
    fence = checkpoint.fence();
    lastInput = checkpoint.number();
    packager
        .resumePoint()
        .filter(point -> point.targetSeconds() > 0)
        .ifPresent(point -> targetSeconds = point.targetSeconds());
    List.copyOf(followers).forEach(this::sendSnapshot);
    return true;
  }

  /** Begins the log of a writer not heard before: its index is counted from 1. */
  private void beginLog(Fence writer, long utcNs) {
    if (packager.timeline().isPresent()) {
      closeBroadcast(utcNs);
    }
    packager = new Packager(config.limits(), this);
    index = new IndexHistory(config.recentEntries());
    fence = writer;
    lastInput = 0;
    orphaned = false;
    snapshotWanted = false;
  }

  private void take(InputEntry entry) {
    if (entry.number() <= lastInput) {
      return;
    }
    if (lastInput > 0 && entry.number() != lastInput + 1) {
      if (packager.timeline().isPresent() && partCount > 0) {
        metrics.lostEntries(entry.number() - lastInput - 1);
      }
      packager.entriesLost();
    }
    lastInput = entry.number();
    packager.accept(
        entry.record() instanceof InputRecord.BroadcastOpened opened
            ? new InputEntry(entry.number(), entry.fence(), onNewTimeline(opened))
            : entry);
    if (entry.record() instanceof InputRecord.SampleArrived(Sample sample)) {
      metrics.sample();
      habits.arrived(sample);
    }
  }

  /** Writes what the packager has come to; empty where a better moment is near. */
  private Optional<Checkpoint> makeCheckpoint(int mostStateBytes) {
    StateWriter state = new StateWriter();
    packager.save(state);
    return state.length() > mostStateBytes
        ? Optional.empty()
        : Optional.of(
            new Checkpoint(
                lastInput, fence, ChannelCheckpoint.write(packager, state, index, givenUp)));
  }

  /** Ends the broadcast whose ingest is gone; if that comes back, it is begun anew. */
  void close(long utcNs) {
    packager.timeline().ifPresent(givenUp::add);
    closeBroadcast(utcNs);
    lastInput = 0;
    orphaned = true;
  }

  private void closeBroadcast(long utcNs) {
    packager.accept(new InputEntry(lastInput + 1, fence, new InputRecord.BroadcastClosed(utcNs)));
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

  /** Sends what is wanted; where it is yet to be made, as soon as it is. */
  void follow(long fromNumber, Follower follower) {
    follow(fromNumber, follower, /* mayWait= */ true);
  }

  private void follow(long fromNumber, Follower follower, boolean mayWait) {
    unfollow(follower);
    Optional<List<IndexEntry>> continuation =
        fromNumber < 1 ? Optional.empty() : index.from(fromNumber);
    if (continuation.isPresent()) {
      sendAll(continuation.get(), follower);
      followers.add(follower);
    } else if (mayWait && fromNumber > index.lastNumber() + 1) {
      awaiting.add(follower, fromNumber);
    } else {
      sendSnapshot(follower);
    }
  }

  private void sendSnapshot(Follower follower) {
    follower.send(new FeedMessage.SnapshotBegun(id, Feed.PACKAGED));
    sendAll(index.snapshot(), follower);
    follower.send(new FeedMessage.SnapshotEnded(id, Feed.PACKAGED, index.lastNumber()));
    followers.add(follower);
  }

  void unfollow(Follower follower) {
    followers.remove(follower);
    awaiting.remove(follower);
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
    checkpoints.onPart();
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
    checkpoints.onRecord(record);
    awaiting.takeUpTo(entry.number()).forEach((follower, from) -> follow(from, follower));
  }

  private void watch(IndexRecord record) {
    habits.hear(record);
    if (record instanceof IndexRecord.TimelineOpened opened) {
      targetSeconds = LONGEST_TARGET_DURATION;
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
