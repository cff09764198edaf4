package io.millrace.ingest.rtmp.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.media.Bytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a connection holds of the budget, it gives back however it ends. */
class ChunkDecoderTest {
  private static final String VIDEO_OF_256_KIB = "04 000000 040000 09 01000000";

  private final PartialBudget budget = new PartialBudget(1 << 20);
  private final ChunkDecoder decoder = new ChunkDecoder(ChunkLimits.defaults(), budget);
  private final EmbeddedChannel channel = new EmbeddedChannel(decoder);

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void givesBackWhenTheConnectionIsClosed() {
    begin();

    channel.close().syncUninterruptibly();

    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void givesBackWhenTheFramingIsLostAndThrowsAwayTheRest() {
    begin();

    assertThatThrownBy(() -> channel.writeInbound(hex("84 000001")))
        .isInstanceOf(DecoderException.class)
        .hasMessageContaining("3 within a message");
    assertThat(budget.usedBytes()).isZero();
    channel.writeInbound(hex("84 000001"));
    assertThat(channel.inboundMessages()).isEmpty();
  }

  @Test
  void givesBackWhenNobodyWantsMoreAndThrowsAwayTheRest() {
    begin();

    decoder.discard();

    assertThat(budget.usedBytes()).isZero();
    channel.writeInbound(hex("04 000000 ffffff 09 01000000"));
    channel.writeInbound(Unpooled.buffer().writeZero(100_000));
    assertThat(channel.inboundMessages()).isEmpty();
    assertThat(budget.usedBytes()).isZero();
    assertThat(decoder.receivedBytes()).isEqualTo(140 + 12 + 100_000);
  }

  @Test
  void decodesTheSameAtEverySplitAndGivesAllBack() {
    Bytes two =
        Bytes.ofHex(
            "04 000000 000082 09 01000000"
                + "55".repeat(128)
                + "c4 6666"
                + "44 00000a 000001 08 07");
    for (int split = 1; split < two.length(); split++) {
      EmbeddedChannel each = new EmbeddedChannel(new ChunkDecoder(ChunkLimits.defaults(), budget));
      each.writeInbound(
          Unpooled.wrappedBuffer(two.slice(0, split).toArray()),
          Unpooled.wrappedBuffer(two.slice(split).toArray()));

      assertThat(each.<RtmpMessage>readInbound())
          .as("split at %d", split)
          .isEqualTo(new RtmpMessage(4, 9, 1, 0, Bytes.ofHex("55".repeat(128) + "6666")));
      assertThat(each.<RtmpMessage>readInbound())
          .as("split at %d", split)
          .isEqualTo(new RtmpMessage(4, 8, 1, 10, Bytes.ofHex("07")));
      each.finishAndReleaseAll();
      assertThat(budget.usedBytes()).isZero();
    }
  }

  private void begin() {
    channel.writeInbound(hex(VIDEO_OF_256_KIB), Unpooled.buffer().writeZero(128));
    assertThat(budget.usedBytes()).isEqualTo((64 << 10) - ChunkReader.FREE_BYTES);
  }

  private static ByteBuf hex(String hex) {
    return Unpooled.wrappedBuffer(Bytes.ofHex(hex).toArray());
  }
}
