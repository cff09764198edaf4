package io.millrace.ingest;

import io.millrace.limits.FairBudget;
import io.millrace.media.channel.Fence;
import io.millrace.media.input.Checkpoint;
import io.millrace.media.input.InputEntry;
import io.millrace.media.input.InputRecord;
import io.millrace.media.track.Sample;
import io.millrace.media.track.TrackKind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Numbers a channel's input and keeps the end of it for sending again. Confined to the agent.
 *
 * <p>What is kept begins, where the limits allow, with a keyframe that is at least {@code keepNs}
 * old. A snapshot is the broadcast's opening, the source's start and the tracks as they stood, with
 * their original numbers, then everything from the oldest kept keyframe of the broadcast on.
 *
 * <p>A packager's newest checkpoint is kept with it, and so is, where the limits allow, every entry
 * after the checkpoint: together they stand for the whole log.
 */
final class InputLog {
  /** What becomes of a checkpoint that is handed over. */
  enum Keeping {
    KEPT,
    /** One that is as new or newer is there: of two packagers both hand over. */
    KNOWN,
    /** Of another writer's log, or beyond the end of this one. */
    ANOTHER_LOG,
    TOO_LONG
  }

  /** The most of what is kept that a checkpoint may take: one part of so many. */
  private static final int CHECKPOINT_SHARE = 4;

  private final Fence fence;
  private final int maxEntries;
  private final long maxBytes;
  private final FairBudget budget;
  private final IngestMetrics metrics;

  private final ArrayDeque<InputEntry> history = new ArrayDeque<>();
  private final ArrayDeque<Keyframe> keyframes = new ArrayDeque<>();
  private final State beforeHistory = new State();
  private final State now = new State();
  private long keepNs;
  private long bytes;
  private long lastNumber;
  private @Nullable Checkpoint checkpoint;

  /**
   * An empty one.
   *
   * @param budget of all channels
   */
  InputLog(Fence fence, int maxEntries, long maxBytes, FairBudget budget, IngestMetrics metrics) {
    this.budget = budget;
    this.metrics = metrics;
    this.fence = fence;
    this.maxEntries = maxEntries;
    this.maxBytes = maxBytes;
  }

  /** How old the oldest kept keyframe should at least be. */
  void keep(long newKeepNs) {
    keepNs = newKeepNs;
  }

  /** Takes a packager's checkpoint, in place of one before it. */
  Keeping keep(Checkpoint newer) {
    if (!newer.fence().equals(fence) || newer.number() > lastNumber) {
      return Keeping.ANOTHER_LOG;
    }
    if (checkpoint != null && newer.number() <= checkpoint.number()) {
      return Keeping.KNOWN;
    }
    if (newer.state().length() > mostBytes() / CHECKPOINT_SHARE) {
      return Keeping.TOO_LONG;
    }
    count(newer.state().length() - checkpointBytes());
    checkpoint = newer;
    trim();
    return Keeping.KEPT;
  }

  Optional<Checkpoint> checkpoint() {
    return Optional.ofNullable(checkpoint);
  }

  private long checkpointBytes() {
    return checkpoint == null ? 0 : checkpoint.state().length();
  }

  Fence fence() {
    return fence;
  }

  long lastNumber() {
    return lastNumber;
  }

  InputEntry append(InputRecord record) {
    InputEntry entry = new InputEntry(++lastNumber, fence, record);
    history.add(entry);
    count(size(record));
    now.apply(entry);
    if (record instanceof InputRecord.BroadcastOpened) {
      keyframes.clear();
    } else if (record instanceof InputRecord.SampleArrived(Sample sample) && now.startsAt(sample)) {
      keyframes.add(new Keyframe(entry.number(), sample.arrivalNs()));
      trimTo(sample.arrivalNs() - keepNs);
    }
    trim();
    return entry;
  }

  /**
   * What follows {@code fromNumber} without a gap; empty where that is no longer (or not yet)
   * there.
   */
  Optional<List<InputEntry>> from(long fromNumber) {
    long first = lastNumber - history.size() + 1;
    if (fromNumber < Math.max(1, first) || fromNumber > lastNumber + 1) {
      return Optional.empty();
    }
    List<InputEntry> entries = new ArrayList<>((int) (lastNumber + 1 - fromNumber));
    Iterator<InputEntry> newestFirst = history.descendingIterator();
    for (long n = lastNumber; n >= fromNumber; n--) {
      entries.add(newestFirst.next());
    }
    return Optional.of(entries.reversed());
  }

  List<InputEntry> snapshot() {
    long start = startOfSnapshot();
    State state = beforeHistory.copy();
    List<InputEntry> tail = new ArrayList<>();
    for (InputEntry entry : history) {
      if (entry.number() < start) {
        state.apply(entry);
      } else {
        tail.add(entry);
      }
    }
    List<InputEntry> entries = new ArrayList<>(state.entries());
    entries.addAll(tail);
    return entries;
  }

  int size() {
    return history.size();
  }

  long bytes() {
    return bytes;
  }

  private long startOfSnapshot() {
    Keyframe oldest = keyframes.peek();
    long start = oldest == null ? lastNumber + 1 : oldest.number();
    boolean continues = checkpoint != null && checkpoint.number() >= lastNumber - history.size();
    return checkpoint != null && continues ? Math.min(start, checkpoint.number() + 1) : start;
  }

  /** Drops whole groups of pictures while the next one is old enough as well. */
  private void trimTo(long oldestNs) {
    while (keyframes.size() > 1) {
      Keyframe first = keyframes.remove();
      Keyframe second = keyframes.element();
      boolean isNeeded = checkpoint != null && second.number() > checkpoint.number() + 1;
      if (second.arrivalNs() > oldestNs || isNeeded) {
        keyframes.addFirst(first);
        return;
      }
      while (history.element().number() < second.number()) {
        evict();
      }
    }
  }

  /** Lets go of the oldest while there is too much here, or too much everywhere and most here. */
  void trim() {
    if (bytes > mostBytes() && checkpointBytes() > mostBytes() / CHECKPOINT_SHARE) {
      count(-checkpointBytes());
      checkpoint = null;
      metrics.trimmed();
    }
    while (history.size() > maxEntries || (history.size() > 1 && bytes > mostBytes())) {
      if (bytes <= maxBytes && history.size() <= maxEntries) {
        metrics.trimmed();
      }
      evict();
    }
  }

  private long mostBytes() {
    return Math.min(maxBytes, budget.shareBytes());
  }

  /** Nothing of it is kept any more. */
  void release() {
    count(-bytes);
    history.clear();
    keyframes.clear();
    checkpoint = null;
  }

  private void count(long delta) {
    bytes += delta;
    budget.add(delta);
  }

  private void evict() {
    InputEntry entry = history.remove();
    count(-size(entry.record()));
    beforeHistory.apply(entry);
    Keyframe first = keyframes.peek();
    if (first != null && first.number() <= entry.number()) {
      keyframes.remove();
    }
  }

  private static long size(InputRecord record) {
    return 64L
        + switch (record) {
          case InputRecord.SampleArrived(Sample sample) -> sample.data().length();
          case InputRecord.TrackAnnounced(var track) -> track.codec().record().length();
          case InputRecord.DateRangeMarked(var range, _) ->
              range.attributes().values().stream().mapToInt(String::length).sum();
          default -> 0;
        };
  }

  private record Keyframe(long number, long arrivalNs) {}

  /** What a reader must have been told before the next entry makes sense to it. */
  private static final class State {
    private @Nullable InputEntry broadcast;
    private @Nullable InputEntry source;
    private @Nullable InputEntry end;
    private final TreeMap<Integer, InputEntry> tracks = new TreeMap<>();
    private boolean hasVideo;

    void apply(InputEntry entry) {
      switch (entry.record()) {
        case InputRecord.BroadcastOpened _ -> {
          broadcast = entry;
          source = null;
          end = null;
          tracks.clear();
          hasVideo = false;
        }
        case InputRecord.SourceStarted _ -> {
          source = entry;
          end = null;
          tracks.clear();
          hasVideo = false;
        }
        case InputRecord.TrackAnnounced(var track) -> {
          tracks.put(track.id(), entry);
          hasVideo |= track.kind() == TrackKind.VIDEO;
        }
        case InputRecord.SourceLost _, InputRecord.BroadcastClosed _ -> end = entry;
        case InputRecord.SampleArrived _,
            InputRecord.SamplesDropped _,
            InputRecord.DateRangeMarked _,
            InputRecord.ClockTicked _ -> {}
      }
    }

    /** Whether a reader can start with this sample: a picture's, or any where there are none. */
    boolean startsAt(Sample sample) {
      InputEntry entry = tracks.get(sample.trackId());
      return sample.keyframe()
          && entry != null
          && (!hasVideo
              || (entry.record() instanceof InputRecord.TrackAnnounced(var track)
                  && track.kind() == TrackKind.VIDEO));
    }

    List<InputEntry> entries() {
      List<InputEntry> entries = new ArrayList<>();
      for (InputEntry entry : new InputEntry[] {broadcast, source, end}) {
        if (entry != null) {
          entries.add(entry);
        }
      }
      for (Map.Entry<Integer, InputEntry> track : tracks.entrySet()) {
        entries.add(track.getValue());
      }
      entries.sort((a, b) -> Long.compare(a.number(), b.number()));
      return entries;
    }

    State copy() {
      State copy = new State();
      copy.broadcast = broadcast;
      copy.source = source;
      copy.end = end;
      copy.tracks.putAll(tracks);
      copy.hasVideo = hasVideo;
      return copy;
    }
  }
}
