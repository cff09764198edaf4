package io.millrace.fabric.link;

import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.FeedSource;
import io.millrace.fabric.Follower;
import io.millrace.fabric.wire.WireException;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.index.PartKey;
import io.millrace.media.input.Checkpoint;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The sending end of a link: a source's {@link Follower}. All messages of a channel travel on one
 * lane. What the lanes cannot take waits, up to a limit over all lanes; where it is passed, the
 * channel that has most waiting loses it and gets a snapshot once there is room. Requests to follow
 * wait for room too, so that many snapshots at once do not overflow the queue.
 */
public final class FeedSender implements Follower {
  /** Hears what happens to messages. */
  public interface Listener {
    void onSent(int bytes);

    void onBusy();

    /** A channel passed the limit; {@code dropped} messages of it are lost. */
    void onOverflow(ChannelId channel, int dropped);

    /** The schema cannot carry this message; it is dropped. */
    void onUnsendable(FeedMessage message, WireException reason);
  }

  private static final long FIRST_RETRY_NS = 100_000_000;
  private static final long MOST_RETRY_NS = 5_000_000_000L;

  /** When a channel last overflowed, and how long it waited then. */
  private record Overflow(long atNs, long delayNs) {}

  /** A channel that is to be followed once there is room, and not before an instant. */
  private record Wanted(long fromNumber, long notBeforeNs) {}

  private final FeedSource source;
  private final long mostWaitingBytes;
  private final int mostFetches;
  private final Listener listener;
  private final LaneQueue[] lanes;
  private final Set<ChannelId> followed = new HashSet<>();
  private final Set<PartKey> fetches = new HashSet<>();
  private final Map<ChannelId, Wanted> wanted = new LinkedHashMap<>();
  private final Map<ChannelId, Overflow> overflows = new HashMap<>();
  private @Nullable ChannelId answering;
  private long nowNs;

  public FeedSender(
      FeedSource source, List<? extends Lane> lanes, SendLimits limits, Listener listener) {
    this.source = source;
    this.mostWaitingBytes = limits.mostWaitingBytes();
    this.mostFetches = limits.mostFetches();
    this.listener = listener;
    this.lanes =
        lanes.stream()
            .map(lane -> new LaneQueue(lane, limits.mostMessageBytes(), listener))
            .toArray(LaneQueue[]::new);
  }

  /** Whether a message outlives what it says about its channel's state: it is never dropped. */
  static boolean isLasting(FeedMessage message) {
    return message instanceof FeedMessage.Announced
        || message instanceof FeedMessage.Withdrawn
        || message instanceof FeedMessage.PartUnavailable;
  }

  public void attach() {
    source.attach(this);
  }

  public void detach() {
    followed.clear();
    wanted.clear();
    source.detach(this);
  }

  public void onFollow(ChannelId channel, long fromNumber) {
    wanted.put(channel, new Wanted(fromNumber, nowNs));
    followWanted();
  }

  public void onUnfollow(ChannelId channel) {
    wanted.remove(channel);
    overflows.remove(channel);
    if (followed.remove(channel)) {
      source.unfollow(channel, this);
    }
  }

  public void onFetch(ChannelId channel, PartKey key) {
    if (fetches.size() >= mostFetches) {
      send(new FeedMessage.PartUnavailable(channel, key));
      return;
    }
    fetches.add(key);
    source.fetch(channel, key, this);
  }

  public void onKeep(ChannelId channel, Checkpoint checkpoint) {
    source.keep(channel, checkpoint);
  }

  @Override
  public void send(FeedMessage message) {
    ChannelId channel = message.channel();
    boolean isFetched = answersFetch(message);
    if (message instanceof FeedMessage.Withdrawn) {
      followed.remove(channel);
      wanted.remove(channel);
      overflows.remove(channel);
    }
    LaneQueue lane = lanes[laneOf(channel)];
    boolean isLasting = isLasting(message);
    if (!isLasting && !isFetched && isOverflowed(channel)) {
      return;
    }
    boolean isUnlimited = isLasting || channel.equals(answering);
    if (!isUnlimited && !makeRoom(lane, channel, LaneQueue.sizeOf(message))) {
      overflow(lane, message, isFetched);
      return;
    }
    if (isFetched && message instanceof FeedMessage.Part part) {
      lane.answer(part);
    } else {
      lane.add(message);
    }
    lane.flush();
  }

  /**
   * Drops what the channels hold that have more waiting than this one, the most first; false where
   * that is not enough.
   */
  private boolean makeRoom(LaneQueue lane, ChannelId channel, int size) {
    while (waitingBytes() + size > mostWaitingBytes) {
      LaneQueue fullest = lane;
      ChannelId greediest = channel;
      long most = lane.waitingBytes(channel) + size;
      for (LaneQueue other : lanes) {
        ChannelId candidate = other.greediest();
        if (candidate != null && other.waitingBytes(candidate) > most) {
          fullest = other;
          greediest = candidate;
          most = other.waitingBytes(candidate);
        }
      }
      int dropped = greediest.equals(channel) ? 0 : fullest.drop(greediest);
      if (dropped == 0) {
        return false;
      }
      overflowed(greediest, dropped);
    }
    return true;
  }

  private boolean answersFetch(FeedMessage message) {
    return switch (message) {
      case FeedMessage.Part m -> fetches.remove(m.key());
      case FeedMessage.PartUnavailable m -> fetches.remove(m.key());
      default -> false;
    };
  }

  private boolean isOverflowed(ChannelId channel) {
    return overflows.containsKey(channel) && wanted.containsKey(channel);
  }

  private void overflow(LaneQueue lane, FeedMessage message, boolean isFetched) {
    ChannelId channel = message.channel();
    if (isFetched && message instanceof FeedMessage.Part part) {
      lane.add(new FeedMessage.PartUnavailable(channel, part.key()));
      listener.onOverflow(channel, 1);
      return;
    }
    overflowed(channel, 1 + lane.drop(channel));
  }

  private void overflowed(ChannelId channel, int dropped) {
    if (followed.contains(channel)) {
      long delayNs = nextDelayNs(channel);
      overflows.put(channel, new Overflow(nowNs, delayNs));
      wanted.put(channel, new Wanted(0, nowNs + delayNs));
    }
    listener.onOverflow(channel, dropped);
  }

  /** Twice as long each time, where the last time was not long ago. */
  private long nextDelayNs(ChannelId channel) {
    Overflow last = lately(channel);
    return last == null ? FIRST_RETRY_NS : Math.min(2 * last.delayNs(), MOST_RETRY_NS);
  }

  private @Nullable Overflow lately(ChannelId channel) {
    Overflow last = overflows.get(channel);
    return last == null || nowNs - last.atNs() > 4 * MOST_RETRY_NS ? null : last;
  }

  /** Sends what waits and starts what was asked for; returns how much it did. */
  public int work(long now) {
    nowNs = now;
    int sent = 0;
    for (LaneQueue lane : lanes) {
      if (!lane.isEmpty()) {
        sent += lane.flush();
      }
    }
    return wanted.isEmpty() ? sent : sent + followWanted();
  }

  public long waitingBytes() {
    long bytes = 0;
    for (LaneQueue lane : lanes) {
      bytes += lane.waitingBytes();
    }
    return bytes;
  }

  private int followWanted() {
    int started = 0;
    for (Map.Entry<ChannelId, Wanted> each : List.copyOf(wanted.entrySet())) {
      // Who has overflowed is not to fill what others could use.
      long room = lately(each.getKey()) == null ? mostWaitingBytes / 2 : mostWaitingBytes / 4;
      if (waitingBytes() > room) {
        continue;
      }
      if (each.getValue().notBeforeNs() - nowNs <= 0) {
        ChannelId channel = each.getKey();
        wanted.remove(channel);
        follow(channel, each.getValue().fromNumber());
        started++;
      }
    }
    return started;
  }

  /**
   * What the source still has goes out whole, however much it is: it began when there was room, and
   * refers to bytes that the source holds anyway.
   */
  private void follow(ChannelId channel, long fromNumber) {
    followed.add(channel);
    answering = channel;
    try {
      source.follow(channel, fromNumber, this);
    } finally {
      answering = null;
    }
  }

  private int laneOf(ChannelId channel) {
    return Math.floorMod(channel.hashCode(), lanes.length);
  }
}
