package io.millrace.origin;

import io.millrace.fabric.Feed;
import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.Follower;
import io.millrace.fabric.Link;
import io.millrace.media.Bytes;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.channel.Fence;
import io.millrace.media.index.IndexEntry;
import io.millrace.media.index.IndexRecord.PartPublished;
import io.millrace.media.index.PartKey;
import io.millrace.window.ChannelWindow;
import io.millrace.window.index.PartView;
import io.millrace.window.index.RenditionView;
import io.millrace.window.index.SegmentView;
import io.millrace.window.index.TimelineView;
import io.millrace.window.store.PartBytes;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds one channel at the origin and those who follow it. Confined to the agent thread. */
final class OriginChannel {
  private static final Logger log = LoggerFactory.getLogger(OriginChannel.class);

  /** Target durations whose bytes a late joiner gets without asking. */
  private static final long PUSHED_TARGET_DURATIONS = 3;

  private final ChannelId channel;
  private final ChannelWindow window;
  private final int recentEntries;
  private final Set<Follower> followers = new LinkedHashSet<>();
  private final ArrayDeque<IndexEntry> recent = new ArrayDeque<>();

  /** The link that the channel comes by; another one may take its place. */
  private Link upstream;

  /** Whether upstream has said all that it has, be it nothing. */
  private boolean told;

  private boolean withdrawnUpstream;

  /** What upstream, which is another than before, has to begin with, so that nobody notices. */
  private @Nullable IndexEntry joint;

  private long lastHeardNs;

  OriginChannel(
      ChannelId channel, ChannelWindow window, int recentEntries, Link upstream, long nowNs) {
    this.channel = channel;
    this.window = window;
    this.recentEntries = recentEntries;
    this.upstream = upstream;
    this.lastHeardNs = nowNs;
  }

  ChannelWindow window() {
    return window;
  }

  Link upstream() {
    return upstream;
  }

  long lastHeardNs() {
    return lastHeardNs;
  }

  boolean isWithdrawnUpstream() {
    return withdrawnUpstream;
  }

  /**
   * Follows the channel at another packager, or again at the same: from the last entry on that is
   * here. Packagers of one input log make the same index, so it comes again, and what follows
   * continues it; where another comes in its place everything is asked for.
   */
  void followUpstream(Link link) {
    upstream = link;
    told = false;
    withdrawnUpstream = false;
    window.onLinkDown();
    joint = window.lastEntry().orElse(null);
    link.follow(channel, joint == null ? 0 : joint.number());
  }

  void onWithdrawnUpstream() {
    withdrawnUpstream = true;
    window.onLinkDown();
  }

  Set<Follower> followers() {
    return followers;
  }

  void onSnapshotBegun() {
    joint = null;
    window.onSnapshotBegun();
  }

  /** Whoever follows knows the old state: it gets the new one as a snapshot too. */
  void onSnapshotEnded() {
    window.onSnapshotEnded();
    told = true;
    recent.clear();
    for (Follower follower : followers) {
      sendSnapshot(follower);
    }
  }

  void onPart(FeedMessage.Part part, long nowNs) {
    lastHeardNs = nowNs;
    if (window.onPart(part, nowNs) && !window.inSnapshot()) {
      for (Follower follower : followers) {
        follower.send(part);
      }
    }
  }

  void onIndex(FeedMessage.Index index, long nowNs, long utcNs) {
    lastHeardNs = nowNs;
    if (joint != null && !joins(index.entry(), joint)) {
      return;
    }
    boolean live = !window.inSnapshot();
    if (!window.onIndex(index.entry(), nowNs, utcNs) || !live) {
      return;
    }
    remember(index.entry());
    for (Follower follower : followers) {
      follower.send(index);
    }
  }

  /** Whether the first entry of another packager is news: of a writer that is new to both. */
  private boolean joins(IndexEntry first, IndexEntry expected) {
    joint = null;
    if (first.equals(expected)) {
      return false;
    }
    if (first.number() == 1 && first.fence().compareTo(expected.fence()) > 0) {
      return true;
    }
    log.warn(
        "channel {}: {} has another index than the packager before it: entry={}",
        channel,
        upstream.peer(),
        first.number());
    upstream.follow(channel, 0);
    return false;
  }

  private void remember(IndexEntry entry) {
    if (!recent.isEmpty()
        && (recent.getLast().number() + 1 != entry.number()
            || !recent.getLast().fence().equals(entry.fence()))) {
      recent.clear();
    }
    recent.add(entry);
    if (recent.size() > recentEntries) {
      recent.remove();
    }
  }

  void follow(long fromNumber, Follower follower) {
    followers.remove(follower);
    if (!continueFrom(fromNumber, follower)) {
      sendSnapshot(follower);
    }
    followers.add(follower);
  }

  private boolean continueFrom(long fromNumber, Follower follower) {
    if (fromNumber < 1 || recent.isEmpty()) {
      return false;
    }
    if (fromNumber < recent.getFirst().number() || fromNumber > recent.getLast().number() + 1) {
      return false;
    }
    for (IndexEntry entry : recent) {
      if (entry.number() >= fromNumber) {
        sendEntry(entry, /* withBytes= */ true, follower);
      }
    }
    return true;
  }

  private void sendSnapshot(Follower follower) {
    if (!told && window.lastNumber() == 0) {
      // Nothing came from upstream yet; its own snapshot is on the way and will be passed on.
      return;
    }
    // One without entries too: without it a follower would take none of those that come.
    Set<PartKey> pushed = recentParts();
    follower.send(new FeedMessage.SnapshotBegun(channel, Feed.WINDOW));
    for (IndexEntry entry : window.survivors()) {
      boolean withBytes =
          entry.record() instanceof PartPublished part && pushed.contains(part.key());
      sendEntry(entry, withBytes, follower);
    }
    follower.send(new FeedMessage.SnapshotEnded(channel, Feed.WINDOW, window.lastNumber()));
  }

  private void sendEntry(IndexEntry entry, boolean withBytes, Follower follower) {
    if (withBytes && entry.record() instanceof PartPublished part) {
      PartBytes slot = window.bytes(part.key());
      Bytes bytes = slot == null ? null : slot.copy();
      if (bytes != null) {
        follower.send(new FeedMessage.Part(channel, entry.fence(), part.key(), bytes));
      }
    }
    follower.send(new FeedMessage.Index(channel, entry));
  }

  /** The parts of the newest timeline's last target durations. */
  private Set<PartKey> recentParts() {
    Set<PartKey> keys = new HashSet<>();
    window.view().newest().ifPresent(timeline -> addRecentParts(timeline, keys));
    return keys;
  }

  private static void addRecentParts(TimelineView timeline, Set<PartKey> keys) {
    long pushedNs =
        PUSHED_TARGET_DURATIONS * Math.max(1, timeline.targetDurationSeconds()) * 1_000_000_000L;
    for (RenditionView rendition : timeline.renditions()) {
      long afterNs = rendition.open().durationNs();
      addKeys(rendition.open(), keys);
      for (int i = rendition.segments().size() - 1; i >= 0 && afterNs < pushedNs; i--) {
        SegmentView segment = rendition.segments().get(i);
        addKeys(segment, keys);
        afterNs += segment.durationNs();
      }
    }
  }

  private static void addKeys(SegmentView segment, Set<PartKey> keys) {
    for (PartView part : segment.parts()) {
      keys.add(part.key());
    }
  }

  /** Whoever follows learns that it cannot be had here, before a viewer asks for it. */
  void onEvicted(PartKey key) {
    for (Follower follower : followers) {
      follower.send(new FeedMessage.PartUnavailable(channel, key));
    }
  }

  void fetch(PartKey key, Follower follower) {
    PartBytes slot = window.bytes(key);
    Bytes bytes = slot == null ? null : slot.copy();
    Fence fence = window.fence();
    if (bytes == null || fence == null) {
      follower.send(new FeedMessage.PartUnavailable(channel, key));
    } else {
      follower.send(new FeedMessage.Part(channel, fence, key, bytes));
    }
  }
}
