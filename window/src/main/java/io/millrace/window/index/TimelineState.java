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

  /** How long a range that was removed is remembered: the skip boundary (RFC 8216bis 6.2.5.1). */
  private static final long REMEMBERED_TARGET_DURATIONS = 6;

  /** As many more are kept for a rendition that is behind the others. */
  private static final long MOST_KEPT_FOR_LATE = 32;

  private static final long SECOND_NS = 1_000_000_000L;

  private final TimelineOpened opened;
  private final Function<PartPublished, PartBytes> bytesOf;
  private final Consumer<PartBytes> dropped;
  private final List<IndexEntry> log = new ArrayList<>();
  private final TreeMap<Integer, RenditionState> renditions = new TreeMap<>();
  private final TreeSet<Long> discontinuities = new TreeSet<>();
  private final List<ClockAnchored> anchors = new ArrayList<>();
  private final List<DateRangeView> dateRanges = new ArrayList<>();
  private int targetDurationSeconds;
  private @Nullable WindowStarted window;

  /** Segments before it are gone, whatever the window says. */
  private long heldFrom;

  /** When the first segment that is listed begins; 0 until one was removed. */
  private long startUtcNs;

  /** When the newest part arrived; 0 before the first. */
  private long newestUtcNs;

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
    if (!(entry.record() instanceof InitSection)) {
      renditions.values().forEach(RenditionState::settle);
    }
    switch (entry.record()) {
      case TimelineOpened again -> throw new IllegalArgumentException("timeline within: " + again);
      case TrackDescribed described -> describe(described);
      case InitSection init -> rendition(init.rendition()).addInit(init);
      case TargetDurationFixed fixed -> targetDurationSeconds = fixed.seconds();
      case ClockAnchored anchor -> {
        anchors.removeIf(other -> other.msn() == anchor.msn());
        anchors.add(anchor);
      }
      case PartPublished part -> {
        rendition(part.key().rendition()).addPart(part, bytesOf.apply(part));
        newestUtcNs = part.arrivalNs();
        dateRanges.replaceAll(range -> range.addedBy(newestUtcNs));
      }
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

  private void describe(TrackDescribed described) {
    // While no playlist can be out, all of them will say it.
    long reached =
        renditions.values().stream().mapToLong(RenditionState::reachedMsn).max().orElse(-1);
    long from = targetDurationSeconds == 0 ? 0 : reached + 1;
    rendition(described.track().id()).describe(described, from);
  }

  private void addDateRange(DateRange range) {
    long open = renditions.values().stream().mapToLong(RenditionState::openMsn).max().orElse(0);
    dateRanges.removeIf(other -> other.range().id().equals(range.id()));
    dateRanges.add(new DateRangeView(range, open, /* addedUtcNs= */ 0));
    dateRanges.sort(Comparator.comparingLong(each -> each.range().startUtcNs()));
    if (dateRanges.size() > DateRange.MOST_KEPT) {
      dateRanges.removeFirst();
    }
  }

  private void startWindow(WindowStarted started) {
    window = started;
    long keptFrom = Math.min(started.msn(), neededFrom(started.msn())) - KEPT_BEHIND;
    discontinuities.headSet(keptFrom).clear();
    while (anchors.size() > 1 && anchors.get(1).msn() <= keptFrom) {
      anchors.removeFirst();
    }
    renditions.values().forEach(rendition -> rendition.dropBefore(keptFrom));
    moveDateRanges();
    log.removeIf(entry -> !survives(entry.record(), Math.max(keptFrom, heldFrom)));
  }

  /**
   * Where the window begins of the rendition that is the furthest behind: an MPD lists no more than
   * all have.
   */
  private long neededFrom(long firstMsn) {
    List<RenditionState> going =
        renditions.values().stream()
            .filter(each -> each.hasMedia() && each.openMsn() >= firstMsn - KEPT_BEHIND)
            .toList();
    long last = going.stream().mapToLong(RenditionState::openMsn).min().orElse(firstMsn);
    long windowNs = opened.settings().window().toNanos();
    long from =
        going.stream()
            .mapToLong(each -> each.firstBefore(last, windowNs, ChannelIndex.LEAST_LISTED))
            .min()
            .orElse(firstMsn);
    return Math.max(from, firstMsn - MOST_KEPT_FOR_LATE);
  }

  /**
   * Lists segments only from after {@code msn} on; false where that changes nothing, or too little
   * would be left.
   */
  boolean dropThrough(long msn) {
    long leastOpen =
        renditions.values().stream().mapToLong(RenditionState::openMsn).min().orElse(0);
    if (msn < firstMsn() || msn + 1 + ChannelIndex.LEAST_LISTED > leastOpen) {
      return false;
    }
    heldFrom = msn + 1;
    renditions.values().forEach(rendition -> rendition.dropBefore(heldFrom));
    moveDateRanges();
    log.removeIf(entry -> !survives(entry.record(), heldFrom));
    view = null;
    return true;
  }

  /** Where playlists begin. */
  private long firstMsn() {
    return Math.max(heldFrom, window == null ? 0 : window.msn());
  }

  private long discontinuitySequence() {
    long before = window == null ? 0 : window.discontinuitySequence();
    long from = window == null ? 0 : window.msn();
    return before + discontinuities.subSet(from, firstMsn()).size();
  }

  /** A range goes with the last segment that it maps to, and is forgotten some time later. */
  private void moveDateRanges() {
    anchors.stream()
        .filter(anchor -> anchor.msn() <= firstMsn())
        .reduce((first, second) -> second)
        .ifPresent(anchor -> startUtcNs = startUtcNs(anchor, firstMsn()));
    long rememberedNs = REMEMBERED_TARGET_DURATIONS * targetDurationSeconds * SECOND_NS;
    dateRanges.removeIf(range -> range.endsBefore(startUtcNs - rememberedNs));
  }

  private long startUtcNs(ClockAnchored anchor, long msn) {
    for (RenditionState rendition : renditions.values()) {
      RenditionView seen = rendition.viewOrNull();
      SegmentView segment = seen == null ? null : seen.segment(msn);
      if (seen != null && segment != null && segment.partCount() > 0) {
        return anchor.utcNs() + segment.presentationNs() - anchor.mediaTimeNs();
      }
    }
    return anchor.utcNs();
  }

  private boolean survives(IndexRecord record, long keptFrom) {
    return switch (record) {
      case TimelineOpened _ -> true;
      case TrackDescribed described -> rendition(described.track().id()).holds(described);
      case InitSection init -> rendition(init.rendition()).holds(init);
      case TargetDurationFixed _ -> true;
      case ClockAnchored anchor -> anchors.contains(anchor);
      case PartPublished part -> part.key().msn() >= keptFrom;
      case GapPublished gap -> gap.key().msn() >= keptFrom;
      case SegmentEnded ended -> ended.msn() >= keptFrom;
      case Discontinuity discontinuity -> discontinuities.contains(discontinuity.msn());
      case DateRange range -> dateRanges.stream().anyMatch(kept -> kept.range().equals(range));
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
        firstMsn(),
        discontinuitySequence(),
        Set.copyOf(discontinuities),
        List.copyOf(anchors),
        dateRanges.stream().filter(range -> !range.endsBefore(startUtcNs)).toList(),
        dateRanges.stream().filter(range -> range.endsBefore(startUtcNs)).toList(),
        newestUtcNs,
        List.copyOf(views),
        endedUtcNs != 0);
  }
}
