package io.millrace.ingest.rtmp.chunk;

import io.millrace.media.Bytes;
import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.Map;

/**
 * Turns messages into the bytes of a chunk stream (RTMP 1.0, 5.3.1), with the shortest headers that
 * tell the same. Confined to one thread.
 *
 * <p>A Set Chunk Size that is written takes effect with the next message. Extended timestamps are
 * repeated in every chunk, as the standard says.
 */
public final class ChunkWriter {
  private static final int EXTENDED = 0xFFFFFF;

  private final Map<Integer, Last> lasts = new HashMap<>();
  private int chunkSize = 128;

  /** Appends the message's chunks to {@code out}, which is borrowed. */
  public void write(RtmpMessage message, ByteBuf out) {
    Last last = lasts.computeIfAbsent(message.chunkStreamId(), id -> new Last());
    int format = last.format(message);
    int time = format == 0 ? message.timestamp() : message.timestamp() - last.timestamp;
    boolean extended = Integer.compareUnsigned(time, EXTENDED) >= 0;
    writeBasicHeader(format, message.chunkStreamId(), out);
    if (format < 3) {
      out.writeMedium(extended ? EXTENDED : time);
    }
    if (format < 2) {
      out.writeMedium(message.payload().length());
      out.writeByte(message.type());
    }
    if (format == 0) {
      out.writeIntLE(message.streamId());
    }
    if (extended) {
      out.writeInt(time);
    }
    last.remember(message, format, time, extended);
    writePayload(message, extended, time, out);
    if (message.type() == MessageType.SET_CHUNK_SIZE) {
      chunkSize = message.payload().asByteBuffer().getInt();
    }
  }

  private void writePayload(RtmpMessage message, boolean extended, int time, ByteBuf out) {
    Bytes payload = message.payload();
    for (int at = 0; at < payload.length(); at += chunkSize) {
      if (at > 0) {
        writeBasicHeader(3, message.chunkStreamId(), out);
        if (extended) {
          out.writeInt(time);
        }
      }
      int count = Math.min(chunkSize, payload.length() - at);
      out.writeBytes(payload.slice(at, count).asByteBuffer());
    }
  }

  private static void writeBasicHeader(int format, int id, ByteBuf out) {
    if (id < 64) {
      out.writeByte(format << 6 | id);
    } else if (id < 320) {
      out.writeByte(format << 6);
      out.writeByte(id - 64);
    } else {
      out.writeByte(format << 6 | 1);
      out.writeShortLE(id - 64);
    }
  }

  /** What the reader at the other end remembers of one chunk stream. */
  private static final class Last {
    private boolean known;
    private int timestamp;
    private int streamId;
    private int length;
    private int type;
    private int delta;
    private boolean repeatable;

    int format(RtmpMessage message) {
      int step = message.timestamp() - timestamp;
      if (!known || message.streamId() != streamId || step < 0) {
        return 0;
      }
      if (message.type() != type || message.payload().length() != length) {
        return 1;
      }
      return repeatable && step == delta ? 3 : 2;
    }

    void remember(RtmpMessage message, int format, int time, boolean extended) {
      known = true;
      timestamp = message.timestamp();
      streamId = message.streamId();
      length = message.payload().length();
      type = message.type();
      delta = time;
      // After format 0 readers do not agree on the delta, and not all expect an extended one.
      repeatable = format != 0 && !extended;
    }
  }
}
