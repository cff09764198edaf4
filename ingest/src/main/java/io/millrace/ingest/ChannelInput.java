package io.millrace.ingest;

import io.millrace.control.link.ChannelReport;
import io.millrace.control.link.DirectoryChannel;
import io.millrace.control.link.MarkedRange;
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
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what goes into a channel's input log: broadcasts, sources, tracks, samples, ticks.
 * Confined to the agent, but for {@link #askToEnd} and {@link #askToMark}; time comes in as an
 * argument.
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
  private final SourceMeter meter = new SourceMeter();
  private final AtomicBoolean endAsked = new AtomicBoolean();
  private final AskedRanges ranges;

  private DirectoryChannel settings;
  private Phase phase = Phase.IDLE;
  private long phaseSinceNs;
  private long lastEntryNs;

  // Per log.
  private @Nullable Fence fence;

  // Per broadcast.
  private @Nullable BroadcastId broadcast;
  private long openedNs;
  private long opener; // the generation of the publication that it began with
  private CloseReason lastLoss = CloseReason.DISCONNECTED;

  // Per source.
  private @Nullable Publication source;
  private long newestGeneration = -1;
  private boolean endReported = true;

  ChannelInput(DirectoryChannel settings, InputFeed feed, IngestEnvironment environment) {
    this.id = new ChannelId(settings.id());
    this.settings = settings;
    this.feed = feed;
    this.environment = environment;
    this.told = new BroadcastLog(settings.name());
    this.ranges = new AskedRanges(environment.metrics());
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

  /** Someone wants a date range in the broadcast's playlists. Any thread. */
  void askToMark(MarkedRange range) {
    ranges.ask(range);
  }

  /** Does what was asked for, in the order in which it takes effect. */
  void doAsked(long nowNs) {
    ranges.take(isOpen(), settings.window(), nowNs, record -> append(record, nowNs));
    if (endAsked.compareAndSet(true, false)) {
      end(CloseReason.ENDED.text(), nowNs);
    }
  }

  /** The node stops: the broadcast is left as it is, for whoever follows it to decide. */
  void leave(long nowNs) {
    if (isOpen()) {
      told.ended(CloseReason.SHUT_DOWN.text(), meter.tracks(), meter.bytes(), nowNs);
    }
  }

  /** Does what is due: ticks, the end of the grace period, the end of the log. */
  void tick(long nowNs) {
    switch (phase) {
      case LIVE -> {
        told.tick(meter.tracks(), nowNs);
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
    meter.announced(track);
    append(new InputRecord.TrackAnnounced(track), nowNs);
  }

  private void openSource(Publication from, long nowNs) {
    if (phase == Phase.WAITING) {
      told.resumed(from, lastLoss == CloseReason.TAKEN_OVER, nowNs);
    } else {
      told.opened(openBroadcast(nowNs), from, nowNs);
      opener = from.generation();
    }
    meter.forgetTracks();
    enter(Phase.LIVE, nowNs);
    append(new InputRecord.SourceStarted(nowNs), nowNs);
  }

  private BroadcastId openBroadcast(long nowNs) {
    if (fence == null || fence.placement() != settings.placement()) {
      fence = new Fence(settings.placement(), environment.nextEpoch());
      feed.open(id, fence);
    }
    feed.keep(id, settings.segment().multipliedBy(2));
    long nowMs = nowNs / 1_000_000;
    BroadcastId opened = new BroadcastId(TimeOrderedUuid.at(nowMs, environment.random()));
    broadcast = opened;
    TimelineId timeline = new TimelineId(TimeOrderedUuid.at(nowMs, environment.random()));
    openedNs = nowNs;
    meter.broadcastOpened();
    ranges.broadcastOpened();
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
    if (phase != Phase.LIVE || !meter.sampled(sample)) {
      return;
    }
    environment.metrics().sample(sample.data().length());
    append(new InputRecord.SampleArrived(sample), nowNs);
    told.tick(meter.tracks(), nowNs);
  }

  private void lost(CloseReason reason, long nowNs) {
    source = null;
    if (isOpen()) {
      lastLoss = reason;
    }
    if (phase != Phase.LIVE) {
      return;
    }
    told.lost(reason, meter.tracks(), nowNs);
    append(new InputRecord.SourceLost(nowNs), nowNs);
    enter(Phase.WAITING, nowNs);
    // Nobody can have watched what was never deliverable, so nobody waits for it to come back.
    boolean inVain = reason == CloseReason.UNSUPPORTED && opener == newestGeneration;
    if (graceNs() <= 0 || inVain) {
      close(reason.text(), nowNs);
    }
  }

  private void close(String why, long nowNs) {
    told.ended(why, meter.tracks(), meter.bytes(), nowNs);
    append(new InputRecord.BroadcastClosed(nowNs), nowNs);
    enter(Phase.ENDED, nowNs);
    meter.forgetTracks();
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
    boolean live = phase == Phase.LIVE;
    boolean drops = live && publisher != null && publisher.drops() > 0;
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
        live ? meter.bitsPerSecond(nowNs) : 0,
        live ? meter.reports(nowNs) : List.of(),
        publisher == null ? "" : publisher.describe(),
        /* viewers= */ 0,
        /* latencyMs= */ -1,
        meter.hints(settings.segment(), drops));
  }
}
