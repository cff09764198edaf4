package io.millrace.ingest.rtmp.chunk;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Bytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class ChunkWriterTest {
  private final ChunkWriter writer = new ChunkWriter();

  @Test
  void usesTheShortestHeaderThatTellsTheSame() {
    assertThat(written(message(4, 9, 1, 1_000, "0102")))
        .isEqualTo("040003e8000002090100000" + "00102");
    // another length: format 1
    assertThat(written(message(4, 9, 1, 1_040, "03"))).isEqualTo("44000028000001" + "09" + "03");
    // the same length, another delta: format 2
    assertThat(written(message(4, 9, 1, 1_060, "04"))).isEqualTo("84000014" + "04");
    // the same delta: format 3
    assertThat(written(message(4, 9, 1, 1_080, "05"))).isEqualTo("c4" + "05");
    // back in time, and another stream: format 0
    assertThat(written(message(4, 9, 1, 1_079, "06"))).startsWith("04000437");
    assertThat(written(message(4, 9, 2, 1_090, "07"))).startsWith("04000442");
  }

  @Test
  void repeatsAnExtendedTimestampInEveryChunk() {
    String payload = "aa".repeat(129);

    assertThat(written(message(3, 9, 1, 0x1000000, payload)))
        .isEqualTo("03ffffff0000810901000000" + "01000000" + "aa".repeat(128) + "c301000000aa");
  }

  @Test
  void writesLongChunkStreamIds() {
    assertThat(written(message(64, 9, 1, 0, ""))).startsWith("0000");
    assertThat(written(message(319, 9, 1, 0, ""))).startsWith("00ff");
    assertThat(written(message(320, 9, 1, 0, ""))).startsWith("010001");
    assertThat(written(message(65_599, 9, 1, 0, ""))).startsWith("01ffff");
  }

  @Test
  void obeysTheChunkSizeThatItWrote() {
    written(message(2, MessageType.SET_CHUNK_SIZE, 0, 0, "00000002"));

    assertThat(written(message(3, 9, 1, 0, "010203")))
        .isEqualTo("030000000000030901000000" + "0102" + "c303");
  }

  private String written(RtmpMessage message) {
    ByteBuf out = Unpooled.buffer();
    writer.write(message, out);
    return ByteBufUtil.hexDump(out).toLowerCase(Locale.ROOT);
  }

  private static RtmpMessage message(int id, int type, int streamId, int time, String hex) {
    return new RtmpMessage(id, type, streamId, time, Bytes.ofHex(hex));
  }
}
