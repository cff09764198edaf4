package io.millrace.bench.fuzz;

import io.millrace.ingest.rtmp.chunk.RtmpException;
import io.millrace.ingest.rtmp.handshake.Handshake;
import io.millrace.ingest.rtmp.handshake.ServerHandshakeHandler;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import java.util.List;
import java.util.Random;

/** The first byte says how the rest is cut; what comes behind the handshake must come out whole. */
final class HandshakeFuzz implements FuzzTarget.Parser {
  private static final int ANSWER_BYTES = Handshake.VERSION_BYTES + 2 * Handshake.PACKET_BYTES;

  @Override
  public void feed(byte[] input) {
    if (input.length < 1) {
      return;
    }
    int step = 1 + 8 * (input[0] & 0xFF);
    EmbeddedChannel channel = new EmbeddedChannel(new ServerHandshakeHandler(new Random(1)));
    try {
      for (int from = 1; from < input.length; from += step) {
        int length = Math.min(step, input.length - from);
        channel.writeInbound(Unpooled.copiedBuffer(input, from, length));
      }
      int sent = take(channel, /* inbound= */ false);
      int passed = take(channel, /* inbound= */ true);
      FuzzTarget.check(sent == 0 || sent == ANSWER_BYTES, "answered with " + sent + " bytes");
      int behind = Math.max(0, input.length - 1 - ANSWER_BYTES);
      FuzzTarget.check(passed == behind, "passed on " + passed + " bytes of " + behind);
    } catch (DecoderException e) {
      requireRefusal(e);
    } finally {
      finish(channel);
    }
  }

  /** What was refused may be refused once more when the channel closes over it. */
  private static void finish(EmbeddedChannel channel) {
    try {
      channel.finishAndReleaseAll();
    } catch (DecoderException e) {
      requireRefusal(e);
    }
  }

  private static void requireRefusal(DecoderException e) {
    if (!(e.getCause() instanceof RtmpException)) {
      throw e;
    }
  }

  private static int take(EmbeddedChannel channel, boolean inbound) {
    int bytes = 0;
    ByteBuf next = inbound ? channel.readInbound() : channel.readOutbound();
    while (next != null) {
      bytes += next.readableBytes();
      next.release();
      next = inbound ? channel.readInbound() : channel.readOutbound();
    }
    return bytes;
  }

  @Override
  public List<byte[]> seeds() {
    byte[] whole = new byte[1 + ANSWER_BYTES + 16];
    whole[0] = 40;
    whole[1] = 3;
    return List.of(whole, new byte[] {0, 3, 0, 0, 0, 0}, new byte[] {9, 6});
  }
}
