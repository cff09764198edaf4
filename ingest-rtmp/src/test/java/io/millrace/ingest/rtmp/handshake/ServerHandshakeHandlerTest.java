package io.millrace.ingest.rtmp.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.ingest.rtmp.chunk.RtmpException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.LeakPresenceDetector;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerHandshakeHandlerTest {
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
    ByteBuf all = Unpooled.buffer();
    Handshake.writeHello(all, 5, new Random(1));
    ByteBuf hello = all.copy(1, Handshake.PACKET_BYTES);
    all.writeZero(Handshake.PACKET_BYTES).writeBytes(new byte[] {1, 2, 3});

    while (all.isReadable()) {
      channel.writeInbound(all.readBytes(Math.min(pieceBytes, all.readableBytes())));
    }

    ByteBuf answer = channel.readOutbound();
    assertThat(answer.readableBytes()).isEqualTo(1 + 2 * Handshake.PACKET_BYTES);
    assertThat(answer.readByte()).isEqualTo((byte) 3);
    assertThat(answer.getInt(answer.readerIndex() + 4)).as("no digest").isZero();
    assertThat(answer.slice(1 + Handshake.PACKET_BYTES, Handshake.PACKET_BYTES)).isEqualTo(hello);
    assertThat(received()).isEqualTo(Unpooled.wrappedBuffer(new byte[] {1, 2, 3}));
    assertThat(channel.pipeline().get(ServerHandshakeHandler.class)).isNull();
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

  private ByteBuf received() {
    ByteBuf all = Unpooled.buffer();
    for (ByteBuf next = channel.readInbound(); next != null; next = channel.readInbound()) {
      all.writeBytes(next);
      next.release();
    }
    return all;
  }
}
