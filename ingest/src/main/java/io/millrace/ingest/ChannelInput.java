package io.millrace.ingest;

import io.millrace.control.link.ChannelReport;
import io.millrace.control.link.DirectoryChannel;
import io.millrace.control.link.Role;
import io.millrace.media.channel.BroadcastId;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.channel.Fence;
import io.millrace.media.channel.TimeOrderedUuid;
import io.millrace.media.channel.TimelineId;
import io.millrace.media.channel.TimelineSettings;
import io.millrace.media.input.InputRecord;
import io.millrace.media.track.Sample;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what goes into a channel's input log: broadcasts, sources, tracks, samples, ticks.
 * Confined to the agent, but for {@link #askToEnd}; time comes in as an argument.
 *
 * <p>A broadcast opens when a publisher announces its first track, so that one who connects and
 * sends nothing leaves no trace. A publisher that goes away leaves the broadcast open for the grace
 * period; whoever publishes within it continues the timeline.
 */
final class ChannelInput {
  private static final Logger log = LoggerFactory.getLogger(ChannelInput.class);

  /** Says where the channel stands. Changed by {@link #enter} only. */
  enum Phase {
    /** No broadcast. */
    IDLE,
    /** A publisher's source is open. */
    LIVE,
    /** The publisher is away, the grace period runs. */
    WAITING,
    /** The broadcast is over; its log is still there for those who were away. */
    ENDED
  }

  private final ChannelId id;
  private final InputFeed feed;
  private final IngestEnvironment environment;
  private final BroadcastLog told;
  private final AtomicBoolean endAsked = new AtomicBoolean();

  private DirectoryChannel settings;
  private Phase phase = Phase.IDLE;
  private long phaseSinceNs;
  private long lastEntryNs;

  // Per log.
  private @Nullable Fence fence;

  // Per broadcast.
  private @Nullable BroadcastId broadcast;
  private long openedNs;
  private CloseReason lastLoss = CloseReason.DISCONNECTED;

  // Per source.
  private @Nullable Publication source;
  private long newestGeneration = -1;
  private final TreeMap<Integer, TrackMeter> meters = new TreeMap<>();
  private final RateMeter rate = new RateMeter();
  private long bytes;
  private boolean endReported = true;

  ChannelInput(DirectoryChannel settings, InputFeed feed, IngestEnvironment environment) {
    this.id = new ChannelId(settings.id());
    this.settings = settings;
    this.feed = feed;
    this.environment = environment;
    this.told = new BroadcastLog(settings.name());
  }

  Phase phase() {
    return phase;
  }

  boolean isForgettable() {
    return phase == Phase.IDLE && source == null;
  }

  /** Takes the channel's settings as the directory has them now. */
  void settings(DirectoryChannel newSettings) {
    settings = newSettings;
    told.channel(newSettings.name());
  }

  void handle(Publication from, PublisherEvent event, long nowNs) {
    if (event instanceof PublisherEvent.Started) {
      started(from, nowNs);
    } else if (from == source) {
      switch (event) {
        case PublisherEvent.Started _ -> {}
        case PublisherEvent.Announced(Track track) -> announced(from, track, nowNs);
        case PublisherEvent.Sampled(Sample sample) -> sampled(sample, nowNs);
        case PublisherEvent.Dropped(int trackId, long count) -> {
          if (phase == Phase.LIVE) {
            append(new InputRecord.SamplesDropped(trackId, count, nowNs), nowNs);
          }
        }
        case PublisherEvent.Ended(CloseReason reason) -> lost(reason, nowNs);
      }
    }
  }

  /**
   * Ends the broadcast now; a publisher that is there is sent away.
   *
   * @param why as it stands in the log
   */
  void end(String why, long nowNs) {
    Publication ended = source;
    source = null;
    if (isOpen()) {
      close(why, nowNs);
    }
    if (ended != null) {
      ended.expel(CloseReason.ENDED);
    }
  }

  /** Someone wants the broadcast to end. Any thread. */
  void askToEnd() {
    endAsked.set(true);
  }

  void endIfAsked(long nowNs) {
    if (endAsked.compareAndSet(true, false)) {
      end(CloseReason.ENDED.text(), nowNs);
    }
  }

  /** The node stops: the broadcast is left as it is, for whoever follows it to decide. */
  void leave(long nowNs) {
    if (isOpen()) {
      told.ended(CloseReason.SHUT_DOWN.text(), meters.values(), bytes, nowNs);
    }
  }

  /** Does what is due: ticks, the end of the grace period, the end of the log. */
  void tick(long nowNs) {
    switch (phase) {
      case LIVE -> {
        told.tick(meters.values(), nowNs);
        tickClock(nowNs);
      }
      case WAITING -> {
        if (nowNs - phaseSinceNs >= graceNs()) {
          close(lastLoss.text(), nowNs);
        } else {
          tickClock(nowNs);
        }
      }
      case ENDED -> {
        if (nowNs - phaseSinceNs >= environment.config().linger().toNanos()) {
          feed.withdraw(id);
          fence = null;
          broadcast = null;
          enter(Phase.IDLE, nowNs);
        }
      }
      case IDLE -> {}
    }
  }

  /** Reports the channel's status; the end of a broadcast once. */
  void report(long nowNs) {
    if (phase == Phase.IDLE || (phase == Phase.ENDED && endReported)) {
      return;
    }
    endReported = phase == Phase.ENDED;
    environment.reports().report(status(nowNs));
  }

  private void started(Publication from, long nowNs) {
    if (from.generation() < newestGeneration) {
      return;
    }
    newestGeneration = from.generation();
    if (phase == Phase.LIVE) {
      lost(CloseReason.TAKEN_OVER, nowNs);
    }
    source = from;
    settings(from.channel());
  }

  private void announced(Publication from, Track track, long nowNs) {
    if (phase != Phase.LIVE) {
      openSource(from, nowNs);
    }
    TrackMeter meter = meters.get(track.id());
    if (meter == null) {
      meters.put(track.id(), new TrackMeter(track));
    } else {
      meter.track(track);
    }
    append(new InputRecord.TrackAnnounced(track), nowNs);
  }

  private void openSource(Publication from, long nowNs) {
    if (phase == Phase.WAITING) {
      told.resumed(from, lastLoss == CloseReason.TAKEN_OVER, nowNs);
    } else {
      told.opened(openBroadcast(nowNs), from, nowNs);
    }
    meters.clear();
    enter(Phase.LIVE, nowNs);
    append(new InputRecord.SourceStarted(nowNs), nowNs);
  }

  private BroadcastId openBroadcast(long nowNs) {
    if (fence == null || fence.placement() != settings.placement()) {
      fence = new Fence(settings.placement(), environment.nextEpoch());
      IngestConfig config = environment.config();
      feed.open(id, new InputLog(fence, config.historyEntries(), config.historyBytes()));
    }
    feed.keep(id, settings.segment().multipliedBy(2));
    long nowMs = nowNs / 1_000_000;
    BroadcastId opened = new BroadcastId(TimeOrderedUuid.at(nowMs, environment.random()));
    broadcast = opened;
    TimelineId timeline = new TimelineId(TimeOrderedUuid.at(nowMs, environment.random()));
    openedNs = nowNs;
    bytes = 0;
    environment.metrics().broadcastOpened();
    append(new InputRecord.BroadcastOpened(opened, timeline, timelineSettings(), nowNs), nowNs);
    return opened;
  }

  private TimelineSettings timelineSettings() {
    try {
      return new TimelineSettings(settings.part(), settings.segment(), settings.window());
    } catch (IllegalArgumentException e) {
      environment.metrics().badSettings();
      log.warn("channel={} has lengths that cannot be: {}", settings.name(), e.getMessage());
      return TimelineSettings.DEFAULT;
    }
  }

  private void sampled(Sample sample, long nowNs) {
    TrackMeter meter = meters.get(sample.trackId());
    if (phase != Phase.LIVE || meter == null) {
      return;
    }
    meter.sample(sample);
    bytes += sample.data().length();
    environment.metrics().sample(sample.data().length());
    append(new InputRecord.SampleArrived(sample), nowNs);
    told.tick(meters.values(), nowNs);
  }

  private void lost(CloseReason reason, long nowNs) {
    source = null;
    if (isOpen()) {
      lastLoss = reason;
    }
    if (phase != Phase.LIVE) {
      return;
    }
    told.lost(reason, meters.values(), nowNs);
    append(new InputRecord.SourceLost(nowNs), nowNs);
    enter(Phase.WAITING, nowNs);
    if (graceNs() <= 0) {
      close(reason.text(), nowNs);
    }
  }

  private void close(String why, long nowNs) {
    told.ended(why, meters.values(), bytes, nowNs);
    append(new InputRecord.BroadcastClosed(nowNs), nowNs);
    enter(Phase.ENDED, nowNs);
    meters.clear();
    report(nowNs);
  }

  private boolean isOpen() {
    return phase == Phase.LIVE || phase == Phase.WAITING;
  }

  private void tickClock(long nowNs) {
    if (nowNs - lastEntryNs >= environment.config().tick().toNanos()) {
      append(new InputRecord.ClockTicked(nowNs), nowNs);
    }
  }

  private void append(InputRecord record, long nowNs) {
    lastEntryNs = nowNs;
    feed.append(id, record);
  }

  private void enter(Phase next, long nowNs) {
    phase = next;
    phaseSinceNs = nowNs;
    endReported = false;
  }

  private long graceNs() {
    return settings.grace().toNanos();
  }

  private ChannelReport status(long nowNs) {
    Publication publisher = source;
    List<ChannelReport.TrackReport> tracks = new ArrayList<>();
    if (phase == Phase.LIVE) {
      for (TrackMeter meter : meters.values()) {
        tracks.add(meter.report(nowNs));
      }
    }
    return new ChannelReport(
        id.value(),
        Role.INGEST,
        switch (phase) {
          case LIVE -> ChannelReport.State.LIVE;
          case WAITING -> ChannelReport.State.WAITING;
          case ENDED, IDLE -> ChannelReport.State.ENDED;
        },
        broadcast == null ? null : broadcast.value(),
        openedNs / 1_000_000,
        phase == Phase.LIVE ? rate.bitsPerSecond(bytes, nowNs) : 0,
        tracks,
        publisher == null ? "" : publisher.describe(),
        /* viewers= */ 0,
        /* latencyMs= */ -1,
        hints(publisher));
  }

  private List<String> hints(@Nullable Publication publisher) {
    List<String> hints = new ArrayList<>();
    Duration segment = settings.segment();
    for (TrackMeter meter : meters.values()) {
      if (meter.kind() == TrackKind.VIDEO
          && meter.keyframeIntervalMs() > segment.toMillis() * 1.5) {
        hints.add(
            String.format(
                Locale.ROOT,
                "Keyframes are %.1f s apart: set the encoder's keyframe interval to %d s.",
                meter.keyframeIntervalMs() / 1000,
                Math.max(1, segment.toSeconds())));
      }
    }
    if (phase == Phase.LIVE && publisher != null && publisher.drops() > 0) {
      hints.add("Some of the stream was dropped on arrival: lower the encoder's bitrate.");
    }
    return hints;
  }
}
