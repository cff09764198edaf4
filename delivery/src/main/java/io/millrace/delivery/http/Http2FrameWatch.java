package io.millrace.delivery.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;

/**
 * Knows what Netty's codec, which it stands before, does not tell: since when a client has been
 * about to end a frame or a header block (RFC 9113 4.1, 4.3), and how many frames it sends that ask
 * for nothing. Confined to the connection's event loop.
 */
final class Http2FrameWatch extends ChannelInboundHandlerAdapter {
  private static final int PREFACE_BYTES = 24;
  private static final int HEADER_BYTES = 9;
  private static final int LENGTH_BYTES = 3;
  private static final int TYPE_AT = 3;
  private static final int FLAGS_AT = 4;
  private static final int HEADERS = 0x1;
  private static final int CONTINUATION = 0x9;
  private static final int END_HEADERS = 0x4;
  private static final long WINDOW_NS = TimeUnit.SECONDS.toNanos(10);

  /** What a client may say of a request: its priority now and later, that it is taken back. */
  private static final int FRAMES_FOR_REQUEST = 4;

  /** A client gives back the window of an answer in steps, on the stream and on the connection. */
  private static final int ANSWER_BYTES_FOR_FRAME = 1_024;

  private final int idleFramesInWindow;

  private int headerRead;
  private int length;
  private int type;
  private int flags;
  // The preface counts as a frame.
  private int payloadLeft = PREFACE_BYTES;
  private boolean withinBlock;
  private boolean within;
  private long sinceNs;
  private long begunBytes;
  private long windowNs = LoopDelivery.nowNs();
  private long idleFramesLeft;

  /**
   * A watch of a connection's first byte and what follows.
   *
   * @param idleFrames how many frames other than HEADERS the client may send in ten seconds, beside
   *     those that belong to requests and answers
   */
  Http2FrameWatch(int idleFrames) {
    this.idleFramesInWindow = idleFrames;
    this.idleFramesLeft = idleFrames;
  }

  /** Whether a frame or a header block has been begun for longer than this and has not ended. */
  boolean isLate(long nowNs, long limitNs) {
    return within && nowNs - sinceNs > limitNs;
  }

  /** What has come of a frame or a header block that has not ended. */
  long begunBytes() {
    return within ? begunBytes : 0;
  }

  /** Whether the client has sent more frames that ask for nothing than it may. */
  boolean isFlooded() {
    return idleFramesLeft < 0;
  }

  /** The client gets so much, and may say that it has taken it. */
  void answered(long bodyBytes) {
    idleFramesLeft += bodyBytes / ANSWER_BYTES_FOR_FRAME;
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
        begunBytes = 0;
      }
      if (payloadLeft == 0) {
        header(in.getByte(at++));
        begunBytes++;
      } else {
        int skipped = Math.min(payloadLeft, end - at);
        payloadLeft -= skipped;
        begunBytes += skipped;
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
      count();
      payloadLeft = length;
      headerRead = 0;
      length = 0;
    }
  }

  private void count() {
    if (type == HEADERS) {
      idleFramesLeft += FRAMES_FOR_REQUEST;
      return;
    }
    long nowNs = LoopDelivery.nowNs();
    if (nowNs - windowNs > WINDOW_NS) {
      windowNs = nowNs;
      idleFramesLeft = Math.max(idleFramesLeft, idleFramesInWindow);
    }
    idleFramesLeft--;
  }
}
