package io.millrace.bench.fuzz;

import io.millrace.fabric.Feed;
import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.wire.ControlMessage;
import io.millrace.fabric.wire.PieceAssembler;
import io.millrace.fabric.wire.WireException;
import io.millrace.fabric.wire.WireReader;
import io.millrace.fabric.wire.WireWriter;
import io.millrace.media.Bytes;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.channel.Fence;
import io.millrace.media.channel.TimelineId;
import io.millrace.media.index.IndexEntry;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.index.PartKey;
import io.millrace.media.input.InputEntry;
import io.millrace.media.input.InputRecord;
import io.millrace.media.track.Sample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Messages of the links: what is read must be the same after it is written and read again. The same
 * bytes, cut where they say, are pieces too.
 */
final class WireFuzz implements FuzzTarget.Parser {
  private static final int MOST_BYTES = 1 << 20;

  private final WireReader reader = new WireReader();
  private final WireWriter writer = new WireWriter();

  @Override
  public void feed(byte[] input) {
    // Not at the array's beginning: what is read outside of the message would not be noticed.
    byte[] surrounded = new byte[input.length + 32];
    Arrays.fill(surrounded, (byte) 0x5A);
    System.arraycopy(input, 0, surrounded, 16, input.length);
    UnsafeBuffer buffer = new UnsafeBuffer(surrounded);
    FeedMessage message = feedMessage(buffer, 16, input.length);
    if (message != null) {
      int length = writer.write(message);
      FuzzTarget.check(
          message.equals(feedMessage(writer.buffer(), 0, length)), "another after writing it");
    }
    ControlMessage control = control(buffer, 16, input.length);
    if (control != null) {
      int length = writer.write(control);
      FuzzTarget.check(
          control.equals(control(writer.buffer(), 0, length)), "another after writing it");
    }
    assemble(buffer, input.length);
  }

  private @Nullable FeedMessage feedMessage(DirectBuffer buffer, int offset, int length) {
    try {
      return reader.feed(buffer, offset, length, /* shared= */ false);
    } catch (WireException e) {
      return null;
    }
  }

  private @Nullable ControlMessage control(DirectBuffer buffer, int offset, int length) {
    try {
      return reader.control(buffer, offset, length);
    } catch (WireException e) {
      return null;
    }
  }

  private static void assemble(UnsafeBuffer buffer, int length) {
    PieceAssembler assembler = new PieceAssembler(MOST_BYTES);
    int at = 0;
    while (at + 2 <= length) {
      int size = Math.min(buffer.getShort(16 + at) & 0xFFFF, length - at - 2);
      try {
        DirectBuffer whole = assembler.add(buffer, 16 + at + 2, size);
        FuzzTarget.check(whole == null || whole.capacity() <= MOST_BYTES, "too long");
      } catch (WireException e) {
        FuzzTarget.check(assembler.partialBytes() == 0, "what was refused is kept");
      }
      at += 2 + size;
    }
  }

  @Override
  public List<byte[]> seeds() {
    ChannelId channel = new ChannelId(UUID.fromString("01934f6e-0000-7abc-8def-0123456789ab"));
    TimelineId timeline = new TimelineId(UUID.fromString("01934f6e-1111-7abc-bdef-fedcba987654"));
    PartKey key = new PartKey(timeline, 1, 7, 3);
    Fence fence = new Fence(7, 9);
    Bytes data = Bytes.wrap(new byte[64]);
    IndexRecord.DateRange range =
        new IndexRecord.DateRange("r", "com.example", 1, 2, Map.of("X-A", "1"));
    List<byte[]> seeds = new ArrayList<>();
    for (FeedMessage message :
        List.of(
            new FeedMessage.Announced(channel, Feed.WINDOW),
            new FeedMessage.SnapshotEnded(channel, Feed.PACKAGED, 12),
            new FeedMessage.Part(channel, fence, key, data),
            new FeedMessage.PartUnavailable(channel, key),
            new FeedMessage.Input(
                channel,
                new InputEntry(
                    5, fence, new InputRecord.SampleArrived(new Sample(1, 0, 40, true, 1, data)))),
            new FeedMessage.Input(
                channel, new InputEntry(5, fence, new InputRecord.DateRangeMarked(range, 8))),
            new FeedMessage.Index(
                channel, new IndexEntry(6, fence, new IndexRecord.Discontinuity(4))))) {
      seeds.add(Arrays.copyOf(writer.buffer().byteArray(), writer.write(message)));
    }
    for (ControlMessage message :
        List.of(
            new ControlMessage.Hello(1, 2, 1, 1, Feed.INPUT, 10, 2, "localhost:8092"),
            new ControlMessage.Follow(1, channel, 44),
            new ControlMessage.Fetch(1, channel, key),
            new ControlMessage.Heartbeat(1, 2, 3, 4, 5))) {
      seeds.add(Arrays.copyOf(writer.buffer().byteArray(), writer.write(message)));
    }
    return seeds;
  }
}
