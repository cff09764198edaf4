package io.millrace.packager.state;

import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.wire.WireWriter;
import io.millrace.media.Bytes;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.channel.Fence;
import io.millrace.media.channel.TimelineId;
import io.millrace.media.channel.TimelineSettings;
import io.millrace.media.index.IndexEntry;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.input.InputEntry;
import io.millrace.media.input.InputRecord;
import io.millrace.media.track.Sample;
import io.millrace.media.track.Track;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Writes state one value after the other, to be read by {@link StateReader} in the same order.
 * Confined to one thread.
 */
public final class StateWriter {
  /** Tracks travel as the links write them: these fill what a log's entry has besides. */
  static final ChannelId NO_CHANNEL = new ChannelId(new UUID(0, 0));

  private static final Fence NO_FENCE = new Fence(0, 0);
  private static final int FIRST_CAPACITY = 4 * 1024;

  private final WireWriter wire = new WireWriter();

  /** Each is written once, and named by its place afterwards. */
  private final Map<Track, Integer> tracks = new HashMap<>();

  private byte[] bytes = new byte[FIRST_CAPACITY];
  private int length;

  /** How many bytes were written. */
  public int length() {
    return length;
  }

  /** What was written; the writer is not used again. */
  public Bytes bytes() {
    return Bytes.wrap(bytes, 0, length);
  }

  public StateWriter flag(boolean value) {
    room(1);
    bytes[length++] = (byte) (value ? 1 : 0);
    return this;
  }

  /** Seven bits a byte, the lowest first, small numbers of either sign the shortest. */
  public StateWriter number(long value) {
    room(10);
    long rest = (value << 1) ^ (value >> 63);
    while ((rest & ~0x7FL) != 0) {
      bytes[length++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[length++] = (byte) rest;
    return this;
  }

  /** Numbers by their keys. */
  public StateWriter numbers(Map<Integer, Long> values) {
    number(values.size());
    values.forEach((key, value) -> number(key).number(value));
    return this;
  }

  public StateWriter real(double value) {
    room(Double.BYTES);
    ByteBuffer.wrap(bytes).putDouble(length, value);
    length += Double.BYTES;
    return this;
  }

  public StateWriter uuid(UUID value) {
    room(2 * Long.BYTES);
    ByteBuffer.wrap(bytes)
        .putLong(length, value.getMostSignificantBits())
        .putLong(length + Long.BYTES, value.getLeastSignificantBits());
    length += 2 * Long.BYTES;
    return this;
  }

  public StateWriter bytes(Bytes value) {
    number(value.length());
    room(value.length());
    value.copyTo(bytes, length);
    length += value.length();
    return this;
  }

  public StateWriter text(String value) {
    return bytes(Bytes.wrap(value.getBytes(StandardCharsets.UTF_8)));
  }

  public StateWriter fence(Fence fence) {
    return number(fence.placement()).number(fence.epoch());
  }

  public StateWriter timeline(TimelineId timeline) {
    return uuid(timeline.value());
  }

  public StateWriter settings(TimelineSettings settings) {
    return number(settings.part().toNanos())
        .number(settings.segment().toNanos())
        .number(settings.window().toNanos());
  }

  public StateWriter track(Track track) {
    Integer known = tracks.putIfAbsent(track, tracks.size());
    if (known != null) {
      return number(known);
    }
    number(tracks.size() - 1L);
    var announced = new InputEntry(1, NO_FENCE, new InputRecord.TrackAnnounced(track));
    return message(new FeedMessage.Input(NO_CHANNEL, announced));
  }

  public StateWriter dateRange(IndexRecord.DateRange range) {
    return message(new FeedMessage.Index(NO_CHANNEL, new IndexEntry(1, NO_FENCE, range)));
  }

  /** Writes a message as links do. */
  public StateWriter message(FeedMessage message) {
    int size = wire.write(message);
    return bytes(Bytes.wrap(wire.buffer().byteArray(), 0, size));
  }

  public StateWriter sample(Sample sample) {
    return number(sample.trackId())
        .number(sample.dts())
        .number(sample.pts())
        .flag(sample.keyframe())
        .number(sample.arrivalNs())
        .bytes(sample.data());
  }

  private void room(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
    }
  }
}
