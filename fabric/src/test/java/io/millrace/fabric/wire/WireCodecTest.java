package io.millrace.fabric.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.wire.sbe.TrackDescribedDecoder;
import io.millrace.media.Bytes;
import io.millrace.media.index.IndexEntry;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.input.InputEntry;
import io.millrace.media.input.InputRecord;
import io.millrace.media.track.AudioConfiguration;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import io.millrace.media.track.VideoConfiguration;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class WireCodecTest {
  private final WireWriter writer = new WireWriter();
  private final WireReader reader = new WireReader();

  private byte[] written(FeedMessage message) {
    int length = writer.write(message);
    return Arrays.copyOf(writer.buffer().byteArray(), length);
  }

  private byte[] written(ControlMessage message) {
    int length = writer.write(message);
    return Arrays.copyOf(writer.buffer().byteArray(), length);
  }

  private FeedMessage feed(byte[] bytes, boolean shared) {
    return reader.feed(new UnsafeBuffer(bytes), 0, bytes.length, shared);
  }

  private ControlMessage control(byte[] bytes) {
    return reader.control(new UnsafeBuffer(bytes), 0, bytes.length);
  }

  @Test
  void samplesHaveEveryKindOfMessage() {
    assertKindsOf(FeedMessage.class, WireSamples.feed());
    assertKindsOf(InputRecord.class, WireSamples.inputRecords());
    assertKindsOf(IndexRecord.class, WireSamples.indexRecords());
    assertKindsOf(ControlMessage.class, WireSamples.control());
  }

  private static void assertKindsOf(Class<?> sealed, Collection<?> samples) {
    assertThat(samples.stream().map(Object::getClass).collect(Collectors.toSet()))
        .isEqualTo(Arrays.stream(sealed.getPermittedSubclasses()).collect(Collectors.toSet()));
  }

  @Test
  void readsWhatItWrote() {
    for (FeedMessage message : WireSamples.feed()) {
      byte[] bytes = written(message);

      assertThat(feed(bytes, true)).isEqualTo(message);
      FeedMessage copied = feed(bytes, false);
      Arrays.fill(bytes, (byte) 0x55);
      assertThat(copied).isEqualTo(message);
    }
    for (ControlMessage message : WireSamples.control()) {
      assertThat(control(written(message))).isEqualTo(message);
    }
  }

  @Test
  void readsAtAnyOffsetOfALongerBuffer() {
    FeedMessage message = WireSamples.feed().getLast();
    byte[] bytes = written(message);
    UnsafeBuffer longer = new UnsafeBuffer(new byte[bytes.length + 64]);
    longer.putBytes(32, bytes);

    assertThat(reader.feed(longer, 32, bytes.length, false)).isEqualTo(message);
  }

  @Test
  void writesAHeartbeatLikeThis() {
    byte[] bytes = written(new ControlMessage.Heartbeat(1, 2, 3, 4, 5));

    assertThat(Bytes.wrap(bytes).toHex())
        .isEqualTo(
            "2800" // block length 40
                + "0300" // template
                + "9c1f" // schema 8092
                + "0200" // version
                + "34000000" // length 52
                + "0100000000000000" // link
                + "0200000000000000" // node
                + "0300000000000000" // sent
                + "0400000000000000" // heard
                + "0500000000000000"); // held
  }

  @Test
  void writesAClockTickLikeThis() {
    FeedMessage tick =
        new FeedMessage.Input(
            WireSamples.CHANNEL,
            new io.millrace.media.input.InputEntry(
                2, new io.millrace.media.channel.Fence(3, 4), new InputRecord.ClockTicked(5)));

    assertThat(Bytes.wrap(written(tick)).toHex())
        .isEqualTo(
            "3000" // block length 48
                + "2f00" // template 47
                + "9c1f" // schema 8092
                + "0200" // version
                + "3c000000" // length 60
                + "bc7a00006e4f9301" // channel, high
                + "ab8967452301ef8d" // channel, low
                + "0200000000000000" // number
                + "0300000000000000" // placement
                + "0400000000000000" // epoch
                + "0500000000000000"); // utcNs
  }

  @Test
  void readsAPartOfTheVersionBefore() {
    IndexRecord.PartPublished part =
        new IndexRecord.PartPublished(
            WireSamples.KEY, 1, 2, true, 75_000, Bytes.ofHex("aa"), 3, 9, 4, true);
    byte[] now =
        written(
            new FeedMessage.Index(
                WireSamples.CHANNEL,
                new IndexEntry(1, new io.millrace.media.channel.Fence(3, 4), part)));
    int blockLength = now[0] & 0xFF;

    // The block ended with arrivalNs; what follows it has variable length.
    int added = 4 + 8 + 1;
    byte[] before = new byte[now.length - added];
    int blockEnd = 12 + blockLength;
    System.arraycopy(now, 0, before, 0, blockEnd - added);
    System.arraycopy(now, blockEnd, before, blockEnd - added, now.length - blockEnd);
    before[0] = (byte) (blockLength - added);
    before[6] = 1;
    before[8] = (byte) before.length;

    assertThat(((FeedMessage.Index) feed(before, false)).entry().record())
        .isEqualTo(
            new IndexRecord.PartPublished(
                WireSamples.KEY, 1, 2, true, 75_000, Bytes.ofHex("aa"), 3, 0, 1, false));
    before[6] = 2;
    assertThatThrownBy(() -> feed(before, false)).isInstanceOf(WireException.class);
  }

  @Test
  void refusesEveryTruncation() {
    for (FeedMessage message : WireSamples.feed()) {
      byte[] bytes = written(message);
      for (int length : cuts(bytes.length)) {
        byte[] cut = Arrays.copyOf(bytes, length);
        assertThatThrownBy(() -> feed(cut, false)).isInstanceOf(WireException.class);
        if (length >= 12) {
          // Even where the header's length was made to fit, except where it fell on a boundary
          // that nothing is missing before.
          new UnsafeBuffer(cut).putInt(8, length, java.nio.ByteOrder.LITTLE_ENDIAN);
          assertThatThrownBy(() -> feed(cut, false)).isInstanceOf(WireException.class);
        }
      }
    }
    for (ControlMessage message : WireSamples.control()) {
      byte[] bytes = written(message);
      for (int length = 0; length < bytes.length; length++) {
        byte[] cut = Arrays.copyOf(bytes, length);
        assertThatThrownBy(() -> control(cut)).isInstanceOf(WireException.class);
      }
    }
  }

  /** Every length where the message is short, the first and last hundred where it is long. */
  private static List<Integer> cuts(int length) {
    return java.util.stream.IntStream.range(0, length)
        .filter(at -> at < 150 || at > length - 100)
        .boxed()
        .toList();
  }

  @Test
  void skipsTemplatesThatItDoesNotKnow() {
    byte[] bytes = written(new ControlMessage.Goodbye(1, 2));
    new UnsafeBuffer(bytes).putShort(2, (short) 9_999, java.nio.ByteOrder.LITTLE_ENDIAN);

    assertThat(control(bytes)).isNull();
    assertThat(feed(bytes, false)).isNull();
  }

  @Test
  void readsALongerBlockOfALaterVersion() {
    byte[] bytes = written(new ControlMessage.Goodbye(1, 2));
    byte[] later = Arrays.copyOf(bytes, bytes.length + 8);
    UnsafeBuffer buffer = new UnsafeBuffer(later);
    buffer.putShort(0, (short) 24, java.nio.ByteOrder.LITTLE_ENDIAN);
    buffer.putShort(6, (short) 9, java.nio.ByteOrder.LITTLE_ENDIAN);
    buffer.putInt(8, later.length, java.nio.ByteOrder.LITTLE_ENDIAN);

    assertThat(control(later)).isEqualTo(new ControlMessage.Goodbye(1, 2));
  }

  @Test
  void readsATrackOfVersion1() {
    for (Track track : List.of(WireSamples.video(), WireSamples.audio(TrackKind.AUDIO))) {
      FeedMessage message =
          new FeedMessage.Index(
              WireSamples.CHANNEL,
              new IndexEntry(1, WireSamples.FENCE, new IndexRecord.TrackDescribed(track)));
      byte[] bytes = written(message);
      int block = TrackDescribedDecoder.BLOCK_LENGTH;
      int before = TrackDescribedDecoder.pictureEncodingOffset();
      byte[] older = new byte[bytes.length - block + before];
      System.arraycopy(bytes, 0, older, 0, 12 + before);
      System.arraycopy(bytes, 12 + block, older, 12 + before, bytes.length - 12 - block);
      UnsafeBuffer buffer = new UnsafeBuffer(older);
      buffer.putShort(0, (short) before, ByteOrder.LITTLE_ENDIAN);
      buffer.putShort(6, (short) 1, ByteOrder.LITTLE_ENDIAN);
      buffer.putInt(8, older.length, ByteOrder.LITTLE_ENDIAN);

      assertThat(feed(older, false)).isEqualTo(message);
      // The same block of a later version is cut.
      buffer.putShort(6, (short) 2, ByteOrder.LITTLE_ENDIAN);
      assertThatThrownBy(() -> feed(older, false)).isInstanceOf(WireException.class);
    }
  }

  @Test
  void carriesTracksOfEveryCodec() {
    List<Track> tracks = WireSamples.tracksOfEveryCodec();
    assertThat(tracks.stream().map(track -> (Object) track.codec().getClass()).distinct())
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(VideoConfiguration.class, AudioConfiguration.class)
                .flatMap(kind -> Arrays.stream(kind.getPermittedSubclasses()))
                .toList());
    for (Track track : tracks) {
      FeedMessage announced =
          new FeedMessage.Input(
              WireSamples.CHANNEL,
              new InputEntry(1, WireSamples.FENCE, new InputRecord.TrackAnnounced(track)));
      FeedMessage described =
          new FeedMessage.Index(
              WireSamples.CHANNEL,
              new IndexEntry(1, WireSamples.FENCE, new IndexRecord.TrackDescribed(track)));

      assertThat(feed(written(announced), true)).isEqualTo(announced);
      assertThat(feed(written(described), false)).isEqualTo(described);
    }
  }

  @Test
  void refusesAnotherSchemaAndAShorterBlock() {
    byte[] schema = written(new ControlMessage.Goodbye(1, 2));
    schema[4]++;
    byte[] block = written(new ControlMessage.Goodbye(1, 2));
    block[0]--;

    assertThatThrownBy(() -> control(schema))
        .isInstanceOfSatisfying(
            WireException.class,
            e -> assertThat(e.reason()).isEqualTo(WireException.Reason.SCHEMA));
    assertThatThrownBy(() -> control(block))
        .isInstanceOfSatisfying(
            WireException.class,
            e -> assertThat(e.reason()).isEqualTo(WireException.Reason.TRUNCATED));
  }

  @Test
  void refusesHostileLengthsOfVariableData() {
    FeedMessage part =
        new FeedMessage.Part(
            WireSamples.CHANNEL, WireSamples.FENCE, WireSamples.KEY, WireSamples.bytes(10));
    byte[] bytes = written(part);
    UnsafeBuffer buffer = new UnsafeBuffer(bytes);
    for (int length : new int[] {11, Integer.MAX_VALUE, -1, Integer.MIN_VALUE}) {
      buffer.putInt(bytes.length - 14, length, java.nio.ByteOrder.LITTLE_ENDIAN);

      assertThatThrownBy(() -> feed(bytes, false)).isInstanceOf(WireException.class);
      assertThatThrownBy(() -> feed(bytes, true)).isInstanceOf(WireException.class);
    }
  }

  @Test
  void refusesToWriteTextThatIsTooLong() {
    FeedMessage message =
        new FeedMessage.Index(
            WireSamples.CHANNEL,
            new IndexEntry(
                1,
                WireSamples.FENCE,
                new IndexRecord.DateRange("x".repeat(70_000), "", 0, 0, Map.of())));

    assertThatThrownBy(() -> writer.write(message)).isInstanceOf(WireException.class);
  }

  @Test
  void refusesAGroupOfManyEntriesWithoutBytes() {
    byte[] answer =
        written(
            new ControlMessage.HelloAnswer(1, 2, ControlMessage.Answer.ACCEPTED, 1, List.of(3, 4)));
    // The group ends the message: length of a block, number of blocks, the blocks.
    int group = answer.length - 2 * Integer.BYTES - 2 * Short.BYTES;
    UnsafeBuffer forged = new UnsafeBuffer(Arrays.copyOf(answer, answer.length));
    assertThat(control(forged.byteArray())).isNotNull();

    forged.putShort(group, (short) 0, ByteOrder.LITTLE_ENDIAN);
    forged.putShort(group + 2, (short) -1, ByteOrder.LITTLE_ENDIAN);
    assertThatThrownBy(() -> control(forged.byteArray()))
        .isInstanceOfSatisfying(
            WireException.class, e -> assertThat(e.reason()).isEqualTo(WireException.Reason.VALUE));
  }

  @Test
  void garbageIsReadOrRefusedAndNothingElse() {
    Random random = new Random(8_092);
    List<FeedMessage> feed = WireSamples.feed();
    List<ControlMessage> control = WireSamples.control();
    for (int i = 0; i < 30_000; i++) {
      boolean isControl = random.nextInt(3) == 0;
      byte[] bytes =
          isControl
              ? written(control.get(random.nextInt(control.size())))
              : written(feed.get(random.nextInt(feed.size())));
      int least = random.nextBoolean() ? 12 : 0;
      for (int n = random.nextInt(6); n >= 0; n--) {
        int at = least + random.nextInt(Math.min(bytes.length, 260) - least);
        bytes[at] = (byte) random.nextInt();
      }
      try {
        Object read = isControl ? control(bytes) : feed(bytes, random.nextBoolean());
        assertThat(read == null || read.hashCode() != 0 || read.toString() != null).isTrue();
      } catch (WireException e) {
        assertThat(e.reason()).isNotNull();
      }
    }
  }

  @Test
  void negotiatesTheNewestVersionThatBothSpeak() {
    assertThat(WireVersion.negotiate(1, 1)).hasValue(1);
    assertThat(WireVersion.negotiate(1, 2)).hasValue(2);
    assertThat(WireVersion.negotiate(1, 9)).hasValue(WireVersion.MOST);
    assertThat(WireVersion.negotiate(WireVersion.MOST + 1, WireVersion.MOST + 2)).isEmpty();
  }
}
