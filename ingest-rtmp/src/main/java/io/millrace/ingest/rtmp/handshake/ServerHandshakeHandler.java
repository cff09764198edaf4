package io.millrace.ingest.rtmp.handshake;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Answers a client's handshake, then leaves the pipeline and passes on what came behind it.
 * Confined to the channel's event loop.
 */
public final class ServerHandshakeHandler extends ByteToMessageDecoder {
  /** Fired as a user event when the client's part is complete. */
  public enum Event {
    DONE
  }

  private final RandomGenerator random;
  private boolean versionRead;
  private boolean answered;

  public ServerHandshakeHandler(RandomGenerator random) {
    this.random = random;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (!versionRead && in.isReadable()) {
      Handshake.readVersion(in);
      versionRead = true;
    }
    if (!answered && in.readableBytes() >= Handshake.PACKET_BYTES) {
      answered = true;
      ByteBuf answer = ctx.alloc().buffer(Handshake.VERSION_BYTES + 2 * Handshake.PACKET_BYTES);
      Handshake.writeHello(answer, /* timeMs= */ 0, random);
      Handshake.writeEcho(answer, in);
      var _ = ctx.writeAndFlush(answer);
    }
    if (answered && in.readableBytes() >= Handshake.PACKET_BYTES) {
      // C2 is not looked at: clients send back S1, or something else.
      in.skipBytes(Handshake.PACKET_BYTES);
      ctx.fireUserEventTriggered(Event.DONE);
      ctx.pipeline().remove(this);
    }
  }
}
