package io.millrace.control.link;

import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Bounds what a connection may send, and the time it may take, until one of its calls has
 * registered a node. Stands at the head of the pipeline, before anything is kept of what comes, and
 * leaves it then.
 *
 * <p>Confined to the connection's event loop, except {@link #hasCall}, {@link #admitted} and {@link
 * #leftNs}.
 */
final class Newcomer extends ChannelInboundHandlerAdapter {
  /** For the peer to take what it is told before the connection is closed. */
  private static final long LAST_WORDS_MS = 1_000;

  private static final int GOAWAY = 7;
  private static final int GOAWAY_BYTES = 8; // without the text
  private static final int ENHANCE_YOUR_CALM = 11;

  private final ControlLinkLimits limits;
  private final Refusals refusals;
  private final long deadlineNs;

  private volatile boolean hadCall;
  private volatile boolean admitted;

  private long bytes;
  private boolean refused;
  private @Nullable Future<?> deadline;

  Newcomer(ControlLinkLimits limits, Refusals refusals, long acceptedNs) {
    this.limits = limits;
    this.refusals = refusals;
    this.deadlineNs = acceptedNs + limits.registerTimeout().toNanos();
  }

  /** The connection has a call, whatever comes of it. */
  void hasCall() {
    hadCall = true;
  }

  /** A node is registered: from now on the connection is held to what a node may. */
  void admitted() {
    admitted = true;
  }

  /** What is left of the time to register. */
  long leftNs() {
    return deadlineNs - System.nanoTime();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    deadline = context.executor().schedule(() -> expire(context), leftNs(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf read = (ByteBuf) message;
    bytes += read.readableBytes();
    if (refused) {
      read.release();
    } else if (admitted) {
      context.pipeline().remove(this);
      context.fireChannelRead(read);
    } else if (bytes > limits.mostRegisterBytes()) {
      read.release();
      refuseAsTooLarge(context);
    } else {
      context.fireChannelRead(fitted(context, read));
    }
  }

  /** Once refused, the HTTP/2 handler must not hear of the end of a read: it would ask for more. */
  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    if (!refused) {
      context.fireChannelReadComplete();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (!admitted && !refused) {
      if (!hadCall) {
        refusals.count(LinkRefusal.NO_CALL);
      } else if (leftNs() <= 0) { // its call was told, and the peer was faster than our timer
        refusals.count(LinkRefusal.NO_REGISTRATION);
      }
    }
    context.fireChannelInactive();
  }

  /**
   * A call keeps the buffers of its unfinished message, and one that was made for a large read may
   * hold a byte: what is kept must not be more than what is counted.
   */
  private static ByteBuf fitted(ChannelHandlerContext context, ByteBuf read) {
    try {
      return context.alloc().buffer(read.readableBytes()).writeBytes(read);
    } finally {
      read.release();
    }
  }

  private void expire(ChannelHandlerContext context) {
    if (admitted) {
      context.pipeline().remove(this);
    } else if (!hadCall) {
      var _ = context.close();
    } else if (!refused) {
      refusals.count(LinkRefusal.NO_REGISTRATION);
      closeSoon(context);
    }
  }

  private void refuseAsTooLarge(ChannelHandlerContext context) {
    String why =
        "more than %d bytes before a node is registered".formatted(limits.mostRegisterBytes());
    refusals.countNode(LinkRefusal.TOO_LARGE, why);
    closeSoon(context);
    var _ = context.writeAndFlush(goaway(context, why));
  }

  private void closeSoon(ChannelHandlerContext context) {
    refused = true;
    context.channel().config().setAutoRead(false);
    Runnable close =
        () -> {
          var _ = context.close();
        };
    var _ = context.executor().schedule(close, LAST_WORDS_MS, TimeUnit.MILLISECONDS);
  }

  /** RFC 9113 6.8. That no stream was processed, as it says, has a client end all of them now. */
  private static ByteBuf goaway(ChannelHandlerContext context, String why) {
    byte[] text = why.getBytes(StandardCharsets.US_ASCII);
    return context
        .alloc()
        .buffer()
        .writeMedium(GOAWAY_BYTES + text.length)
        .writeByte(GOAWAY)
        .writeByte(/* flags= */ 0)
        .writeInt(/* stream= */ 0)
        .writeInt(/* lastStream= */ 0)
        .writeInt(ENHANCE_YOUR_CALM)
        .writeBytes(text);
  }
}
