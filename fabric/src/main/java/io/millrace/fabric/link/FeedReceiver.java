package io.millrace.fabric.link;

import io.millrace.fabric.FeedMessage;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.channel.Fence;
import io.millrace.media.index.PartKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The receiving end of a link: decides which messages reach the handler. Entries of a followed
 * channel come in order and without a gap: at a gap the channel is followed again from the missing
 * number, and what comes meanwhile is dropped. Whatever carries a lower fence than was seen is
 * dropped; a snapshot may repeat entries of earlier writers, and so may an answer to a fetch.
 */
public final class FeedReceiver {
  /** Sends requests to the far end, and hears what was dropped. */
  public interface Listener {
    void ask(ChannelId channel, long fromNumber);

    void onGap(ChannelId channel);

    void onStale(ChannelId channel);
  }

  private static final int MOST_FENCES = 100_000;
  private static final long PATIENCE_NS = 1_000_000_000;
  private static final long MOST_PATIENCE_NS = 16 * PATIENCE_NS;

  private enum Phase {
    AWAITING_SNAPSHOT,
    IN_SNAPSHOT,
    AWAITING_NUMBER,
    LIVE
  }

  private static final class Followed {
    private Phase phase;
    private long next;
    private boolean recovering;

    /** When it was asked for what is missing, or when some of the answer last came. */
    private long heardNs;

    private long patienceNs = PATIENCE_NS;

    private Followed(Phase phase, long next) {
      this.phase = phase;
      this.next = next;
    }
  }

  private final Listener listener;
  private final int mostFetches;
  private final Map<ChannelId, Followed> followed = new HashMap<>();
  private final Set<PartKey> fetches = new HashSet<>();
  private final Map<ChannelId, Fence> fences =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ChannelId, Fence> eldest) {
          return size() > MOST_FENCES;
        }
      };

  public FeedReceiver(int mostFetches, Listener listener) {
    this.mostFetches = mostFetches;
    this.listener = listener;
  }

  /** The handler follows a channel; the request itself is sent by the caller. */
  public void follow(ChannelId channel, long fromNumber) {
    followed.put(
        channel,
        fromNumber > 0
            ? new Followed(Phase.AWAITING_NUMBER, fromNumber)
            : new Followed(Phase.AWAITING_SNAPSHOT, 0));
  }

  public void unfollow(ChannelId channel) {
    followed.remove(channel);
  }

  /** False where too many fetches are unanswered. */
  public boolean fetch(PartKey key) {
    return fetches.contains(key) || (fetches.size() < mostFetches && fetches.add(key));
  }

  /** The link is down: nothing is followed any more. Which writers were seen stays known. */
  public void clear() {
    followed.clear();
    fetches.clear();
  }

  /** Whether the handler gets this message. */
  public boolean accepts(FeedMessage message, long nowNs) {
    return switch (message) {
      case FeedMessage.Announced m -> true;
      case FeedMessage.Withdrawn m -> {
        followed.remove(m.channel());
        yield true;
      }
      case FeedMessage.SnapshotBegun m -> begin(m.channel(), nowNs);
      case FeedMessage.SnapshotEnded m -> end(m.channel(), m.lastNumber());
      case FeedMessage.InputCheckpoint m -> {
        Followed state = followed.get(m.channel());
        yield state != null && state.phase == Phase.IN_SNAPSHOT;
      }
      case FeedMessage.Input m -> entry(m.channel(), m.entry().number(), m.entry().fence(), nowNs);
      case FeedMessage.Index m -> entry(m.channel(), m.entry().number(), m.entry().fence(), nowNs);
      case FeedMessage.Part m -> part(m, nowNs);
      case FeedMessage.PartUnavailable m -> fetches.remove(m.key());
    };
  }

  private boolean begin(ChannelId channel, long nowNs) {
    Followed state = followed.get(channel);
    if (state == null) {
      return false;
    }
    state.phase = Phase.IN_SNAPSHOT;
    state.heardNs = nowNs;
    return true;
  }

  private boolean end(ChannelId channel, long lastNumber) {
    Followed state = followed.get(channel);
    if (state == null || state.phase != Phase.IN_SNAPSHOT) {
      return false;
    }
    live(state, lastNumber + 1);
    return true;
  }

  private static void live(Followed state, long next) {
    state.phase = Phase.LIVE;
    state.next = next;
    state.recovering = false;
    state.patienceNs = PATIENCE_NS;
  }

  private boolean part(FeedMessage.Part message, long nowNs) {
    if (fetches.remove(message.key())) {
      return true;
    }
    Followed state = followed.get(message.channel());
    if (state == null || state.phase == Phase.AWAITING_SNAPSHOT) {
      return false;
    }
    if (state.phase == Phase.IN_SNAPSHOT) {
      state.heardNs = nowNs;
      return true;
    }
    return !isStale(message.channel(), message.fence());
  }

  private boolean isStale(ChannelId channel, Fence fence) {
    Fence seen = fences.get(channel);
    if (seen == null || fence.compareTo(seen) >= 0) {
      return false;
    }
    listener.onStale(channel);
    return true;
  }

  private boolean entry(ChannelId channel, long number, Fence fence, long nowNs) {
    Followed state = followed.get(channel);
    if (state == null) {
      return false;
    }
    return switch (state.phase) {
      case AWAITING_SNAPSHOT -> false;
      case IN_SNAPSHOT -> {
        state.heardNs = nowNs;
        fences.merge(channel, fence, FeedReceiver::higher);
        yield true;
      }
      case AWAITING_NUMBER, LIVE ->
          !isStale(channel, fence) && isNext(state, channel, number, fence, nowNs);
    };
  }

  private static Fence higher(Fence one, Fence other) {
    return one.compareTo(other) >= 0 ? one : other;
  }

  private boolean isNext(Followed state, ChannelId channel, long number, Fence fence, long nowNs) {
    @Nullable Fence seen = fences.put(channel, fence);
    if (seen != null && fence.compareTo(seen) > 0) {
      // A new writer counts from 1.
      live(state, 1);
    }
    if (number == state.next) {
      live(state, number + 1);
      return true;
    }
    if (number > state.next && !state.recovering) {
      state.phase = Phase.AWAITING_NUMBER;
      state.recovering = true;
      state.heardNs = nowNs;
      listener.onGap(channel);
      listener.ask(channel, state.next);
    }
    return false;
  }

  /**
   * Asks for a snapshot where what was missing did not come in time, and again where nothing comes
   * of that, each time with more patience: what is asked for twice is sent twice, over a link that
   * may be slow for that very reason. A snapshot that is under way may take as long as it takes.
   */
  public void work(long nowNs) {
    followed.forEach(
        (channel, state) -> {
          if (state.recovering && nowNs - state.heardNs > state.patienceNs) {
            state.phase = Phase.AWAITING_SNAPSHOT;
            state.heardNs = nowNs;
            state.patienceNs = Math.min(MOST_PATIENCE_NS, 2 * state.patienceNs);
            listener.ask(channel, 0);
          }
        });
  }
}
