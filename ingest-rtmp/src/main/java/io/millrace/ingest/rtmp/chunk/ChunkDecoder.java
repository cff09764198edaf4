package io.millrace.ingest.rtmp.chunk;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/**
 * Reads a channel's messages and counts its bytes, until the framing is lost or nobody wants more.
 * Confined to the channel's event loop.
 */
public final class ChunkDecoder extends ByteToMessageDecoder {
  private final ChunkReader reader;
  private long receivedBytes;
  private boolean discarding;

  public ChunkDecoder(ChunkLimits limits, PartialBudget budget) {
    this.reader = new ChunkReader(limits, budget);
  }

  /** Says whether the peer publishes: only then its media may be large. */
  public void publishing(boolean now) {
    reader.publishing(now);
  }

  /** Forgets what has begun; what still comes is thrown away. */
  public void discard() {
    discarding = true;
    reader.close();
  }

  /** Bytes received since the handshake. */
  public long receivedBytes() {
    return receivedBytes;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    if (message instanceof ByteBuf bytes) {
      receivedBytes += bytes.readableBytes();
    }
    super.channelRead(ctx, message);
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (discarding) {
      in.skipBytes(in.readableBytes());
      return;
    }
    try {
      RtmpMessage message = reader.read(in);
      if (message != null) {
        out.add(message);
      }
    } catch (RtmpException e) {
      // The framing is lost: what follows means nothing.
      discard();
      in.skipBytes(in.readableBytes());
      throw e;
    }
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) {
    discard();
  }
}
