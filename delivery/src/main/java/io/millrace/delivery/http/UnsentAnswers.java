package io.millrace.delivery.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOutboundBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps which answers of one connection the client has not taken to their end, oldest first, and
 * how much they hold. Confined to the connection's event loop.
 *
 * <p>What they hold is counted by whole buffers: an answer of one byte keeps its part.
 */
final class UnsentAnswers {
  private final LoopDelivery delivery;
  private final OwnBytes own;
  private @Nullable UnsentAnswer first;
  private @Nullable UnsentAnswer last;
  private long heldBytes;

  // What the socket was about to take when it was last looked at.
  private @Nullable Object current;
  private long currentProgress;
  private long takenNs;

  UnsentAnswers(LoopDelivery delivery, OwnBytes own) {
    this.delivery = delivery;
    this.own = own;
  }

  /** Keeps the answer until {@code sent}. */
  void add(UnsentAnswer answer, ChannelFuture sent) {
    answer.previous = last;
    if (last == null) {
      first = answer;
    } else {
      last.next = answer;
    }
    last = answer;
    held(answer.heldBytes());
    own.add(answer.ownBytes());
    sent.addListener(_ -> remove(answer));
  }

  private void remove(UnsentAnswer answer) {
    if (answer.previous == null) {
      first = answer.next;
    } else {
      answer.previous.next = answer.next;
    }
    if (answer.next == null) {
      last = answer.previous;
    } else {
      answer.next.previous = answer.previous;
    }
    held(-answer.heldBytes());
    own.add(-answer.ownBytes());
  }

  private void held(long change) {
    heldBytes += change;
    delivery.held(change);
  }

  /** Whether an answer that holds so much may be added; a connection's only one always may. */
  boolean hasRoom(long bytes) {
    return first == null || heldBytes + bytes <= delivery.config().maxHeldBytes();
  }

  boolean isEmpty() {
    return first == null;
  }

  /** Which of them there are now, oldest first. */
  List<UnsentAnswer> all() {
    List<UnsentAnswer> all = new ArrayList<>();
    for (UnsentAnswer each = first; each != null; each = each.next) {
      all.add(each);
    }
    return all;
  }

  /** The one that has waited longest; null where there is none. */
  @Nullable UnsentAnswer oldest() {
    return first;
  }

  /** Whether the client's socket has something to take, and has taken no byte for so long. */
  @SuppressWarnings("ReferenceEquality") // the same buffer, not one of the same bytes
  boolean isSocketStalled(Channel channel, long limitNs, long nowNs) {
    ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
    Object next = out == null ? null : out.current();
    long progress = out == null ? 0 : out.currentProgress();
    if (next == null || next != current || progress != currentProgress) {
      current = next;
      currentProgress = progress;
      takenNs = nowNs;
    }
    return nowNs - takenNs > limitNs;
  }

  /** Bytes that wait for the client's socket. */
  static boolean hasMore(Channel channel) {
    ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
    return out != null && out.totalPendingWriteBytes() > 0;
  }
}
