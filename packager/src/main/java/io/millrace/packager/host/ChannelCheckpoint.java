package io.millrace.packager.host;

import io.millrace.fabric.wire.WireException;
import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import io.millrace.media.channel.Fence;
import io.millrace.media.channel.TimelineId;
import io.millrace.packager.Packager;
import io.millrace.packager.PackagerSink;
import io.millrace.packager.ResumePoint;
import io.millrace.packager.state.StateReader;
import io.millrace.packager.state.StateWriter;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.zip.CRC32C;

/**
 * Writes and reads what a channel's packager has come to: two blocks, each with length and CRC32C.
 * The first says how far its timeline is, in a layout that stays, so that every version can go on
 * behind it; the second is the whole state, and of one version.
 *
 * @param packager as it was
 * @param index what it published and what still matters
 * @param givenUp timelines that were ended for want of an ingest
 */
record ChannelCheckpoint(Packager packager, IndexHistory index, Set<TimelineId> givenUp) {
  /** Changes with every change of what any class saves. */
  static final int VERSION = 7;

  private static final int MAGIC = 0x4d52_4350; // MRCP
  private static final int HEAD_BYTES = 2 * Integer.BYTES;

  /**
   * How far a channel is.
   *
   * @param timeline that is open; empty where none is
   * @param lastNumber of its index
   */
  record Reached(Optional<ResumePoint> timeline, long lastNumber) {}

  /**
   * Writes the whole.
   *
   * @param state what {@link Packager#save} wrote, and nothing else; it is written on
   */
  static Bytes write(
      Packager packager, StateWriter state, IndexHistory index, Set<TimelineId> givenUp) {
    StateWriter reached = new StateWriter();
    Optional<ResumePoint> point = packager.resumePoint();
    reached.number(index.lastNumber()).flag(point.isPresent());
    point.ifPresent(
        open ->
            reached
                .timeline(open.timeline())
                .number(open.nextMsn())
                .number(open.endNs())
                .flag(open.anchored())
                .number(open.utcOffsetNs())
                .number(open.targetSeconds())
                .number(open.discontinuities())
                .numbers(open.partTargetsNs()));
    state.number(givenUp.size());
    givenUp.forEach(state::timeline);
    index.save(state);
    return frame(reached.bytes(), state.bytes());
  }

  private static Bytes frame(Bytes reached, Bytes state) {
    ByteBuffer out =
        ByteBuffer.allocate(2 * Integer.BYTES + 2 * HEAD_BYTES + reached.length() + state.length());
    out.putInt(MAGIC);
    putBlock(out, reached);
    out.putInt(VERSION);
    putBlock(out, state);
    return Bytes.wrap(out.array());
  }

  private static void putBlock(ByteBuffer out, Bytes block) {
    out.putInt(block.length()).putInt(crc(block)).put(block.asByteBuffer());
  }

  private static int crc(Bytes block) {
    CRC32C crc = new CRC32C();
    crc.update(block.asByteBuffer());
    return (int) crc.getValue();
  }

  /**
   * Reads how far the channel is, of a checkpoint of whatever version.
   *
   * @throws MalformedMediaException where the bytes are not what they should be
   */
  static Reached readReached(Bytes checkpoint) {
    return checked(
        () -> {
          StateReader in = new StateReader(block(begin(checkpoint), "timeline"));
          long lastNumber = in.number();
          Optional<ResumePoint> point =
              in.flag()
                  ? Optional.of(
                      new ResumePoint(
                          in.timeline(),
                          in.number(),
                          in.number(),
                          in.flag(),
                          in.number(),
                          in.integer(),
                          in.number(),
                          // Not of the versions before 7.
                          in.hasMore() ? in.numbers() : Map.of()))
                  : Optional.empty();
          return new Reached(point, lastNumber);
        });
  }

  /**
   * Reads the whole.
   *
   * @param fence of the index's entries
   * @throws MalformedMediaException where the bytes are not what they should be, or of another
   *     version
   */
  static ChannelCheckpoint read(
      Bytes checkpoint, Fence fence, PackagerConfig config, PackagerSink sink) {
    return checked(
        () -> {
          ByteBuffer bytes = begin(checkpoint);
          block(bytes, "timeline");
          int version = bytes.getInt();
          if (version != VERSION) {
            throw MalformedMediaException.of("checkpoint's version", version, "" + VERSION);
          }
          StateReader in = new StateReader(block(bytes, "state"));
          Packager packager = Packager.restore(in, config.limits(), sink);
          Set<TimelineId> givenUp = new HashSet<>();
          int count = in.count();
          for (int i = 0; i < count; i++) {
            givenUp.add(in.timeline());
          }
          IndexHistory index = IndexHistory.restore(in, fence, config.recentEntries());
          in.end();
          return new ChannelCheckpoint(packager, index, givenUp);
        });
  }

  private static ByteBuffer begin(Bytes checkpoint) {
    ByteBuffer bytes = checkpoint.asByteBuffer();
    int magic = bytes.getInt();
    if (magic != MAGIC) {
      throw MalformedMediaException.of("checkpoint's first word", magic, "" + MAGIC);
    }
    return bytes;
  }

  private static Bytes block(ByteBuffer bytes, String name) {
    int length = bytes.getInt();
    int crc = bytes.getInt();
    if (length < 0 || length > bytes.remaining()) {
      throw MalformedMediaException.of(
          "length of the " + name, length, "0 to " + bytes.remaining());
    }
    Bytes block = Bytes.copyOf(bytes.slice(bytes.position(), length));
    bytes.position(bytes.position() + length);
    if (crc(block) != crc) {
      throw MalformedMediaException.of("CRC32C of the " + name, crc, "" + crc(block));
    }
    return block;
  }

  /** What the types of the values refuse is the checkpoint's fault too. */
  private static <T> T checked(Supplier<T> reading) {
    try {
      return reading.get();
    } catch (BufferUnderflowException e) {
      throw new MalformedMediaException("checkpoint: ends too early (expected: two blocks)");
    } catch (IllegalArgumentException
        | IllegalStateException
        | IndexOutOfBoundsException
        | ArithmeticException
        | NoSuchElementException
        | WireException e) {
      throw new MalformedMediaException("checkpoint: " + e);
    }
  }
}
