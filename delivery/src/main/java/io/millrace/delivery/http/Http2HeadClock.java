package io.millrace.delivery.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Knows since when a client has been about to end a frame or a header block (RFC 9113 4.1, 4.3). It
 * stands before Netty's codec, which tells of a block only when it is complete. Confined to the
 * connection's event loop.
 */
final class Http2HeadClock extends ChannelInboundHandlerAdapter {
  private static final int PREFACE_BYTES = 24;
  private static final int HEADER_BYTES = 9;
  private static final int LENGTH_BYTES = 3;
  private static final int TYPE_AT = 3;
  private static final int FLAGS_AT = 4;
  private static final int HEADERS = 0x1;
  private static final int CONTINUATION = 0x9;
  private static final int END_HEADERS = 0x4;

  private int headerRead;
  private int length;
  private int type;
  private int flags;
  // The preface counts as a frame.
  private int payloadLeft = PREFACE_BYTES;
  private boolean withinBlock;
  private boolean within;
  private long sinceNs;

  /** Whether a frame or a header block has been begun for longer than this and has not ended. */
  boolean isLate(long nowNs, long limitNs) {
    return within && nowNs - sinceNs > limitNs;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf in = (ByteBuf) message;
    int at = in.readerIndex();
    int end = in.writerIndex();
    while (at < end) {
      if (!within) {
        within = true;
        sinceNs = LoopDelivery.nowNs();
      }
      if (payloadLeft == 0) {
        header(in.getByte(at++));
      } else {
        int skipped = Math.min(payloadLeft, end - at);
        payloadLeft -= skipped;
        at += skipped;
      }
      if (payloadLeft == 0 && headerRead == 0) {
        within = withinBlock;
      }
    }
    context.fireChannelRead(message);
  }

  private void header(byte next) {
    if (headerRead < LENGTH_BYTES) {
      length = length << 8 | (next & 0xFF);
    } else if (headerRead == TYPE_AT) {
      type = next;
    } else if (headerRead == FLAGS_AT) {
      flags = next;
    }
    if (++headerRead == HEADER_BYTES) {
      if (type == HEADERS || type == CONTINUATION) {
        withinBlock = (flags & END_HEADERS) == 0;
      }
      payloadLeft = length;
      headerRead = 0;
      length = 0;
    }
  }
}
