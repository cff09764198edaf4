package io.millrace.fabric.link;

import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.wire.WireException;
import io.millrace.media.channel.ChannelId;
import java.util.ArrayDeque;
import java.util.Iterator;

/**
 * Sends messages over one lane in order, and keeps those that it cannot take yet. The message in
 * hand is encoded once, however often it is offered.
 */
final class LaneQueue {
  private static final int OVERHEAD_BYTES = 160;

  private final Lane lane;
  private final FeedSender.Listener listener;
  private final int mostSampleBytes;
  private final MessageInHand inHand = new MessageInHand();
  private final ArrayDeque<FeedMessage> waiting = new ArrayDeque<>();
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
    return inHand.isEmpty() && waiting.isEmpty();
  }

  long waitingBytes() {
    return waitingBytes + inHand.length();
  }

  void add(FeedMessage message) {
    waiting.add(message);
    waitingBytes += sizeOf(message);
  }

  /** Drops what waits for a channel, except its coming and going, and returns how many. */
  int drop(ChannelId channel) {
    int dropped = 0;
    for (Iterator<FeedMessage> each = waiting.iterator(); each.hasNext(); ) {
      FeedMessage message = each.next();
      if (message.channel().equals(channel) && !FeedSender.isLasting(message)) {
        each.remove();
        waitingBytes -= sizeOf(message);
        dropped++;
      }
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
    FeedMessage message = waiting.poll();
    while (message != null) {
      waitingBytes -= sizeOf(message);
      if (encode(message)) {
        return true;
      }
      message = waiting.poll();
    }
    return false;
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
