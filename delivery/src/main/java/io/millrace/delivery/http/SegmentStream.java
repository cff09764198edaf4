package io.millrace.delivery.http;

import io.millrace.delivery.WatchedChannel;
import io.millrace.window.index.PartView;
import io.millrace.window.index.RenditionView;
import io.millrace.window.index.SegmentView;
import io.millrace.window.index.TimelineView;
import io.millrace.window.store.PartBytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Sends one open segment, part by part as they come, to all of an event loop that have asked for
 * it. Confined to the loop.
 *
 * <p>All that follow have got the same parts; who comes later gets those before at once. Each part
 * counts as an answer of its own among those that a client has not taken.
 */
final class SegmentStream {
  private final LoopDelivery delivery;
  private final WatchedChannel channel;
  private final Route.Segment route;
  private final WaitGroup followers;
  private int sentParts;
  private long deadlineNs;
  private boolean over;

  SegmentStream(LoopDelivery delivery, WatchedChannel channel, Ask ask, Route.Segment route) {
    this.delivery = delivery;
    this.channel = channel;
    this.route = route;
    this.followers = new WaitGroup(ask);
    this.deadlineNs = LoopDelivery.nowNs() + delivery.patienceNs(channel, ask);
  }

  /** Whether it has ended for all, or nobody follows it. */
  boolean isOver() {
    return over || followers.size() == 0;
  }

  /** Begins the answer, with the parts that the others have got. */
  void join(Exchange exchange, Response head) {
    exchange.begin(head);
    SegmentView segment = segment();
    for (int i = 0; segment != null && i < sentParts; i++) {
      PartBytes bytes = segment.parts().get(i).bytes();
      ByteBuf data = bytes == null ? null : bytes.retained();
      if (bytes != null && (data == null || !send(exchange, data))) {
        leave(exchange);
        return;
      }
    }
    followers.add(exchange);
    exchange.flush();
  }

  /** Whether there was room for it; takes over {@code data}. */
  private boolean send(Exchange exchange, ByteBuf data) {
    BodyPiece piece = new BodyPiece(ByteBufAllocator.DEFAULT, data);
    try {
      return send(exchange, piece);
    } finally {
      piece.release();
    }
  }

  private boolean send(Exchange exchange, BodyPiece piece) {
    if (!exchange.unsent().hasRoom(piece.heldBytes())) {
      return false;
    }
    delivery.metrics().sent(piece.length());
    exchange.send(piece);
    return true;
  }

  /** One that cannot go on. */
  private void leave(Exchange exchange) {
    delivery.metrics().waiters(-1);
    exchange.end(/* whole= */ false);
    exchange.flush();
  }

  /** Sends what has come. */
  void advance() {
    if (over) {
      return;
    }
    SegmentView segment = segment();
    if (segment == null || channel.status() == WatchedChannel.Status.GONE) {
      end(/* whole= */ false);
      return;
    }
    boolean lost = false;
    boolean moved = false;
    while (sentParts < segment.partCount() && !lost) {
      PartView part = segment.parts().get(sentParts);
      PartBytes bytes = part.bytes();
      ByteBuf data = bytes == null ? null : bytes.retained();
      if (bytes != null && data == null) {
        lost = bytes.state() == PartBytes.State.UNAVAILABLE;
        channel.want(part.key());
        break;
      }
      if (data != null) {
        sendToAll(data);
      }
      moved = true;
      sentParts++;
    }
    if (moved) {
      deadlineNs = LoopDelivery.nowNs() + delivery.patienceNs(channel, followers.ask());
      flushAll();
    }
    if (lost) {
      end(/* whole= */ false);
    } else if (sentParts == segment.partCount() && segment.complete()) {
      end(/* whole= */ true);
    }
  }

  /** All writes first, then all flushes; takes over {@code data}. */
  private void sendToAll(ByteBuf data) {
    BodyPiece piece = new BodyPiece(ByteBufAllocator.DEFAULT, data);
    try {
      Exchange next;
      for (Exchange each = followers.first(); each != null; each = next) {
        next = each.next;
        if (!send(each, piece)) {
          followers.remove(each);
          leave(each);
        }
      }
    } finally {
      piece.release();
    }
  }

  private void flushAll() {
    Exchange next;
    for (Exchange each = followers.first(); each != null; each = next) {
      next = each.next;
      each.flush();
    }
  }

  /** Ends it for those who may not follow it any more. */
  void refuse() {
    Exchange next;
    for (Exchange each = followers.first(); each != null; each = next) {
      next = each.next;
      Response refusal = delivery.tokens().refusalNow(channel, each);
      if (refusal != null) {
        refusal.release();
        followers.remove(each);
        leave(each);
      }
    }
  }

  /** Gives up where nothing has come for too long. */
  void expire(long nowNs) {
    if (nowNs - deadlineNs >= 0) {
      end(/* whole= */ false);
    }
  }

  private void end(boolean whole) {
    over = true;
    int count = followers.size();
    Exchange first = followers.takeAll();
    for (Exchange each = first; each != null; each = each.next) {
      each.list = null;
      each.end(whole);
    }
    delivery.metrics().waiters(-count);
    Exchange each = first;
    while (each != null) {
      // A flush may begin the connection's next request, which uses the links again.
      Exchange next = each.next;
      each.previous = null;
      each.next = null;
      each.flush();
      each = next;
    }
  }

  /** Null where it is not there, or will never be complete. */
  private @Nullable SegmentView segment() {
    TimelineView timeline = channel.view().timeline(route.timeline());
    RenditionView rendition = timeline == null ? null : timeline.rendition(route.rendition());
    SegmentView segment = rendition == null ? null : rendition.segment(route.msn());
    boolean ended = rendition != null && rendition.ended();
    return segment != null && ended && !segment.complete() ? null : segment;
  }
}
