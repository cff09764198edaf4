package io.millrace.fabric.link;

import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.wire.Pieces;
import io.millrace.fabric.wire.WireException;
import io.millrace.fabric.wire.WireWriter;
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
  private final WireWriter writer = new WireWriter();
  private final Pieces pieces = new Pieces();
  private final ArrayDeque<FeedMessage> waiting = new ArrayDeque<>();
  private long waitingBytes;

  // The message in hand; its length is 0 where there is none.
  private int length;
  private int nextPiece;
  private int pieceCount;

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
    return length == 0 && waiting.isEmpty();
  }

  long waitingBytes() {
    return waitingBytes + length;
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
    while (length > 0 || take()) {
      Lane.Offer offer = offerInHand();
      if (offer != Lane.Offer.SENT) {
        if (offer == Lane.Offer.BUSY) {
          listener.onBusy();
        }
        return sent;
      }
      listener.onSent(length);
      length = 0;
      writer.trim();
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
      int encoded = writer.write(message);
      if (encoded > mostSampleBytes) {
        listener.onUnsendable(
            message,
            new WireException(
                WireException.Reason.TOO_LONG,
                "message of %d bytes (expected: at most %d)".formatted(encoded, mostSampleBytes)));
        writer.trim();
        return false;
      }
      length = encoded;
    } catch (WireException e) {
      listener.onUnsendable(message, e);
      return false;
    }
    nextPiece = 0;
    pieceCount = 1;
    if (length > lane.mostMessageBytes()) {
      pieceCount = Pieces.count(length, lane.mostMessageBytes());
      pieces.begin();
    }
    return true;
  }

  private Lane.Offer offerInHand() {
    if (pieceCount == 1) {
      return lane.offer(writer.buffer(), length);
    }
    int most = lane.mostMessageBytes();
    while (nextPiece < pieceCount) {
      int size = pieces.write(writer.buffer(), length, nextPiece, most);
      Lane.Offer offer =
          lane.offer(
              pieces.head(),
              Pieces.HEAD_BYTES,
              writer.buffer(),
              Pieces.start(nextPiece, most),
              size);
      if (offer != Lane.Offer.SENT) {
        return offer;
      }
      nextPiece++;
    }
    return Lane.Offer.SENT;
  }
}
