package io.millrace.ingest.rtmp.chunk;

import io.millrace.media.Bytes;
import java.util.Arrays;

/** Holds what a reader remembers of one chunk stream: the last header, and the message begun. */
final class ChunkStream {
  /** Messages up to this length get their memory at once, longer ones as their bytes arrive. */
  private static final int FIRST_BYTES = 64 << 10;

  private static final byte[] NOTHING = new byte[0];

  final int id;

  // The last header.
  int timestamp;
  int delta;
  boolean extended;
  int length;
  int type;
  int messageStreamId;

  // The message begun.
  boolean partial;
  byte[] buffer = NOTHING;
  int filled;

  ChunkStream(int id) {
    this.id = id;
  }

  /** Makes room for {@code count} more bytes of the message; returns by how much memory grew. */
  int makeRoom(int count) {
    int before = buffer.length;
    if (filled + count > before) {
      int wanted = Math.max(filled + count, Math.max(FIRST_BYTES, 2 * before));
      buffer = Arrays.copyOf(buffer, Math.min(length, wanted));
    }
    return buffer.length - before;
  }

  RtmpMessage take() {
    RtmpMessage message = new RtmpMessage(id, type, messageStreamId, timestamp, Bytes.wrap(buffer));
    discard();
    return message;
  }

  void discard() {
    partial = false;
    buffer = NOTHING;
    filled = 0;
  }
}
