package io.millrace.fabric.link;

import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.wire.PieceAssembler;
import io.millrace.fabric.wire.WireReader;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Takes as many messages as it has room for, and reads them as a receiver would. */
final class FakeLane implements Lane {
  final List<FeedMessage> received = new ArrayList<>();
  int room = Integer.MAX_VALUE;
  boolean closed;
  private final PieceAssembler assembler = new PieceAssembler(1 << 24);
  private final WireReader reader = new WireReader();

  @Override
  public int mostMessageBytes() {
    return 1_000;
  }

  @Override
  public Offer offer(DirectBuffer message, int length) {
    return take(message, 0, length, message, 0, 0);
  }

  @Override
  public Offer offer(DirectBuffer head, int headLength, DirectBuffer body, int from, int length) {
    return take(head, 0, headLength, body, from, length);
  }

  private Offer take(
      DirectBuffer head, int headFrom, int headLength, DirectBuffer body, int from, int length) {
    if (closed) {
      return Offer.CLOSED;
    }
    if (room == 0) {
      return Offer.BUSY;
    }
    room--;
    UnsafeBuffer whole = new UnsafeBuffer(new byte[headLength + length]);
    whole.putBytes(0, head, headFrom, headLength);
    whole.putBytes(headLength, body, from, length);
    if (whole.capacity() > mostMessageBytes()) {
      throw new IllegalArgumentException("message of " + whole.capacity() + " bytes");
    }
    if (PieceAssembler.isPiece(whole, 0, whole.capacity())) {
      UnsafeBuffer joined = assembler.add(whole, 0, whole.capacity());
      if (joined != null) {
        received.add(reader.feed(joined, 0, joined.capacity(), true));
      }
    } else {
      received.add(reader.feed(whole, 0, whole.capacity(), true));
    }
    return Offer.SENT;
  }
}
