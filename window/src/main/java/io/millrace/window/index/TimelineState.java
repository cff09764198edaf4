package io.millrace.window.index;

import io.millrace.media.channel.TimelineId;
import io.millrace.media.index.IndexEntry;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.index.IndexRecord.BroadcastEnded;
import io.millrace.media.index.IndexRecord.ClockAnchored;
import io.millrace.media.index.IndexRecord.DateRange;
import io.millrace.media.index.IndexRecord.Discontinuity;
import io.millrace.media.index.IndexRecord.GapPublished;
import io.millrace.media.index.IndexRecord.InitSection;
import io.millrace.media.index.IndexRecord.PartPublished;
import io.millrace.media.index.IndexRecord.SegmentEnded;
import io.millrace.media.index.IndexRecord.TargetDurationFixed;
import io.millrace.media.index.IndexRecord.TimelineOpened;
import io.millrace.media.index.IndexRecord.TrackDescribed;
import io.millrace.media.index.IndexRecord.WindowStarted;
import io.millrace.window.store.PartBytes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Holds one timeline while it is folded. Confined to the fabric's agent thread. */
final class TimelineState {
  /**
   * Segments that can still be had after they left the playlist: a viewer who holds an older
   * playlist may ask for them (RFC 8216bis 6.2.2).
   */
  private static final int KEPT_BEHIND = 3;

  /** Date ranges kept at most; the oldest goes first. */
  private static final int MOST_DATE_RANGES = 100;

  private final TimelineOpened opened;
  private final Function<PartPublished, PartBytes> bytesOf;
  private final Consumer<PartBytes> dropped;
  private final List<IndexEntry> log = new ArrayList<>();
  private final TreeMap<Integer, RenditionState> renditions = new TreeMap<>();
  private final TreeSet<Long> discontinuities = new TreeSet<>();
  private final List<ClockAnchored> anchors = new ArrayList<>();
  private final List<DateRange> dateRanges = new ArrayList<>();
  private int targetDurationSeconds;
  private @Nullable WindowStarted window;
  private long endedUtcNs;
  private @Nullable TimelineView view;

  TimelineState(
      TimelineOpened opened,
      IndexEntry entry,
      Function<PartPublished, PartBytes> bytesOf,
      Consumer<PartBytes> dropped) {
    this.opened = opened;
    this.bytesOf = bytesOf;
    this.dropped = dropped;
    log.add(entry);
  }

  TimelineId id() {
    return opened.timeline();
  }

  /** When it ended, Unix nanoseconds; 0 while it goes on. */
  long endedUtcNs() {
    return endedUtcNs;
  }

  void keep(IndexEntry entry) {
    log.add(entry);
  }

  void apply(IndexEntry entry) {
    log.add(entry);
    view = null;
    switch (entry.record()) {
      case TimelineOpened again -> throw new IllegalArgumentException("timeline within: " + again);
      case TrackDescribed described -> rendition(described.track().id()).describe(described);
      case InitSection init -> rendition(init.rendition()).addInit(init);
      case TargetDurationFixed fixed -> targetDurationSeconds = fixed.seconds();
      case ClockAnchored anchor -> {
        anchors.removeIf(other -> other.msn() == anchor.msn());
        anchors.add(anchor);
      }
      case PartPublished part ->
          rendition(part.key().rendition()).addPart(part, bytesOf.apply(part));
      case GapPublished gap -> rendition(gap.key().rendition()).addGap(gap);
      case SegmentEnded ended -> rendition(ended.rendition()).endSegment(ended);
      case Discontinuity discontinuity -> discontinuities.add(discontinuity.msn());
      case DateRange range -> addDateRange(range);
      case WindowStarted started -> startWindow(started);
      case BroadcastEnded ended -> {
        endedUtcNs = Math.max(ended.utcNs(), 1);
        renditions.values().forEach(RenditionState::end);
      }
    }
  }

  private RenditionState rendition(int number) {
    return renditions.computeIfAbsent(
        number, _ -> new RenditionState(window == null ? 0 : window.msn(), dropped));
  }

  private void addDateRange(DateRange range) {
    dateRanges.removeIf(other -> other.id().equals(range.id()));
    dateRanges.add(range);
    dateRanges.sort(Comparator.comparingLong(DateRange::startUtcNs));
    if (dateRanges.size() > MOST_DATE_RANGES) {
      dateRanges.removeFirst();
    }
  }

  private void startWindow(WindowStarted started) {
    window = started;
    long keptFrom = started.msn() - KEPT_BEHIND;
    discontinuities.headSet(keptFrom).clear();
    while (anchors.size() > 1 && anchors.get(1).msn() <= keptFrom) {
      anchors.removeFirst();
    }
    renditions.values().forEach(rendition -> rendition.dropBefore(keptFrom));
    dropOldDateRanges(started);
    log.removeIf(entry -> !survives(entry.record(), keptFrom));
  }

  /** A range goes with the last segment that it maps to. */
  private void dropOldDateRanges(WindowStarted started) {
    anchors.stream()
        .filter(anchor -> anchor.msn() <= started.msn())
        .reduce((first, second) -> second)
        .ifPresent(
            anchor ->
                dateRanges.removeIf(
                    range ->
                        range.durationNs() >= 0
                            && range.startUtcNs() + range.durationNs()
                                < startUtcNs(anchor, started.msn())));
  }

  private long startUtcNs(ClockAnchored anchor, long msn) {
    for (RenditionState rendition : renditions.values()) {
      RenditionView seen = rendition.viewOrNull();
      SegmentView segment = seen == null ? null : seen.segment(msn);
      if (seen != null && segment != null && segment.partCount() > 0) {
        return anchor.utcNs() + seen.toNs(segment.startTicks()) - anchor.mediaTimeNs();
      }
    }
    return anchor.utcNs();
  }

  private boolean survives(IndexRecord record, long keptFrom) {
    return switch (record) {
      case TimelineOpened _ -> true;
      case TrackDescribed described -> rendition(described.track().id()).isCurrent(described);
      case InitSection init -> rendition(init.rendition()).holds(init);
      case TargetDurationFixed _ -> true;
      case ClockAnchored anchor -> anchors.contains(anchor);
      case PartPublished part -> part.key().msn() >= keptFrom;
      case GapPublished gap -> gap.key().msn() >= keptFrom;
      case SegmentEnded ended -> ended.msn() >= keptFrom;
      case Discontinuity discontinuity -> discontinuity.msn() >= keptFrom;
      case DateRange range -> dateRanges.contains(range);
      case WindowStarted started -> started.equals(window);
      case BroadcastEnded _ -> true;
    };
  }

  void addSurvivors(List<IndexEntry> entries) {
    entries.addAll(log);
  }

  void dropAll() {
    renditions.values().forEach(rendition -> rendition.dropBefore(Long.MAX_VALUE));
  }

  TimelineView view() {
    if (view == null) {
      view = build();
    }
    return view;
  }

  private TimelineView build() {
    List<RenditionView> views = new ArrayList<>(renditions.size());
    for (RenditionState rendition : renditions.values()) {
      RenditionView seen = rendition.viewOrNull();
      if (seen != null) {
        views.add(seen);
      }
    }
    return new TimelineView(
        opened.timeline(),
        opened.broadcast(),
        opened.settings(),
        opened.utcNs(),
        targetDurationSeconds,
        window == null ? 0 : window.msn(),
        window == null ? 0 : window.discontinuitySequence(),
        Set.copyOf(discontinuities),
        List.copyOf(anchors),
        List.copyOf(dateRanges),
        List.copyOf(views),
        endedUtcNs != 0);
  }
}
