package io.millrace.ingest.rtmp.chunk;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/** Reads a channel's messages and counts its bytes. Confined to the channel's event loop. */
public final class ChunkDecoder extends ByteToMessageDecoder {
  private final ChunkReader reader;
  private long receivedBytes;

  public ChunkDecoder(ChunkLimits limits) {
    this.reader = new ChunkReader(limits);
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
    try {
      RtmpMessage message = reader.read(in);
      if (message != null) {
        out.add(message);
      }
    } catch (RtmpException e) {
      // The framing is lost: what follows means nothing.
      in.skipBytes(in.readableBytes());
      throw e;
    }
  }
}
