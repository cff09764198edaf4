package io.millrace.fabric.wire;

import io.millrace.fabric.wire.sbe.EntryHeaderDecoder;
import io.millrace.fabric.wire.sbe.EntryHeaderEncoder;
import io.millrace.fabric.wire.sbe.PartNameDecoder;
import io.millrace.fabric.wire.sbe.PartNameEncoder;
import io.millrace.fabric.wire.sbe.TimelineLengthsDecoder;
import io.millrace.fabric.wire.sbe.TimelineLengthsEncoder;
import io.millrace.fabric.wire.sbe.UuidDecoder;
import io.millrace.fabric.wire.sbe.UuidEncoder;
import io.millrace.fabric.wire.sbe.YesNo;
import io.millrace.media.Bytes;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.channel.Fence;
import io.millrace.media.channel.TimelineId;
import io.millrace.media.channel.TimelineSettings;
import io.millrace.media.index.PartKey;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.UUID;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

/** Writes and reads what several messages have in common. */
final class Fields {
  /** Of a date range. */
  static final int MOST_ATTRIBUTES = 1_000;

  private static final int LENGTH_BYTES = 4;

  private Fields() {}

  /**
   * Checks a group's header before its entries are read: with a block of no bytes, few bytes would
   * stand for many entries.
   *
   * @throws WireException where the block is shorter than the schema's, or the entries too many
   */
  static void requireGroup(String name, int entries, int most, int blockLength, int leastBytes) {
    if (entries > most || (entries > 0 && blockLength < leastBytes)) {
      throw new WireException(
          WireException.Reason.VALUE,
          "%s: %d entries of %d bytes (expected: at most %d, of %d or more)"
              .formatted(name, entries, blockLength, most, leastBytes));
    }
  }

  static void put(UuidEncoder out, ChannelId channel) {
    put(out, channel.value());
  }

  static void put(UuidEncoder out, UUID value) {
    out.high(value.getMostSignificantBits()).low(value.getLeastSignificantBits());
  }

  static UUID uuid(UuidDecoder in) {
    return new UUID(in.high(), in.low());
  }

  static ChannelId channel(UuidDecoder in) {
    return new ChannelId(uuid(in));
  }

  static void put(PartNameEncoder out, PartKey key) {
    UUID timeline = key.timeline().value();
    out.timelineHigh(timeline.getMostSignificantBits())
        .timelineLow(timeline.getLeastSignificantBits())
        .rendition(key.rendition())
        .msn(key.msn())
        .part(key.part());
  }

  static PartKey key(PartNameDecoder in) {
    return new PartKey(
        new TimelineId(new UUID(in.timelineHigh(), in.timelineLow())),
        in.rendition(),
        in.msn(),
        in.part());
  }

  static void put(EntryHeaderEncoder out, ChannelId channel, long number, Fence fence) {
    out.channelHigh(channel.value().getMostSignificantBits())
        .channelLow(channel.value().getLeastSignificantBits())
        .number(number)
        .placement(fence.placement())
        .epoch(fence.epoch());
  }

  static ChannelId channel(EntryHeaderDecoder in) {
    return new ChannelId(new UUID(in.channelHigh(), in.channelLow()));
  }

  static Fence fence(EntryHeaderDecoder in) {
    return new Fence(in.placement(), in.epoch());
  }

  static void put(TimelineLengthsEncoder out, TimelineSettings settings) {
    out.partNs(settings.part().toNanos())
        .segmentNs(settings.segment().toNanos())
        .windowNs(settings.window().toNanos());
  }

  static TimelineSettings settings(TimelineLengthsDecoder in) {
    return new TimelineSettings(
        Duration.ofNanos(in.partNs()),
        Duration.ofNanos(in.segmentNs()),
        Duration.ofNanos(in.windowNs()));
  }

  static YesNo code(boolean value) {
    return value ? YesNo.YES : YesNo.NO;
  }

  static boolean isYes(YesNo code) {
    return code == YesNo.YES;
  }

  /** Writes length and bytes at {@code at} and returns the index after them. */
  static int putBytes(ExpandableArrayBuffer buffer, int at, Bytes bytes) {
    int end = at + LENGTH_BYTES + bytes.length();
    buffer.checkLimit(end);
    buffer.putInt(at, bytes.length(), ByteOrder.LITTLE_ENDIAN);
    bytes.copyTo(buffer.byteArray(), at + LENGTH_BYTES);
    return end;
  }

  /**
   * Reads length and bytes at {@code at}.
   *
   * @param shared whether the buffer's array is never written to again, so that no copy is needed
   */
  static Bytes bytes(DirectBuffer buffer, int at, boolean shared) {
    int length = buffer.getInt(at, ByteOrder.LITTLE_ENDIAN);
    int from = at + LENGTH_BYTES;
    if (length < 0 || length > buffer.capacity() - from) {
      throw new WireException(
          WireException.Reason.TRUNCATED,
          "variable data of %d bytes (expected: 0 to %d)"
              .formatted(length, buffer.capacity() - from));
    }
    if (shared) {
      return Bytes.wrap(buffer.byteArray(), buffer.wrapAdjustment() + from, length);
    }
    byte[] copy = new byte[length];
    buffer.getBytes(from, copy);
    return Bytes.wrap(copy);
  }

  /** The index after variable data read by {@link #bytes}. */
  static int after(int at, Bytes bytes) {
    return at + LENGTH_BYTES + bytes.length();
  }
}
