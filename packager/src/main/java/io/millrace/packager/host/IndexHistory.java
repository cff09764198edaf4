package io.millrace.packager.host;

import io.millrace.media.channel.Fence;
import io.millrace.media.index.IndexEntry;
import io.millrace.media.index.IndexRecord;
import io.millrace.packager.state.StateReader;
import io.millrace.packager.state.StateWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Holds the entries of a channel's index that still matter: those of the open timeline's window and
 * of the timeline before it, and the newest ones whole. They are of one writer, and count from 1.
 * Confined to the agent.
 */
final class IndexHistory {
  private static final int COMPACT_EVERY = 256;

  private final int recentEntries;
  private List<IndexEntry> entries = new ArrayList<>();
  private int addedSinceCompaction;
  private long lastNumber;
  private long lastRemoved;

  IndexHistory(int recentEntries) {
    this.recentEntries = recentEntries;
  }

  /** The first entry's number is above {@code number}: another has had those up to it. */
  void beginAfter(long number) {
    lastNumber = number;
    lastRemoved = number;
  }

  void add(IndexEntry entry) {
    entries.add(entry);
    lastNumber = entry.number();
    if (++addedSinceCompaction >= COMPACT_EVERY) {
      addedSinceCompaction = 0;
      compact();
    }
  }

  long lastNumber() {
    return lastNumber;
  }

  /** All that is left, oldest first. */
  List<IndexEntry> snapshot() {
    return List.copyOf(entries);
  }

  /** What follows {@code fromNumber} without a gap; empty where some of it is gone. */
  Optional<List<IndexEntry>> from(long fromNumber) {
    if (fromNumber <= lastRemoved || fromNumber < 1 || fromNumber > lastNumber + 1) {
      return Optional.empty();
    }
    int first = entries.size();
    while (first > 0 && entries.get(first - 1).number() >= fromNumber) {
      first--;
    }
    return Optional.of(List.copyOf(entries.subList(first, entries.size())));
  }

  private void compact() {
    List<IndexEntry> kept = new ArrayList<>();
    List<List<IndexEntry>> timelines = byTimeline();
    long recent = lastNumber - recentEntries;
    for (int i = 0; i < timelines.size(); i++) {
      Set<Long> needed =
          i < timelines.size() - 2 ? Set.of() : new Survivors(timelines.get(i)).numbers();
      for (IndexEntry entry : timelines.get(i)) {
        if (entry.number() > recent || needed.contains(entry.number())) {
          kept.add(entry);
        } else {
          lastRemoved = Math.max(lastRemoved, entry.number());
        }
      }
    }
    entries = kept;
  }

  private List<List<IndexEntry>> byTimeline() {
    List<List<IndexEntry>> timelines = new ArrayList<>();
    for (IndexEntry entry : entries) {
      if (timelines.isEmpty() || entry.record() instanceof IndexRecord.TimelineOpened) {
        timelines.add(new ArrayList<>());
      }
      timelines.getLast().add(entry);
    }
    return timelines;
  }

  void save(StateWriter out) {
    out.number(addedSinceCompaction).number(lastNumber).number(lastRemoved);
    IndexEntries.write(entries, out);
  }

  /** Reads what {@link #save} wrote of a history of the writer's index. */
  static IndexHistory restore(StateReader in, Fence fence, int recentEntries) {
    IndexHistory restored = new IndexHistory(recentEntries);
    restored.addedSinceCompaction = in.integer();
    restored.lastNumber = in.number();
    restored.lastRemoved = in.number();
    restored.entries = IndexEntries.read(in, fence);
    return restored;
  }

  /** Finds the entries of one timeline that say something about its window. */
  private static final class Survivors {
    private final List<IndexEntry> entries;
    private final long firstMsn;
    private final Set<Long> numbers = new HashSet<>();
    private final Map<Integer, Deque<Described>> inits = new HashMap<>();
    private final Map<Integer, Long> described = new HashMap<>();
    private final TreeMap<Long, Long> anchors = new TreeMap<>();
    private long window;

    Survivors(List<IndexEntry> entries) {
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
      numbers.addAll(anchors.tailMap(floor == null ? 0L : floor).values());
      return numbers;
    }

    private boolean survives(IndexEntry entry) {
      return switch (entry.record()) {
        case IndexRecord.TimelineOpened opened -> true;
        case IndexRecord.TargetDurationFixed fixed -> true;
        case IndexRecord.BroadcastEnded ended -> true;
        case IndexRecord.DateRange range -> true;
        case IndexRecord.PartPublished part -> part.key().msn() >= firstMsn;
        case IndexRecord.GapPublished gap -> gap.key().msn() >= firstMsn;
        case IndexRecord.SegmentEnded ended -> ended.msn() >= firstMsn;
        case IndexRecord.Discontinuity discontinuity -> discontinuity.msn() >= firstMsn;
        case IndexRecord.WindowStarted started -> false;
        case IndexRecord.TrackDescribed track -> {
          described.put(track.track().id(), entry.number());
          yield false;
        }
        case IndexRecord.InitSection init -> {
          keepInit(init, entry.number());
          yield false;
        }
        case IndexRecord.ClockAnchored anchor -> {
          anchors.put(anchor.msn(), entry.number());
          yield false;
        }
      };
    }

    /** An init section is needed until another one is in force at the window's start. */
    private void keepInit(IndexRecord.InitSection init, long number) {
      Deque<Described> of = inits.computeIfAbsent(init.rendition(), id -> new ArrayDeque<>());
      if (init.msn() <= firstMsn) {
        of.clear();
      }
      of.add(new Described(number, described.getOrDefault(init.rendition(), number)));
    }

    private record Described(long init, long track) {}
  }
}
