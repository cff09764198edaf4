package io.millrace.ingest.rtmp.chunk;

import io.millrace.media.Bytes;
import java.util.Objects;

/**
 * Holds one RTMP message.
 *
 * @param chunkStreamId 2 to 65599; the chunk stream that it came on or is to go on
 * @param type one of {@link MessageType}
 * @param streamId message stream id; 0: the connection itself
 * @param timestamp milliseconds, 32 bits without a sign: it wraps
 */
public record RtmpMessage(int chunkStreamId, int type, int streamId, int timestamp, Bytes payload) {
  public RtmpMessage {
    Objects.requireNonNull(payload, "payload");
    if (chunkStreamId < 2 || chunkStreamId > 65_599 || type < 0 || type > 255) {
      throw new IllegalArgumentException(
          "chunk stream %d, type %d (expected: 2..65599, 0..255)".formatted(chunkStreamId, type));
    }
  }
}
