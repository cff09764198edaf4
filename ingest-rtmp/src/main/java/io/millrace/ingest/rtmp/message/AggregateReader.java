package io.millrace.ingest.rtmp.message;

import io.millrace.ingest.rtmp.chunk.RtmpException;
import io.millrace.ingest.rtmp.chunk.RtmpMessage;
import io.millrace.media.Bytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes an aggregate message apart (RTMP 1.0, 7.1.6): a sequence of FLV tags, whose times are moved
 * so that the first has the aggregate's.
 */
public final class AggregateReader {
  private static final int TAG_HEADER_BYTES = 11;
  private static final int BACK_POINTER_BYTES = 4;

  /** Those that were met hold less than a second of a stream. */
  private static final int MOST_MESSAGES = 1_000;

  private AggregateReader() {}

  /** The messages within; they share the aggregate's payload. */
  public static List<RtmpMessage> read(RtmpMessage aggregate) {
    List<RtmpMessage> messages = new ArrayList<>();
    Bytes payload = aggregate.payload();
    ByteBuffer in = payload.asByteBuffer();
    int offset = 0;
    while (in.remaining() >= TAG_HEADER_BYTES) {
      int typeAndSize = in.getInt();
      int size = typeAndSize & 0xFFFFFF;
      int rotated = in.getInt();
      int timestamp = rotated >>> 8 | rotated << 24;
      in.position(in.position() + 3);
      if (size > in.remaining()) {
        throw RtmpException.of(
            RtmpException.Code.AGGREGATE,
            "size of a message in an aggregate",
            size,
            "at most " + in.remaining());
      }
      if (messages.size() == MOST_MESSAGES) {
        throw RtmpException.of(
            RtmpException.Code.AGGREGATE,
            "messages in an aggregate",
            MOST_MESSAGES + 1L,
            "at most " + MOST_MESSAGES);
      }
      if (messages.isEmpty()) {
        offset = aggregate.timestamp() - timestamp;
      }
      messages.add(
          new RtmpMessage(
              aggregate.chunkStreamId(),
              typeAndSize >>> 24,
              aggregate.streamId(),
              timestamp + offset,
              payload.slice(in.position(), size)));
      // The last back pointer may be missing.
      in.position(Math.min(in.limit(), in.position() + size + BACK_POINTER_BYTES));
    }
    return messages;
  }
}
