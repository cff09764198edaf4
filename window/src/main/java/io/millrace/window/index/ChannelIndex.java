package io.millrace.window.index;

import io.millrace.media.channel.ChannelId;
import io.millrace.media.channel.Fence;
import io.millrace.media.channel.TimelineId;
import io.millrace.media.index.IndexEntry;
import io.millrace.media.index.IndexRecord.PartPublished;
import io.millrace.media.index.IndexRecord.TimelineOpened;
import io.millrace.window.store.PartBytes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Folds a channel's index into the state that viewers see. Confined to the fabric's agent thread.
 *
 * <p>It has no clock: the same entries give the same view, and the entries of {@link #survivors}
 * give it too.
 */
public final class ChannelIndex {
  /** Complete segments that are listed in any case: three target durations and some more. */
  public static final int LEAST_LISTED = 6;

  /** Ended timelines kept at most, whatever their age. */
  private static final int MOST_ENDED_TIMELINES = 8;

  private final ChannelId channel;
  private final Function<PartPublished, PartBytes> bytesOf;
  private final Consumer<PartBytes> dropped;
  private final ArrayDeque<TimelineState> timelines = new ArrayDeque<>();
  private @Nullable Fence fence;
  private @Nullable IndexEntry last;
  private ChannelView view;

  /**
   * @param bytesOf gives the place of a published part's bytes
   * @param dropped is told which places no view will name again
   */
  public ChannelIndex(
      ChannelId channel, Function<PartPublished, PartBytes> bytesOf, Consumer<PartBytes> dropped) {
    this.channel = Objects.requireNonNull(channel, "channel");
    this.bytesOf = Objects.requireNonNull(bytesOf, "bytesOf");
    this.dropped = Objects.requireNonNull(dropped, "dropped");
    this.view = new ChannelView(channel, List.of());
  }

  /** The highest fence seen; empty before the first entry. */
  public Optional<Fence> fence() {
    return Optional.ofNullable(fence);
  }

  /** The number of the newest entry; 0 before the first. */
  public long lastNumber() {
    return last == null ? 0 : last.number();
  }

  /** The newest entry; empty before the first. */
  public Optional<IndexEntry> last() {
    return Optional.ofNullable(last);
  }

  /** Whether a message under that fence comes from a writer no longer in office. */
  public boolean isStale(Fence other) {
    return fence != null && other.compareTo(fence) < 0;
  }

  /**
   * Takes one entry in.
   *
   * @return false where its fence is stale or nothing is open that it could belong to
   */
  public boolean apply(IndexEntry entry) {
    if (isStale(entry.fence())) {
      return false;
    }
    fence = entry.fence();
    last = entry;
    if (entry.record() instanceof TimelineOpened opened) {
      open(opened, entry);
    } else if (timelines.isEmpty()) {
      return false;
    } else {
      timelines.getLast().apply(entry);
    }
    rebuild();
    return true;
  }

  /** Everything that a late joiner needs, oldest first, with the numbers it had. */
  public List<IndexEntry> survivors() {
    List<IndexEntry> entries = new ArrayList<>();
    for (TimelineState timeline : timelines) {
      timeline.addSurvivors(entries);
    }
    return entries;
  }

  /** Forgets timelines that ended before {@code utcNs}; returns whether there were any. */
  public boolean dropEndedBefore(long utcNs) {
    boolean any =
        timelines.removeIf(
            timeline -> {
              boolean old = timeline.endedUtcNs() != 0 && timeline.endedUtcNs() < utcNs;
              if (old) {
                timeline.dropAll();
              }
              return old;
            });
    if (any) {
      rebuild();
    }
    return any;
  }

  /**
   * Lists a timeline's segments only from after one on, whatever its window says: bytes are gone.
   *
   * @return false where that changes nothing, or too little would be left
   */
  public boolean dropThrough(TimelineId id, long msn) {
    boolean any = false;
    for (TimelineState timeline : timelines) {
      any |= timeline.id().equals(id) && timeline.dropThrough(msn);
    }
    if (any) {
      rebuild();
    }
    return any;
  }

  /** Forgets everything; what it named is dropped. */
  public void clear() {
    timelines.forEach(TimelineState::dropAll);
    timelines.clear();
    rebuild();
  }

  public ChannelView view() {
    return view;
  }

  private void open(TimelineOpened opened, IndexEntry entry) {
    if (!timelines.isEmpty() && timelines.getLast().id().equals(opened.timeline())) {
      // A writer that takes over says again which timeline it continues.
      timelines.getLast().keep(entry);
      return;
    }
    timelines.addLast(new TimelineState(opened, entry, bytesOf, dropped));
    while (timelines.size() > MOST_ENDED_TIMELINES) {
      timelines.removeFirst().dropAll();
    }
  }

  private void rebuild() {
    List<TimelineView> views = new ArrayList<>(timelines.size());
    for (TimelineState timeline : timelines) {
      views.add(timeline.view());
    }
    view = new ChannelView(channel, views);
  }
}
