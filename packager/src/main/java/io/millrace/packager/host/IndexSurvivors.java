package io.millrace.packager.host;

import io.millrace.media.index.IndexEntry;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.index.PartKey;
import io.millrace.packager.timeline.Ticks;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Finds the entries of one timeline that say something about its window. */
final class IndexSurvivors {
  private static final long SECOND_NS = 1_000_000_000L;

  /** How long windows remember a range that went: the skip boundary (RFC 8216bis 6.2.5.1). */
  private static final long REMEMBERED_TARGET_DURATIONS = 6;

  private final List<IndexEntry> entries;
  private final long firstMsn;
  private final Set<Long> numbers = new HashSet<>();
  private final Map<Integer, Deque<Described>> inits = new HashMap<>();
  private final Map<Integer, Long> described = new HashMap<>();
  private final Map<Integer, Integer> timescales = new HashMap<>();
  private final TreeMap<Long, Anchor> anchors = new TreeMap<>();
  private final Deque<Range> ranges = new ArrayDeque<>();
  private long window;

  /** When the window's first segment is presented: the earliest of all renditions, media time. */
  private long startNs = Long.MAX_VALUE;

  private long targetSeconds;

  IndexSurvivors(List<IndexEntry> entries) {
    this.entries = entries;
    long first = 0;
    for (IndexEntry entry : entries) {
      if (entry.record() instanceof IndexRecord.WindowStarted started) {
        first = started.msn();
        window = entry.number();
      }
    }
    this.firstMsn = first;
  }

  Set<Long> numbers() {
    for (IndexEntry entry : entries) {
      if (survives(entry)) {
        numbers.add(entry.number());
      }
    }
    if (window > 0) {
      numbers.add(window);
    }
    for (Deque<Described> of : inits.values()) {
      for (Described kept : of) {
        numbers.add(kept.init());
        numbers.add(kept.track());
      }
    }
    // A track may have been described again after its init section.
    numbers.addAll(described.values());
    Long floor = anchors.floorKey(firstMsn);
    anchors
        .tailMap(floor == null ? 0L : floor)
        .values()
        .forEach(anchor -> numbers.add(anchor.number()));
    keepRanges();
    return numbers;
  }

  private boolean survives(IndexEntry entry) {
    return switch (entry.record()) {
      case IndexRecord.TimelineOpened opened -> true;
      case IndexRecord.TargetDurationFixed fixed -> {
        targetSeconds = fixed.seconds();
        yield true;
      }
      case IndexRecord.PartTargetFixed fixed -> true;
      case IndexRecord.BroadcastEnded ended -> true;
      case IndexRecord.DateRange range -> {
        ranges.add(new Range(entry.number(), range));
        yield false;
      }
      case IndexRecord.PartPublished part -> isListed(part.key(), part.presentationTicks());
      case IndexRecord.GapPublished gap -> isListed(gap.key(), gap.startTicks());
      case IndexRecord.SegmentEnded ended -> ended.msn() >= firstMsn;
      case IndexRecord.Discontinuity discontinuity -> discontinuity.msn() >= firstMsn;
      case IndexRecord.WindowStarted started -> false;
      case IndexRecord.TrackDescribed track -> {
        described.put(track.track().id(), entry.number());
        timescales.put(track.track().id(), track.track().timescale());
        yield false;
      }
      case IndexRecord.InitSection init -> {
        keepInit(init, entry.number());
        yield false;
      }
      case IndexRecord.ClockAnchored anchor -> {
        anchors.put(anchor.msn(), new Anchor(entry.number(), anchor));
        yield false;
      }
    };
  }

  private boolean isListed(PartKey key, long presentationTicks) {
    Integer timescale = timescales.get(key.rendition());
    if (key.msn() == firstMsn && timescale != null) {
      startNs = Math.min(startNs, Ticks.toNs(presentationTicks, timescale));
    }
    return key.msn() >= firstMsn;
  }

  /** An init section is needed until another one is in force at the window's start. */
  private void keepInit(IndexRecord.InitSection init, long number) {
    Deque<Described> of = inits.computeIfAbsent(init.rendition(), id -> new ArrayDeque<>());
    if (init.msn() <= firstMsn) {
      of.clear();
    }
    of.add(new Described(number, described.getOrDefault(init.rendition(), number)));
  }

  /** A date range goes some time after the last segment that it maps to, as windows forget it. */
  private void keepRanges() {
    Map.Entry<Long, Anchor> floor = anchors.floorEntry(firstMsn);
    if (floor != null && startNs != Long.MAX_VALUE) {
      IndexRecord.ClockAnchored anchor = floor.getValue().record();
      long startUtcNs = anchor.utcNs() + startNs - anchor.mediaTimeNs();
      long rememberedNs = REMEMBERED_TARGET_DURATIONS * targetSeconds * SECOND_NS;
      ranges.removeIf(range -> range.record().endsBefore(startUtcNs - rememberedNs));
    }
    while (ranges.size() > IndexRecord.DateRange.MOST_KEPT) {
      ranges.remove();
    }
    ranges.forEach(range -> numbers.add(range.number()));
  }

  private record Described(long init, long track) {}

  private record Anchor(long number, IndexRecord.ClockAnchored record) {}

  private record Range(long number, IndexRecord.DateRange record) {}
}
