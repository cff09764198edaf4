package io.millrace.ingest.rtmp.chunk;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.MessageToByteEncoder;

/** Writes a channel's messages. Confined to the channel's event loop. */
public final class ChunkEncoder extends MessageToByteEncoder<RtmpMessage> {
  private final ChunkWriter writer = new ChunkWriter();

  public ChunkEncoder() {
    super(RtmpMessage.class);
  }

  @Override
  protected void encode(ChannelHandlerContext ctx, RtmpMessage message, ByteBuf out) {
    writer.write(message, out);
  }
}
