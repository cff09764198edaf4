package io.millrace.delivery.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOutboundBuffer;
import java.util.LinkedHashSet;
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
  private final LinkedHashSet<UnsentAnswer> answers = new LinkedHashSet<>();
  private long heldBytes;

  // What the socket was about to take when it was last looked at.
  private @Nullable Object current;
  private long currentProgress;
  private long takenNs;

  UnsentAnswers(LoopDelivery delivery) {
    this.delivery = delivery;
  }

  /** Keeps the answer until {@code sent}. */
  void add(UnsentAnswer answer, ChannelFuture sent) {
    answers.add(answer);
    held(answer.heldBytes());
    sent.addListener(_ -> remove(answer));
  }

  private void remove(UnsentAnswer answer) {
    if (answers.remove(answer)) {
      held(-answer.heldBytes());
    }
  }

  private void held(long change) {
    heldBytes += change;
    delivery.held(change);
  }

  /** Whether an answer that holds so much may be added; a connection's only one always may. */
  boolean hasRoom(long bytes) {
    return answers.isEmpty() || heldBytes + bytes <= delivery.config().maxHeldBytes();
  }

  boolean isEmpty() {
    return answers.isEmpty();
  }

  /** Which of them there are now, oldest first. */
  List<UnsentAnswer> all() {
    return answers.isEmpty() ? List.of() : List.copyOf(answers);
  }

  /** The one that has waited longest; null where there is none. */
  @Nullable UnsentAnswer oldest() {
    return answers.isEmpty() ? null : answers.getFirst();
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
