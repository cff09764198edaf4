package io.millrace.window;

import io.millrace.fabric.FeedMessage;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.channel.Fence;
import io.millrace.media.index.IndexEntry;
import io.millrace.media.index.IndexRecord.PartPublished;
import io.millrace.media.index.PartKey;
import io.millrace.window.index.ChannelIndex;
import io.millrace.window.index.ChannelView;
import io.millrace.window.index.PartView;
import io.millrace.window.index.RenditionView;
import io.millrace.window.index.SegmentView;
import io.millrace.window.index.TimelineView;
import io.millrace.window.store.PartBytes;
import io.millrace.window.store.PartStore;
import io.millrace.window.store.StoreMetrics;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Holds one channel's index and part bytes, fed by a link's messages.
 *
 * <p>Confined to the fabric's agent thread but for {@link #view}, {@link #addListener} and {@link
 * #removeListener}. The index is the truth and is published at once; bytes that an entry names and
 * that did not come are asked for after a short delay, and given up after some attempts.
 *
 * <p>Where bytes are gone for good what is listed begins after their segment: rewind gets shorter
 * rather than fail. The last segments are listed in any case.
 */
public final class ChannelWindow implements AutoCloseable {
  private final ChannelId channel;
  private final PartStore store;
  private final PartFetcher fetcher;
  private final StoreMetrics metrics;
  private final List<WindowListener> listeners = new CopyOnWriteArrayList<>();
  private final Map<PartKey, PartBytes> slots = new HashMap<>();
  private final LinkedHashMap<PartKey, Repair> repairs = new LinkedHashMap<>();
  private final Latencies latencies = new Latencies();

  private ChannelIndex index;
  private @Nullable ChannelIndex snapshot;
  private volatile ChannelView view;

  /** One part whose bytes are missing. */
  private static final class Repair {
    long nextNs;
    int attempts;

    Repair(long nextNs) {
      this.nextNs = nextNs;
    }
  }

  public ChannelWindow(
      ChannelId channel, PartStore store, PartFetcher fetcher, StoreMetrics metrics) {
    this.channel = Objects.requireNonNull(channel, "channel");
    this.store = Objects.requireNonNull(store, "store");
    this.fetcher = Objects.requireNonNull(fetcher, "fetcher");
    this.metrics = Objects.requireNonNull(metrics, "metrics");
    this.index = newIndex();
    this.view = index.view();
  }

  private ChannelIndex newIndex() {
    return new ChannelIndex(channel, this::placeOf, this::drop);
  }

  public ChannelId channel() {
    return channel;
  }

  /** What viewers can reach now. Any thread. */
  public ChannelView view() {
    return view;
  }

  /** Any thread. A change during the call may or may not be told. */
  public void addListener(WindowListener listener) {
    listeners.add(listener);
  }

  public void removeListener(WindowListener listener) {
    listeners.remove(listener);
  }

  /** What follows replaces everything, once it is complete. */
  public void onSnapshotBegun() {
    snapshot = newIndex();
  }

  /** Whether a snapshot has begun and is not complete. */
  public boolean inSnapshot() {
    return snapshot != null;
  }

  /** The snapshot is complete: it becomes what viewers see. */
  public void onSnapshotEnded() {
    if (snapshot == null) {
      return;
    }
    index = snapshot;
    snapshot = null;
    keepOnly(index.view());
    dropWhatUpstreamHasNot();
    publish();
  }

  /** A snapshot lists more than upstream has bytes of, and those that it has came with it. */
  private void dropWhatUpstreamHasNot() {
    for (TimelineView timeline : index.view().timelines()) {
      for (RenditionView rendition : timeline.renditions()) {
        newestMissing(rendition)
            .filter(key -> !fetcher.evicted(channel, key))
            .ifPresent(key -> index.dropThrough(key.timeline(), key.msn()));
      }
    }
  }

  /** Of the segments that need not be listed. */
  private static Optional<PartKey> newestMissing(RenditionView rendition) {
    List<SegmentView> segments = rendition.segments();
    for (int i = segments.size() - 1 - ChannelIndex.LEAST_LISTED; i >= 0; i--) {
      for (PartView part : segments.get(i).parts()) {
        if (part.bytes() != null && part.bytes().state() != PartBytes.State.PRESENT) {
          return Optional.of(part.key());
        }
      }
    }
    return Optional.empty();
  }

  /** The link broke: half a snapshot is worth nothing. */
  public void onLinkDown() {
    if (snapshot != null) {
      snapshot = null;
      keepOnly(index.view());
    }
  }

  /**
   * A part's bytes came, pushed or fetched.
   *
   * @return false where a writer no longer in office sent them
   */
  public boolean onPart(FeedMessage.Part part, long nowNs) {
    if (current().isStale(part.fence())) {
      metrics.staleFence();
      return false;
    }
    PartBytes slot = slots.computeIfAbsent(part.key(), this::newSlot);
    if (slot.state() == PartBytes.State.PRESENT) {
      return true;
    }
    boolean wasMissing = repairs.containsKey(part.key());
    if (store.put(slot, part.fence(), part.data(), nowNs)
        && slot.state() == PartBytes.State.PRESENT) {
      repairs.remove(part.key());
      if (wasMissing) {
        metrics.repaired();
      }
      notifyListeners();
    }
    return true;
  }

  /** The next entry of the index. Returns false where it was dropped. */
  public boolean onIndex(IndexEntry entry, long nowNs, long utcNs) {
    ChannelIndex target = current();
    if (target.isStale(entry.fence())) {
      metrics.staleFence();
      return false;
    }
    if (!target.apply(entry)) {
      return false;
    }
    if (target == snapshot) {
      return true;
    }
    if (entry.record() instanceof PartPublished part) {
      onPublished(part, nowNs, utcNs);
    }
    publish();
    return true;
  }

  private void onPublished(PartPublished part, long nowNs, long utcNs) {
    PartBytes slot = slots.get(part.key());
    if (slot == null || slot.state() == PartBytes.State.PRESENT) {
      long latencyNs = Math.max(0, utcNs - part.arrivalNs());
      latencies.add(latencyNs);
      metrics.available(latencyNs);
    } else {
      repairs.put(part.key(), new Repair(nowNs + store.config().repairDelay().toNanos()));
    }
  }

  /**
   * The far end does not have the part. It may get one that was asked for, so the next attempt goes
   * on in its time; one that was not asked for it has let go.
   */
  public void onPartUnavailable(PartKey key, long nowNs) {
    Repair repair = repairs.get(key);
    if (repair == null) {
      PartBytes slot = slots.get(key);
      if (slot != null && slot.isAnnounced() && slot.state() != PartBytes.State.PRESENT) {
        shorten(key);
      }
    } else if (repair.attempts >= store.config().repairAttempts()) {
      repair.nextNs = nowNs;
      repair(key, repair, nowNs);
    }
  }

  /** A viewer asked for a part whose bytes are not here. */
  public void want(PartKey key, long nowNs) {
    PartBytes slot = slots.get(key);
    if (slot == null || slot.state() == PartBytes.State.PRESENT || repairs.containsKey(key)) {
      if (slot != null && slot.state() == PartBytes.State.PRESENT) {
        notifyListeners();
      }
      return;
    }
    if (repairs.size() >= store.config().repairQueue()) {
      store.giveUp(slot);
      notifyListeners();
      return;
    }
    store.retry(slot);
    Repair repair = new Repair(nowNs);
    repairs.put(key, repair);
    repair(key, repair, nowNs);
  }

  /** Asks for what is missing, and forgets bytes that nothing announced. */
  public void tick(long nowNs) {
    if (!repairs.isEmpty()) {
      for (PartKey key : List.copyOf(repairs.keySet())) {
        Repair repair = repairs.get(key);
        if (repair != null && nowNs - repair.nextNs >= 0) {
          repair(key, repair, nowNs);
        }
      }
    }
  }

  /** Forgets bytes that nothing announced, and timelines that ended before {@code endedBefore}. */
  public void sweep(long nowNs, long endedBeforeUtcNs) {
    if (snapshot == null) {
      for (Iterator<PartBytes> all = slots.values().iterator(); all.hasNext(); ) {
        PartBytes slot = all.next();
        if (store.isOrphan(slot, nowNs)) {
          store.release(slot);
          all.remove();
        }
      }
    }
    if (index.dropEndedBefore(endedBeforeUtcNs)) {
      publish();
    }
  }

  private void repair(PartKey key, Repair repair, long nowNs) {
    PartBytes slot = slots.get(key);
    if (slot == null || slot.state() == PartBytes.State.PRESENT) {
      repairs.remove(key);
      return;
    }
    if (repair.attempts >= store.config().repairAttempts()) {
      repairs.remove(key);
      metrics.repairFailed();
      store.giveUp(slot);
      notifyListeners();
      shorten(key);
      return;
    }
    fetcher.fetch(channel, key);
    repair.attempts++;
    repair.nextNs = nowNs + store.config().repairInterval().toNanos();
  }

  /** What a late joiner needs, oldest first. */
  public List<IndexEntry> survivors() {
    return index.survivors();
  }

  public long lastNumber() {
    return index.lastNumber();
  }

  /** The newest entry; empty before the first. */
  public Optional<IndexEntry> lastEntry() {
    return index.last();
  }

  /** The writer in office; null before the first entry. */
  public @Nullable Fence fence() {
    return index.fence().orElse(null);
  }

  /** Where a published part's bytes are; null where the window does not know the part. */
  public @Nullable PartBytes bytes(PartKey key) {
    return slots.get(key);
  }

  /** Median of the last parts' way from the ingest to here, milliseconds; below 0: unknown. */
  public double medianLatencyMs() {
    return latencies.medianMs();
  }

  private ChannelIndex current() {
    return snapshot == null ? index : snapshot;
  }

  private PartBytes newSlot(PartKey key) {
    return store.slot(key, this::onEvicted);
  }

  private void onEvicted(PartBytes slot) {
    if (slot.isAnnounced() && !fetcher.evicted(channel, slot.key())) {
      shorten(slot.key());
    }
  }

  /** A part's bytes are gone for good: what is listed begins after its segment. */
  private void shorten(PartKey key) {
    if (snapshot != null) {
      snapshot.dropThrough(key.timeline(), key.msn());
    }
    if (index.dropThrough(key.timeline(), key.msn())) {
      metrics.shortened();
      publish();
    }
  }

  private PartBytes placeOf(PartPublished part) {
    PartBytes slot = slots.computeIfAbsent(part.key(), this::newSlot);
    store.announce(slot, part.sha256());
    return slot;
  }

  private void drop(PartBytes slot) {
    slots.remove(slot.key(), slot);
    repairs.remove(slot.key());
    store.release(slot);
  }

  /** After a snapshot: what it does not name is gone; bytes that it will name next may be here. */
  private void keepOnly(ChannelView kept) {
    Map<PartKey, PartBytes> named = new HashMap<>();
    kept.timelines().stream()
        .flatMap(timeline -> timeline.renditions().stream())
        .forEach(
            rendition -> {
              rendition.segments().forEach(segment -> collect(segment.parts(), named));
              collect(rendition.open().parts(), named);
            });
    for (PartBytes slot : List.copyOf(slots.values())) {
      if (slot.isAnnounced() && !named.containsKey(slot.key())) {
        drop(slot);
      }
    }
  }

  private static void collect(List<PartView> parts, Map<PartKey, PartBytes> into) {
    for (PartView part : parts) {
      if (part.bytes() != null) {
        into.put(part.key(), part.bytes());
      }
    }
  }

  private void publish() {
    view = index.view();
    notifyListeners();
  }

  private void notifyListeners() {
    for (WindowListener listener : listeners) {
      listener.onWindowChanged();
    }
  }

  @Override
  public void close() {
    snapshot = null;
    index.clear();
    List.copyOf(slots.values()).forEach(this::drop);
    repairs.clear();
    publish();
  }
}
