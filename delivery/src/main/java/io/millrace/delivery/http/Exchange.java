package io.millrace.delivery.http;

import io.millrace.control.token.Verdict;
import io.millrace.delivery.DeliveryMetrics.Kind;
import io.millrace.limits.AddressBlock;
import io.millrace.limits.AddressRate;
import io.netty.channel.ChannelHandlerContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Stands for one request that has no response yet. Confined to the event loop of its connection.
 *
 * <p>It is itself the link of the list that it waits in, so that waiting allocates nothing and
 * leaving takes no search.
 */
abstract class Exchange {
  // While it waits.
  @Nullable ExchangeList list;
  @Nullable Exchange previous;
  @Nullable Exchange next;
  long deadlineNs;

  /** What it asks for, while it waits for its turn. */
  @Nullable Request delayed;

  // Per request.
  Kind kind = Kind.OTHER;
  boolean head;
  boolean bodyFollows;

  /** What lets it be answered, where the channel's viewers need a token; null elsewhere. */
  Verdict.@Nullable Genuine token;

  /** What the connection's address asks for. */
  abstract AddressRate rate();

  /** What the connection keeps for itself alone. */
  abstract OwnBytes own();

  /** Closes its connection: {@code reason} is one of a few words. */
  abstract void close(String reason);

  /** What the connection's client has not taken to its end. */
  abstract UnsentAnswers unsent();

  /** Queues the response (borrowed) for sending. */
  abstract void write(Response response);

  /** Queues the head of a response whose body follows in pieces (borrowed). */
  abstract void begin(Response head);

  /** Queues the next piece of the body (borrowed). */
  abstract void send(BodyPiece piece);

  /**
   * The body ends.
   *
   * @param whole whether the client has got all of it: if not it is told so
   */
  abstract void end(boolean whole);

  /** Sends what is queued; the connection may go on to its next request. */
  abstract void flush();

  /** Whose connection it is; makes an object each time. */
  abstract AddressBlock address();

  /** The bytes of the connection's address: the same object each time. */
  abstract byte[] remote();

  /** A connection that is of no network (tests have such) counts as one of this machine. */
  static AddressBlock address(@Nullable ChannelHandlerContext context) {
    return AddressBlock.of(inet(context));
  }

  static InetAddress inet(@Nullable ChannelHandlerContext context) {
    return context != null && context.channel().remoteAddress() instanceof InetSocketAddress remote
        ? remote.getAddress()
        : InetAddress.getLoopbackAddress();
  }

  /** Tells the client's viewer session apart where the client does not name one. */
  abstract long viewerKey(long clientHash);
}
