package io.millrace.delivery.http;

import io.millrace.limits.AddressRate;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells HTTP/2 with prior knowledge (RFC 9113 3.3) from HTTP/1.1 by the connection's first bytes,
 * and gives way to the handlers of the one or the other. Confined to the connection's event loop.
 */
public final class ProtocolSelector extends ByteToMessageDecoder implements Swept {
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final LoopDelivery delivery;
  private final AddressRate rate;
  private final long sinceNs = LoopDelivery.nowNs();
  private final OwnBytes own;
  private @Nullable ChannelHandlerContext ctx;
  private boolean begun;

  /**
   * A connection of which nothing is known.
   *
   * @param rate what its address may ask for, with all its connections
   */
  public ProtocolSelector(LoopDelivery delivery, AddressRate rate) {
    this.delivery = delivery;
    this.rate = rate;
    this.own = new OwnBytes(delivery);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    ctx = context;
    delivery.opened(this);
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext context) {
    own.unread(0);
    delivery.closed(this);
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    begun = true;
    int length = Math.min(in.readableBytes(), PREFACE.length);
    for (int i = 0; i < length; i++) {
      if (in.getByte(in.readerIndex() + i) != PREFACE[i]) {
        useHttp1(context.pipeline());
        return;
      }
    }
    if (length == PREFACE.length) {
      useHttp2(context.pipeline());
    } else {
      own.unread(in.capacity());
    }
  }

  private void useHttp1(ChannelPipeline pipeline) {
    pipeline.addLast(new Http1Connection(delivery, rate));
    pipeline.remove(this);
  }

  private void useHttp2(ChannelPipeline pipeline) {
    Http2Connection.addTo(pipeline, delivery, rate);
    pipeline.remove(this);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    var _ = context.close();
  }

  /** A connection that says nothing, or not enough to tell. */
  @Override
  public void sweep(long nowNs) {
    boolean slow = nowNs - sinceNs > delivery.config().headTimeout().toNanos();
    boolean silent = !begun && nowNs - sinceNs > delivery.silenceNs();
    if (ctx != null && (slow || silent || own.isTooMuch())) {
      delivery.metrics().closed(slow ? "head" : silent ? "drain" : "memory");
      var _ = ctx.close();
    }
  }
}
