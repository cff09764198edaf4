package io.millrace.fabric.link;

import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.wire.WireException;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.index.PartKey;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages over one lane, those of a channel in order, and keeps those that it cannot take
 * yet. Channels that wait take turns, by bytes: one that has much does not keep the others waiting.
 * The message in hand is encoded once, however often it is offered.
 */
final class LaneQueue {
  private static final int OVERHEAD_BYTES = 160;

  /** What a channel may send when its turn comes. */
  private static final int TURN_BYTES = 256 << 10;

  /** What waits for one channel. */
  private static final class Waiting {
    final ChannelId channel;
    final ArrayDeque<FeedMessage> messages = new ArrayDeque<>();

    /** Parts that are answers, and asked for no more. */
    final Set<PartKey> answers = new HashSet<>();

    long bytes;
    long credit;

    Waiting(ChannelId channel) {
      this.channel = channel;
    }
  }

  private final Lane lane;
  private final FeedSender.Listener listener;
  private final int mostSampleBytes;
  private final MessageInHand inHand = new MessageInHand();
  private final Map<ChannelId, Waiting> waiting = new HashMap<>();
  private final ArrayDeque<Waiting> turns = new ArrayDeque<>();
  private long waitingBytes;

  LaneQueue(Lane lane, int mostSampleBytes, FeedSender.Listener listener) {
    this.lane = lane;
    this.mostSampleBytes = mostSampleBytes;
    this.listener = listener;
  }

  /** What a message takes in a queue, near enough. */
  static int sizeOf(FeedMessage message) {
    return OVERHEAD_BYTES
        + switch (message) {
          case FeedMessage.Part m -> m.data().length();
          case FeedMessage.InputCheckpoint m -> m.checkpoint().state().length();
          case FeedMessage.Input m ->
              switch (m.entry().record()) {
                case io.millrace.media.input.InputRecord.SampleArrived r ->
                    r.sample().data().length();
                default -> 0;
              };
          case FeedMessage.Index m ->
              switch (m.entry().record()) {
                case io.millrace.media.index.IndexRecord.InitSection r -> r.data().length();
                default -> 0;
              };
          default -> 0;
        };
  }

  boolean isEmpty() {
    return inHand.isEmpty() && turns.isEmpty();
  }

  long waitingBytes() {
    return waitingBytes + inHand.length();
  }

  /** What waits for the channel, but for the message in hand. */
  long waitingBytes(ChannelId channel) {
    Waiting one = waiting.get(channel);
    return one == null ? 0 : one.bytes;
  }

  /** The channel that has most waiting; null where nothing waits. */
  @Nullable ChannelId greediest() {
    return turns.stream()
        .max(Comparator.comparingLong(each -> each.bytes))
        .map(each -> each.channel)
        .orElse(null);
  }

  /** Adds an answer to who asked for the part, which is given also where it is dropped. */
  void answer(FeedMessage.Part part) {
    add(part, waitingOf(part.channel())).answers.add(part.key());
  }

  void add(FeedMessage message) {
    add(message, waitingOf(message.channel()));
  }

  private Waiting add(FeedMessage message, Waiting one) {
    one.messages.add(message);
    count(one, sizeOf(message));
    return one;
  }

  private Waiting waitingOf(ChannelId channel) {
    Waiting one = waiting.get(channel);
    if (one == null) {
      one = new Waiting(channel);
      waiting.put(channel, one);
      turns.add(one);
    }
    return one;
  }

  private void count(Waiting one, long bytes) {
    one.bytes += bytes;
    waitingBytes += bytes;
  }

  /**
   * Drops what waits for a channel, except its coming and going, and returns how many; who asked
   * for a part that is dropped hears that it cannot be had.
   */
  int drop(ChannelId channel) {
    Waiting one = waiting.get(channel);
    if (one == null) {
      return 0;
    }
    int before = one.messages.size();
    for (Iterator<FeedMessage> each = one.messages.iterator(); each.hasNext(); ) {
      FeedMessage message = each.next();
      if (!FeedSender.isLasting(message)) {
        each.remove();
        count(one, -sizeOf(message));
      }
    }
    int dropped = before - one.messages.size();
    for (PartKey unanswered : one.answers) {
      add(new FeedMessage.PartUnavailable(channel, unanswered), one);
    }
    one.answers.clear();
    if (one.messages.isEmpty()) {
      waiting.remove(channel);
      turns.remove(one);
    }
    return dropped;
  }

  /** Sends what the lane takes now and returns how many messages it took. */
  int flush() {
    int sent = 0;
    while (!inHand.isEmpty() || take()) {
      Lane.Offer offer = inHand.offer(lane);
      if (offer != Lane.Offer.SENT) {
        if (offer == Lane.Offer.BUSY) {
          listener.onBusy();
        }
        return sent;
      }
      listener.onSent(inHand.length());
      inHand.clear();
      sent++;
    }
    return sent;
  }

  /** Encodes the next message; false where there is none. */
  private boolean take() {
    while (!turns.isEmpty()) {
      if (encode(next())) {
        return true;
      }
    }
    return false;
  }

  /** The next message of the channel whose turn it is; there is one. */
  private FeedMessage next() {
    while (true) {
      Waiting one = turns.getFirst();
      FeedMessage message = one.messages.getFirst();
      int size = sizeOf(message);
      if (one.credit >= size || turns.size() == 1) {
        one.messages.removeFirst();
        one.credit = Math.max(0, one.credit - size);
        count(one, -size);
        if (message instanceof FeedMessage.Part part) {
          one.answers.remove(part.key());
        }
        if (one.messages.isEmpty()) {
          turns.removeFirst();
          waiting.remove(one.channel);
        }
        return message;
      }
      one.credit += TURN_BYTES;
      turns.add(turns.removeFirst());
    }
  }

  private boolean encode(FeedMessage message) {
    try {
      inHand.take(message, mostSampleBytes);
      return true;
    } catch (WireException e) {
      listener.onUnsendable(message, e);
      return false;
    }
  }
}
