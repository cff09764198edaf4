package io.millrace.delivery.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2FrameStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Follows one answer until the client has taken its last byte. Confined to the connection's event
 * loop.
 */
final class UnsentAnswer {
  // While it is one of a connection's.
  @Nullable UnsentAnswer previous;
  @Nullable UnsentAnswer next;

  private final long heldBytes;
  private final long ownBytes;
  private final boolean media;
  private final long sinceNs;
  private final @Nullable Http2FrameStream stream;

  /** Borrowed, to look how far they are read: the codec takes from them what it sends. */
  private final List<ByteBuf> bodies;

  private long position;
  private long movedNs;
  private boolean ended;

  private UnsentAnswer(
      Response response,
      boolean head,
      int objectBytes,
      @Nullable Http2FrameStream stream,
      List<ByteBuf> bodies,
      long nowNs) {
    this(
        head ? 0 : response.heldBytes(),
        response.ownBytes() + objectBytes,
        /* media= */ !head && !response.media().isEmpty(),
        stream,
        bodies,
        nowNs);
  }

  private UnsentAnswer(
      long heldBytes,
      long ownBytes,
      boolean media,
      @Nullable Http2FrameStream stream,
      List<ByteBuf> bodies,
      long nowNs) {
    this.heldBytes = heldBytes;
    this.ownBytes = ownBytes;
    this.media = media;
    this.stream = stream;
    this.bodies = bodies;
    this.position = position();
    this.sinceNs = nowNs;
    this.movedNs = nowNs;
  }

  static UnsentAnswer overHttp1(Response response, boolean head, long nowNs) {
    return new UnsentAnswer(response, head, OwnBytes.ANSWER, null, List.of(), nowNs);
  }

  static UnsentAnswer overHttp2(
      Response response, boolean head, Http2FrameStream stream, List<ByteBuf> bodies, long nowNs) {
    return new UnsentAnswer(response, head, OwnBytes.STREAM, stream, bodies, nowNs);
  }

  /** A piece of an answer that is sent while it is made, followed by itself. */
  static UnsentAnswer ofPiece(
      BodyPiece piece, @Nullable Http2FrameStream stream, List<ByteBuf> bodies, long nowNs) {
    return new UnsentAnswer(
        piece.heldBytes(), OwnBytes.ANSWER, /* media= */ true, stream, bodies, nowNs);
  }

  long heldBytes() {
    return heldBytes;
  }

  /** What it keeps that no other answer does. */
  long ownBytes() {
    return ownBytes;
  }

  @Nullable Http2FrameStream stream() {
    return stream;
  }

  /** The server has ended it, so from now on it counts as moving no more. */
  void end(long nowNs) {
    ended = true;
    movedNs = nowNs;
  }

  boolean isEnded() {
    return ended;
  }

  /** For which reason it has taken too long since it began; null where it has not. */
  @Nullable String late(LoopDelivery delivery, long nowNs) {
    long ageNs = nowNs - sinceNs;
    if (ageNs > delivery.config().answerTimeout().toNanos()) {
      return "answer";
    }
    return media && ageNs > delivery.mediaPatienceNs() ? "memory" : null;
  }

  /**
   * Whether nothing of it was sent for so long.
   *
   * @param socketHasMore whether the socket waits for the client: what waits there may be of this
   *     answer, and it is no fault of its stream that it does not move
   */
  boolean isStalled(boolean socketHasMore, long limitNs, long nowNs) {
    long now = position();
    if (!ended && (socketHasMore || now != position)) {
      position = now;
      movedNs = nowNs;
    }
    return nowNs - movedNs > limitNs;
  }

  private long position() {
    long sum = 0;
    for (ByteBuf body : bodies) {
      sum += body.readerIndex();
    }
    return sum;
  }
}
