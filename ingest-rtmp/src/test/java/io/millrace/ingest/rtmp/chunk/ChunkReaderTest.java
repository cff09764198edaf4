package io.millrace.ingest.rtmp.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.media.Bytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkReaderTest {
  private static final ChunkLimits LIMITS = ChunkLimits.defaults();

  @Test
  void readsEveryFormOfHeader() {
    List<RtmpMessage> messages =
        read(
            // format 0, chunk stream 3: time 1000, 2 bytes, type 20, stream 0
            "03 0003e8 000002 14 00000000 aabb"
                // format 1, chunk stream 3: delta 20, 1 byte, type 8
                + "43 000014 000001 08 cc"
                // format 2, chunk stream 3: delta 5
                + "83 000005 dd"
                // format 3, chunk stream 3: the same delta again
                + "c3 ee"
                // format 0, chunk stream 64 in two bytes, stream 1 (little-endian)
                + "00 00 000000 000001 09 01000000 01"
                // format 3 on it: the same message, delta 0
                + "c0 00 02"
                // format 0, chunk stream 64 + 255 + 256 in three bytes
                + "01 ff01 000001 000001 09 01000000 03");

    assertThat(messages)
        .containsExactly(
            message(3, 20, 0, 1000, "aabb"),
            message(3, 8, 0, 1020, "cc"),
            message(3, 8, 0, 1025, "dd"),
            message(3, 8, 0, 1030, "ee"),
            message(64, 9, 1, 0, "01"),
            message(64, 9, 1, 0, "02"),
            message(575, 9, 1, 1, "03"));
  }

  @Test
  void takesTheTimeOfFormatZeroForTheDeltaOfAFormatThreeAfterIt() {
    assertThat(read("04 00000a 000001 08 01000000 01" + "c4 02"))
        .extracting(RtmpMessage::timestamp)
        .containsExactly(10, 20);
  }

  @Test
  void acceptsFormatOneFirstOnAChunkStream() {
    assertThat(read("44 00000a 000001 08 01")).containsExactly(message(4, 8, 0, 10, "01"));
  }

  @Test
  void readsAMessageWithoutAPayload() {
    assertThat(read("04 00000a 000000 08 01000000")).containsExactly(message(4, 8, 1, 10, ""));
  }

  @Test
  void putsTogetherMessagesWhoseChunksAlternate() {
    String one = "11".repeat(128);
    String two = "22".repeat(128);

    List<RtmpMessage> messages =
        read(
            "04 000000 000081 09 01000000"
                + one
                + "05 000000 000082 08 01000000"
                + two
                + "c4 11"
                + "c5 2222");

    assertThat(messages)
        .containsExactly(message(4, 9, 1, 0, one + "11"), message(5, 8, 1, 0, two + "2222"));
  }

  @Test
  void obeysSetChunkSizeFromTheNextChunkOn() {
    String half = "33".repeat(128);

    List<RtmpMessage> messages =
        read(
            "04 000000 000104 09 01000000"
                + half
                + "02 000000 000004 01 00000000 00001000"
                + "c4"
                + half
                + "44444444");

    assertThat(messages).hasSize(2);
    assertThat(messages.get(1)).isEqualTo(message(4, 9, 1, 0, half + half + "44444444"));
  }

  @Test
  void forgetsAnAbortedMessage() {
    List<RtmpMessage> messages =
        read(
            "04 000000 000081 09 01000000"
                + "11".repeat(128)
                // abort chunk stream 4, and one that there is not
                + "02 000000 000004 02 00000000 00000004"
                + "02 000000 000004 02 00000000 00000bad"
                + "04 000007 000001 09 01000000 22");

    assertThat(messages.getLast()).isEqualTo(message(4, 9, 1, 7, "22"));
  }

  @Test
  void readsExtendedTimestampsThatContinuationsRepeat() {
    String payload = "55".repeat(128);

    assertThat(read("04 ffffff 000082 09 01000000 01000000" + payload + "c4 01000000 6666"))
        .containsExactly(message(4, 9, 1, 0x1000000, payload + "6666"));
  }

  @Test
  void readsExtendedTimestampsThatContinuationsLeaveOut() {
    String payload = "55".repeat(128);

    assertThat(
            read(
                "04 ffffff 000082 09 01000000 01000000"
                    + payload
                    + "c4 6666"
                    // the left out field and the payload have their first byte in common
                    + "04 ffffff 000084 09 01000000 01000001"
                    + payload
                    + "c4 01000006"))
        .containsExactly(
            message(4, 9, 1, 0x1000000, payload + "6666"),
            message(4, 9, 1, 0x1000001, payload + "01000006"));
  }

  @Test
  void readsExtendedDeltasThatContinuationsRepeat() {
    String payload = "55".repeat(128);

    assertThat(
            read(
                "04 000064 000001 09 01000000 01"
                    // format 1: the extended field is a delta, and repeated as such
                    + "44 ffffff 000082 09 00ffffff"
                    + payload
                    + "c4 00ffffff 6666"
                    // format 3 begins a message: the delta again
                    + "c4 00ffffff"
                    + payload
                    + "c4 00ffffff 7777"))
        .containsExactly(
            message(4, 9, 1, 100, "01"),
            message(4, 9, 1, 100 + 0xFFFFFF, payload + "6666"),
            message(4, 9, 1, 100 + 2 * 0xFFFFFF, payload + "7777"));
  }

  @Test
  void readsTheSameAtEverySplit() {
    Random random = new Random(7);
    List<RtmpMessage> messages = randomMessages(random, 60);
    ByteBuf all = write(messages);

    List<RtmpMessage> atOnce = readAll(new ChunkReader(LIMITS), all.duplicate());
    assertThat(atOnce).isEqualTo(messages);

    for (int size : new int[] {1, 2, 3, 5, 7, 129, 1_000}) {
      assertThat(readInPieces(all.duplicate(), size)).isEqualTo(messages);
    }
  }

  @Test
  void readsTheSameAtEverySplitOfTheHexFixture() {
    Bytes fixture =
        Bytes.ofHex(
            "04 ffffff 000082 09 01000000 01000000"
                + "55".repeat(128)
                + "c4 01000000 6666"
                + "01 ff01 000001 000001 09 01000000 03"
                + "00 00 000000 000001 09 01000000 01");
    List<RtmpMessage> expected =
        readAll(new ChunkReader(LIMITS), Unpooled.wrappedBuffer(fixture.toArray()));

    for (int split = 0; split <= fixture.length(); split++) {
      ChunkReader reader = new ChunkReader(LIMITS);
      ByteBuf in = Unpooled.buffer();
      in.writeBytes(fixture.slice(0, split).toArray());
      List<RtmpMessage> messages = new ArrayList<>(readAll(reader, in));
      in.writeBytes(fixture.slice(split).toArray());
      messages.addAll(readAll(reader, in));
      assertThat(messages).as("split at %d", split).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"00000000", "80000000", "ffffffff"})
  void refusesChunkSizes(String size) {
    assertThatThrownBy(() -> read("02 000000 000004 01 00000000" + size))
        .isInstanceOf(RtmpException.class)
        .hasMessageStartingWith("chunkSize: ");
  }

  @Test
  void takesTheLargestChunkSizeForTheLargestMessage() {
    ChunkReader reader = new ChunkReader(LIMITS);

    readAll(reader, hex("02 000000 000004 01 00000000 7fffffff"));

    assertThat(reader.chunkSize()).isEqualTo(0xFFFFFF);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // format 2, then 3, first on a chunk stream
        "84 000001 00",
        "c4 00",
        // Set Chunk Size of three bytes
        "02 000000 000003 01 00000000 000001"
      })
  void refusesHeadersThatMakeNoSense(String bytes) {
    assertThatThrownBy(() -> read(bytes)).isInstanceOf(RtmpException.class);
  }

  @Test
  void refusesAHeaderWithinAMessage() {
    String begun = "04 000000 000081 09 01000000" + "11".repeat(128);

    for (String next :
        List.of("04 000000 000081 09 01000000", "44 000000 000081 09", "84 000001")) {
      assertThatThrownBy(() -> read(begun + next))
          .isInstanceOf(RtmpException.class)
          .hasMessageContaining("3 within a message");
    }
  }

  @Test
  void refusesMessagesLongerThanTheirKindMayBe() {
    assertThatThrownBy(() -> read("04 000000 800001 09 01000000"))
        .hasMessage("length of message type 9: 8388609 (expected: at most 8388608)");
    assertThatThrownBy(() -> read("04 000000 040001 14 01000000"))
        .hasMessage("length of message type 20: 262145 (expected: at most 262144)");
  }

  @Test
  void refusesThousandsOfMessagesBegun() {
    ChunkReader reader = new ChunkReader(LIMITS);
    ByteBuf in = Unpooled.buffer();
    for (int id = 64; id < 5_000; id++) {
      in.writeByte(1).writeShortLE(id - 64);
      in.writeBytes(Bytes.ofHex("000000 700000 09 01000000").toArray());
      in.writeBytes(new byte[128]);
    }

    assertThatThrownBy(() -> readAll(reader, in))
        .hasMessage("partial messages: 17 (expected: at most 16)");
  }

  @Test
  void refusesThousandsOfChunkStreams() {
    ChunkReader reader = new ChunkReader(LIMITS);
    ByteBuf in = Unpooled.buffer();
    for (int id = 64; id < 5_000; id++) {
      in.writeByte(1).writeShortLE(id - 64);
      in.writeBytes(Bytes.ofHex("000000 000001 09 01000000 00").toArray());
    }

    assertThatThrownBy(() -> readAll(reader, in))
        .hasMessage("chunk streams: 65 (expected: at most 64)");
  }

  @Test
  void takesMemoryOnlyAsBytesArrive() {
    ChunkLimits tight = new ChunkLimits(8 << 20, 1 << 10, 16, 100_000, 64);
    ChunkReader reader = new ChunkReader(tight);
    ByteBuf in = Unpooled.buffer();
    in.writeBytes(Bytes.ofHex("02 000000 000004 01 00000000 00ffffff").toArray());
    in.writeBytes(Bytes.ofHex("04 000000 800000 09 01000000").toArray());
    in.writeBytes(new byte[60_000]);

    assertThat(readAll(reader, in)).hasSize(1);

    in.writeBytes(new byte[60_000]);
    assertThatThrownBy(() -> readAll(reader, in)).hasMessageStartingWith("partial bytes: ");
  }

  @Test
  void refusesLargeMediaOfAPeerThatDoesNotPublish() {
    ChunkReader reader = new ChunkReader(LIMITS, new PartialBudget(64 << 20));

    assertThat(readAll(reader, hex("04 000000 000001 09 01000000 ff"))).hasSize(1);
    assertThatThrownBy(() -> readAll(reader, hex("04 000000 040001 09 01000000")))
        .hasMessage("length of message type 9: 262145 (expected: at most 262144)");

    ChunkReader published = new ChunkReader(LIMITS, new PartialBudget(64 << 20));
    published.publishing(true);
    assertThat(begin(published, 4, (256 << 10) + 1, 128)).isEmpty();
    published.publishing(false);
    assertThatThrownBy(() -> readAll(published, hex("05 000000 040001 09 01000000")))
        .hasMessageStartingWith("length of message type 9: ");
  }

  @Test
  void takesTwoMessagesBegunOfAPeerThatDoesNotPublish() {
    ChunkReader reader = new ChunkReader(LIMITS, new PartialBudget(64 << 20));
    assertThat(begin(reader, 4, 256 << 10, (256 << 10) - 1)).isEmpty();
    assertThat(begin(reader, 5, (256 << 10) - 4, (256 << 10) - 5)).isEmpty();

    assertThatThrownBy(() -> begin(reader, 6, 256 << 10, 1))
        .hasMessage("partial bytes: 589818 (expected: at most 524288)");
  }

  @Test
  void takesOfTheBudgetWhatMessagesBegunHoldAndGivesItBack() {
    PartialBudget budget = new PartialBudget(64 << 20);
    ChunkReader reader = new ChunkReader(LIMITS, budget);
    reader.publishing(true);

    assertThat(begin(reader, 4, 1 << 20, 1 << 20)).as("at once").hasSize(1);
    assertThat(budget.usedBytes()).isZero();
    begin(reader, 4, 10_000, 9_999);
    assertThat(budget.usedBytes()).as("free").isZero();
    begin(reader, 5, 1 << 20, 1 << 19);
    assertThat(budget.usedBytes()).isEqualTo(10_000 + (1 << 19) - ChunkReader.FREE_BYTES);
    assertThat(readAll(reader, hex("c5").writeZero((1 << 19) - 1))).isEmpty();
    assertThat(budget.usedBytes()).isEqualTo(10_000 + (1 << 20) - ChunkReader.FREE_BYTES);
    assertThat(readAll(reader, hex("00"))).as("complete").hasSize(1);
    assertThat(budget.usedBytes()).as("free").isZero();

    begin(reader, 5, 1 << 20, 1 << 16);
    assertThat(budget.usedBytes()).isPositive();
    assertThat(readAll(reader, hex("02 000000 000004 02 00000000 00000005"))).hasSize(1);
    assertThat(budget.usedBytes()).as("aborted").isZero();

    begin(reader, 5, 1 << 20, 1 << 15);
    assertThat(budget.usedBytes()).isPositive();
    reader.close();
    assertThat(budget.usedBytes()).as("closed").isZero();
    assertThat(budget.refusals()).isZero();
  }

  @Test
  void leavesHalfOfTheBudgetToThoseThatPublish() {
    PartialBudget budget = new PartialBudget(400_000);
    ChunkReader first = new ChunkReader(LIMITS, budget);
    ChunkReader second = new ChunkReader(LIMITS, budget);
    ChunkReader publisher = new ChunkReader(LIMITS, budget);
    publisher.publishing(true);
    begin(first, 4, 200_000, 199_999);

    assertThat(begin(second, 4, ChunkReader.FREE_BYTES, 128)).as("free").isEmpty();
    assertThatThrownBy(() -> begin(second, 5, 100_000, 99_999))
        .hasMessage("partial bytes of all connections: 283614 (expected: at most 200000)");
    assertThat(budget.refusals()).isEqualTo(1);
    second.close();
    assertThat(budget.usedBytes()).isEqualTo(199_999 - ChunkReader.FREE_BYTES);

    begin(publisher, 4, 200_000, 199_999);
    assertThat(budget.usedBytes()).isEqualTo(2 * (199_999 - ChunkReader.FREE_BYTES));
    assertThatThrownBy(() -> begin(publisher, 5, 100_000, 99_999))
        .hasMessageEndingWith("(expected: at most 400000)");
    assertThat(budget.refusals()).isEqualTo(2);
    publisher.close();
    first.close();
    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void givesBackOnCloseWhatItHadWhenItFailed() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      PartialBudget budget = new PartialBudget(150_000);
      ChunkReader reader = new ChunkReader(LIMITS, budget);
      reader.publishing(random.nextBoolean());
      try {
        for (int id = 4; id < 24; id++) {
          int length = 5 + random.nextInt(50_000);
          begin(reader, id, length, 4 + random.nextInt(length - 4));
        }
      } catch (RtmpException e) {
        assertThat(e.code()).isEqualTo(RtmpException.Code.LIMIT);
      }
      assertThat(budget.usedBytes()).as("seed %d", seed).isBetween(0L, 150_000L);
      reader.close();
      assertThat(budget.usedBytes()).as("seed %d", seed).isZero();
    }
  }

  @Test
  void endsInAMessageOrAnErrorOnAnything() {
    for (int seed = 0; seed < 2_000; seed++) {
      Random random = new Random(seed);
      byte[] noise = new byte[random.nextInt(600)];
      random.nextBytes(noise);
      if (noise.length > 0) {
        // More often than not a header that can begin something.
        noise[0] = (byte) (random.nextInt(2) << 6 | 3 + random.nextInt(3));
      }
      try {
        readAll(new ChunkReader(LIMITS), Unpooled.wrappedBuffer(noise));
      } catch (RtmpException e) {
        assertThat(e.scope()).as("seed %d", seed).isEqualTo(RtmpException.Scope.CONNECTION);
      }
    }
  }

  private static List<RtmpMessage> randomMessages(Random random, int count) {
    List<RtmpMessage> messages = new ArrayList<>();
    int time = 0xFFFF00;
    for (int i = 0; i < count; i++) {
      int id = new int[] {3, 4, 63, 64, 319, 320, 65_599}[random.nextInt(7)];
      byte[] payload = new byte[random.nextInt(4) == 0 ? 0 : random.nextInt(700)];
      random.nextBytes(payload);
      time += random.nextInt(10) == 0 ? -50 : random.nextInt(40);
      messages.add(new RtmpMessage(id, 8 + random.nextInt(2), 1, time, Bytes.wrap(payload)));
      if (i == count / 2) {
        messages.add(new RtmpMessage(2, MessageType.SET_CHUNK_SIZE, 0, 0, Bytes.ofHex("00000100")));
      }
    }
    return messages;
  }

  private static ByteBuf write(List<RtmpMessage> messages) {
    ChunkWriter writer = new ChunkWriter();
    ByteBuf out = Unpooled.buffer();
    for (RtmpMessage message : messages) {
      writer.write(message, out);
    }
    return out;
  }

  private static List<RtmpMessage> readInPieces(ByteBuf all, int size) {
    ChunkReader reader = new ChunkReader(LIMITS);
    ByteBuf in = Unpooled.buffer();
    List<RtmpMessage> messages = new ArrayList<>();
    while (all.isReadable()) {
      in.discardReadBytes().writeBytes(all, Math.min(size, all.readableBytes()));
      messages.addAll(readAll(reader, in));
    }
    return messages;
  }

  private static List<RtmpMessage> readAll(ChunkReader reader, ByteBuf in) {
    List<RtmpMessage> messages = new ArrayList<>();
    for (RtmpMessage next = reader.read(in); next != null; next = reader.read(in)) {
      messages.add(next);
    }
    return messages;
  }

  private static List<RtmpMessage> read(String hex) {
    return readAll(new ChunkReader(LIMITS), hex(hex));
  }

  /** Reads a message of video up to so many of its bytes, which are one chunk. */
  private static List<RtmpMessage> begin(ChunkReader reader, int id, int length, int bytes) {
    readAll(reader, hex("02 000000 000004 01 00000000").writeInt(bytes));
    return readAll(
        reader,
        Unpooled.buffer()
            .writeByte(id)
            .writeZero(3)
            .writeMedium(length)
            .writeByte(MessageType.VIDEO)
            .writeIntLE(1)
            .writeZero(bytes));
  }

  private static ByteBuf hex(String hex) {
    return Unpooled.buffer().writeBytes(Bytes.ofHex(hex).toArray());
  }

  private static RtmpMessage message(int id, int type, int streamId, int time, String hex) {
    return new RtmpMessage(id, type, streamId, time, Bytes.ofHex(hex));
  }
}
