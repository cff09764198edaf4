package io.millrace.fabric.link;

import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.wire.ControlMessage;
import io.millrace.fabric.wire.Pieces;
import io.millrace.fabric.wire.WireException;
import io.millrace.fabric.wire.WireWriter;

/**
 * Holds the message that a lane is to take next: encoded once, however often it is offered, and in
 * pieces where it is too long for one. Confined to the agent.
 */
public final class MessageInHand {
  private final WireWriter writer = new WireWriter();
  private final Pieces pieces = new Pieces();

  // 0 where there is no message.
  private int length;
  private int nextPiece;

  public boolean isEmpty() {
    return length == 0;
  }

  public int length() {
    return length;
  }

  /**
   * Takes a message; there is none in hand.
   *
   * @throws WireException where the schema cannot carry it, or it is longer than {@code mostBytes}
   */
  public void take(FeedMessage message, int mostBytes) {
    take(writer.write(message), mostBytes);
  }

  /** The same of a message about the link. */
  public void take(ControlMessage message, int mostBytes) {
    take(writer.write(message), mostBytes);
  }

  private void take(int encoded, int mostBytes) {
    if (encoded > mostBytes) {
      writer.trim();
      throw new WireException(
          WireException.Reason.TOO_LONG,
          "message of %d bytes (expected: at most %d)".formatted(encoded, mostBytes));
    }
    length = encoded;
    nextPiece = 0;
  }

  /** Offers what is left of it to the lane, always the same one. */
  public Lane.Offer offer(Lane lane) {
    int most = lane.mostMessageBytes();
    if (length <= most) {
      return lane.offer(writer.buffer(), length);
    }
    if (nextPiece == 0) {
      pieces.begin();
    }
    while (nextPiece < Pieces.count(length, most)) {
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

  /** It was sent, or is given up. */
  public void clear() {
    length = 0;
    writer.trim();
  }
}
