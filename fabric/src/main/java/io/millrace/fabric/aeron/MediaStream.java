package io.millrace.fabric.aeron;

import io.aeron.Image;
import io.aeron.logbuffer.FragmentHandler;
import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.wire.PieceAssembler;
import io.millrace.fabric.wire.WireException;
import io.millrace.fabric.wire.WireReader;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Reads the messages of one media stream of a link that is up. Confined to the agent thread. */
final class MediaStream {
  /** Takes what a stream brings. */
  interface Receiver {
    /** False where the link is over, and with it all that is left in the stream. */
    boolean isReceiving();

    void onMessage(FeedMessage message, int bytes);

    void onMalformed(WireException reason);
  }

  private final Image image;
  private final PieceAssembler assembler;
  private final WireReader reader;
  private final Receiver receiver;
  private final FragmentHandler onFragment =
      (buffer, offset, length, header) -> onFragment(buffer, offset, length);

  MediaStream(Image image, int mostSampleBytes, WireReader reader, Receiver receiver) {
    this.image = image;
    this.assembler = new PieceAssembler(mostSampleBytes);
    this.reader = reader;
    this.receiver = receiver;
  }

  int session() {
    return image.sessionId();
  }

  int poll(int fragments) {
    return image.poll(onFragment, fragments);
  }

  /** Whether nothing can come any more. */
  boolean isOver() {
    return image.isClosed() || image.isEndOfStream();
  }

  private void onFragment(DirectBuffer buffer, int offset, int length) {
    if (!receiver.isReceiving()) {
      return;
    }
    try {
      FeedMessage message;
      int bytes = length;
      if (PieceAssembler.isPiece(buffer, offset, length)) {
        UnsafeBuffer whole = assembler.add(buffer, offset, length);
        if (whole == null) {
          return;
        }
        bytes = whole.capacity();
        message = reader.feed(whole, 0, bytes, /* shared= */ true);
      } else {
        message = reader.feed(buffer, offset, length, /* shared= */ false);
      }
      if (message != null) {
        receiver.onMessage(message, bytes);
      }
    } catch (WireException e) {
      receiver.onMalformed(e);
    }
  }
}
