package io.millrace.packager.host;

import io.millrace.media.channel.Fence;
import io.millrace.media.index.IndexEntry;
import io.millrace.media.index.IndexRecord;
import io.millrace.packager.state.StateReader;
import io.millrace.packager.state.StateWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
          i < timelines.size() - 2 ? Set.of() : new IndexSurvivors(timelines.get(i)).numbers();
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
}
