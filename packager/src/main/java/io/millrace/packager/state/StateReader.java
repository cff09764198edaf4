package io.millrace.packager.state;

import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.wire.WireReader;
import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import io.millrace.media.channel.Fence;
import io.millrace.media.channel.TimelineId;
import io.millrace.media.channel.TimelineSettings;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.input.InputRecord;
import io.millrace.media.track.Sample;
import io.millrace.media.track.Track;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Reads what {@link StateWriter} wrote, in the same order. Confined to one thread.
 *
 * <p>Whatever the bytes are, nothing is read or allocated beyond them: what is wrong with them is a
 * {@link MalformedMediaException}, or where a value is refused what its type throws (an {@link
 * IllegalArgumentException}, a {@code WireException}).
 */
public final class StateReader {
  private final WireReader wire = new WireReader();
  private final List<Track> tracks = new ArrayList<>();
  private final Bytes bytes;
  private int at;

  public StateReader(Bytes bytes) {
    this.bytes = bytes;
  }

  public boolean flag() {
    int value = bytes.unsigned(take("flag", 1));
    if (value > 1) {
      throw MalformedMediaException.of("flag", value, "0 or 1");
    }
    return value == 1;
  }

  public long number() {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      int next = bytes.unsigned(take("number", 1));
      value |= (next & 0x7FL) << shift;
      if (next < 0x80) {
        return (value >>> 1) ^ -(value & 1);
      }
    }
    throw new MalformedMediaException("number: of more than 10 bytes (expected: at most 10)");
  }

  /** A number of 32 bits. */
  public int integer() {
    long value = number();
    if (value != (int) value) {
      throw MalformedMediaException.of("integer", value, "32 bits");
    }
    return (int) value;
  }

  /** Numbers by their keys. */
  public Map<Integer, Long> numbers() {
    Map<Integer, Long> values = new TreeMap<>();
    int count = count();
    for (int i = 0; i < count; i++) {
      int key = integer();
      values.put(key, number());
    }
    return values;
  }

  /** Whether there is more to read. */
  public boolean hasMore() {
    return at < bytes.length();
  }

  /** How many of something follow, each of a byte at least. */
  public int count() {
    long value = number();
    if (value < 0 || value > bytes.length() - at) {
      throw MalformedMediaException.of("count", value, "0 to " + (bytes.length() - at));
    }
    return (int) value;
  }

  public double real() {
    return buffer().getDouble(take("real", Double.BYTES));
  }

  public UUID uuid() {
    int from = take("uuid", 2 * Long.BYTES);
    return new UUID(buffer().getLong(from), buffer().getLong(from + Long.BYTES));
  }

  /** Shares the reader's bytes. */
  public Bytes bytes() {
    int size = count();
    return bytes.slice(take("bytes", size), size);
  }

  public String text() {
    return new String(bytes().toArray(), StandardCharsets.UTF_8);
  }

  public Fence fence() {
    return new Fence(number(), number());
  }

  public TimelineId timeline() {
    return new TimelineId(uuid());
  }

  public TimelineSettings settings() {
    return new TimelineSettings(
        Duration.ofNanos(number()), Duration.ofNanos(number()), Duration.ofNanos(number()));
  }

  public Track track() {
    int place = integer();
    if (place < 0 || place > tracks.size()) {
      throw MalformedMediaException.of("track", place, "0 to " + tracks.size());
    }
    if (place == tracks.size()) {
      if (!(message() instanceof FeedMessage.Input input
          && input.entry().record() instanceof InputRecord.TrackAnnounced(Track track))) {
        throw new MalformedMediaException("track: another message (expected: an announcement)");
      }
      tracks.add(track);
    }
    return tracks.get(place);
  }

  public IndexRecord.DateRange dateRange() {
    if (message() instanceof FeedMessage.Index index
        && index.entry().record() instanceof IndexRecord.DateRange range) {
      return range;
    }
    throw new MalformedMediaException("date range: another message (expected: one)");
  }

  /** Reads a message as links do. */
  public FeedMessage message() {
    byte[] copy = bytes().toArray();
    FeedMessage message = wire.feed(new UnsafeBuffer(copy), 0, copy.length, /* shared= */ true);
    if (message == null) {
      throw new MalformedMediaException("message: of an unknown kind (expected: one of a feed)");
    }
    return message;
  }

  public Sample sample() {
    return new Sample(integer(), number(), number(), flag(), number(), bytes());
  }

  /** Nothing may be left. */
  public void end() {
    if (at != bytes.length()) {
      throw MalformedMediaException.of("state's length", bytes.length(), at + " bytes");
    }
  }

  private ByteBuffer buffer() {
    return bytes.asByteBuffer();
  }

  private int take(String name, int size) {
    if (size > bytes.length() - at) {
      throw MalformedMediaException.of(
          name, bytes.length() - at, size + " bytes or more before the end");
    }
    int from = at;
    at += size;
    return from;
  }
}
