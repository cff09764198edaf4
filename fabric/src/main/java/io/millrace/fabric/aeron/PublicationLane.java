package io.millrace.fabric.aeron;

import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.millrace.fabric.link.Lane;
import io.millrace.fabric.wire.Pieces;
import org.agrona.DirectBuffer;

/**
 * Sends over one Aeron publication. A message never takes more than one frame, so nothing has to be
 * assembled at the far end but pieces. The only place where Aeron's results of an offer are read.
 */
final class PublicationLane implements Lane {
  private final ExclusivePublication publication;
  private final int mostMessageBytes;

  PublicationLane(ExclusivePublication publication) {
    this.publication = publication;
    this.mostMessageBytes = Math.min(Pieces.MOST_MESSAGE_BYTES, publication.maxPayloadLength());
  }

  @Override
  public int mostMessageBytes() {
    return mostMessageBytes;
  }

  @Override
  public Offer offer(DirectBuffer message, int length) {
    return result(publication.offer(message, 0, length));
  }

  @Override
  public Offer offer(DirectBuffer head, int headLength, DirectBuffer body, int from, int length) {
    return result(publication.offer(head, 0, headLength, body, from, length));
  }

  private static Offer result(long position) {
    if (position > 0) {
      return Offer.SENT;
    }
    if (position == Publication.CLOSED || position == Publication.MAX_POSITION_EXCEEDED) {
      return Offer.CLOSED;
    }
    // Back pressure, a term's end, or no receiver: whether that one is gone, heartbeats tell.
    return Offer.BUSY;
  }

  boolean isConnected() {
    return publication.isConnected();
  }

  boolean isClosed() {
    return publication.isClosed();
  }

  int session() {
    return publication.sessionId();
  }

  void close() {
    publication.close();
  }
}
