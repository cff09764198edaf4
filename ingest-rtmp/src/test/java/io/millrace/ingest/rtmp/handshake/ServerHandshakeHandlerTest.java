package io.millrace.ingest.rtmp.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.ingest.rtmp.chunk.RtmpException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.LeakPresenceDetector;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerHandshakeHandlerTest {
  /** C0, C1, C2 and three bytes of what follows. */
  private static final byte[] HELLO_AND_MORE = helloAndMore();

  private final EmbeddedChannel channel =
      new EmbeddedChannel(new ServerHandshakeHandler(new Random(2)));

  @AfterEach
  void release() {
    channel.finishAndReleaseAll();
    LeakPresenceDetector.check();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 1_536, 1_537, 4_000})
  void answersAndPassesOnWhatFollowsHoweverItComes(int pieceBytes) {
    ByteBuf all = Unpooled.wrappedBuffer(HELLO_AND_MORE);

    while (all.isReadable()) {
      channel.writeInbound(all.readBytes(Math.min(pieceBytes, all.readableBytes())));
    }

    assertAnswered(channel, "pieces of %d".formatted(pieceBytes));
    assertThat(channel.pipeline().get(ServerHandshakeHandler.class)).isNull();
  }

  @Test
  void answersAndPassesOnTheSameAtEverySplit() {
    for (int split = 1; split < HELLO_AND_MORE.length; split++) {
      EmbeddedChannel each = new EmbeddedChannel(new ServerHandshakeHandler(new Random(2)));
      ByteBuf all = Unpooled.wrappedBuffer(HELLO_AND_MORE);
      each.writeInbound(all.readBytes(split), all);

      assertAnswered(each, "split at %d".formatted(split));
      each.finishAndReleaseAll();
    }
  }

  private static byte[] helloAndMore() {
    ByteBuf all = Unpooled.buffer();
    Handshake.writeHello(all, 5, new Random(1));
    all.writeZero(Handshake.PACKET_BYTES).writeBytes(new byte[] {1, 2, 3});
    return ByteBufUtil.getBytes(all);
  }

  private static void assertAnswered(EmbeddedChannel channel, String how) {
    ByteBuf answer = channel.readOutbound();
    assertThat(answer.readableBytes()).as(how).isEqualTo(1 + 2 * Handshake.PACKET_BYTES);
    assertThat(answer.readByte()).as(how).isEqualTo((byte) 3);
    assertThat(answer.getInt(answer.readerIndex() + 4)).as("no digest").isZero();
    assertThat(answer.slice(1 + Handshake.PACKET_BYTES, Handshake.PACKET_BYTES))
        .as(how)
        .isEqualTo(Unpooled.wrappedBuffer(HELLO_AND_MORE, 1, Handshake.PACKET_BYTES));
    assertThat(received(channel)).as(how).isEqualTo(Unpooled.wrappedBuffer(new byte[] {1, 2, 3}));
    answer.release();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 6, 'G'})
  void refusesOtherVersions(int version) {
    assertThatThrownBy(() -> channel.writeInbound(Unpooled.buffer().writeByte(version)))
        .hasRootCauseInstanceOf(RtmpException.class)
        .hasMessageContaining("RTMP version: " + version + " (expected: 3)");
  }

  @Test
  void saysNothingBeforeTheWholeHelloIsThere() {
    channel.writeInbound(Unpooled.buffer().writeByte(3).writeZero(1_535));

    assertThat(channel.<ByteBuf>readOutbound()).isNull();
  }

  private static ByteBuf received(EmbeddedChannel channel) {
    ByteBuf all = Unpooled.buffer();
    for (ByteBuf next = channel.readInbound(); next != null; next = channel.readInbound()) {
      all.writeBytes(next);
      next.release();
    }
    return all;
  }
}
