package io.millrace.ingest.rtmp.chunk;

import io.millrace.ingest.rtmp.chunk.RtmpException.Code;
import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns the bytes of a chunk stream into messages (RTMP 1.0, 5.3.1), and obeys those that concern
 * the chunk stream itself: Set Chunk Size and Abort. Confined to one thread.
 *
 * <p>Memory grows only with the bytes that arrive, within the connection's limits and a budget that
 * all connections share. Whatever breaks the framing throws {@link RtmpException}; nothing can be
 * read after that.
 */
public final class ChunkReader {
  private static final int DEFAULT_CHUNK_SIZE = 128;
  private static final int[] HEADER_BYTES = {11, 7, 3, 0};
  private static final int EXTENDED = 0xFFFFFF;

  /**
   * What a connection holds without asking the budget: commands and metadata find room even where
   * others have filled it.
   */
  static final int FREE_BYTES = 16 << 10;

  private final ChunkLimits limits;
  private final PartialBudget budget;
  private final Map<Integer, ChunkStream> streams = new HashMap<>();
  private int chunkSize = DEFAULT_CHUNK_SIZE;
  private int partialMessages;
  private long partialBytes;
  private long reservedBytes;
  private boolean publishing;

  // The chunk that is being read.
  private @Nullable ChunkStream current;
  private int chunkRemaining;

  /** For the peer of a client: there is but one, and its media may be large from the start. */
  public ChunkReader(ChunkLimits limits) {
    this(limits, new PartialBudget(Long.MAX_VALUE));
    publishing = true;
  }

  /** For one of many peers, which does not publish yet. */
  public ChunkReader(ChunkLimits limits, PartialBudget budget) {
    this.limits = limits;
    this.budget = budget;
  }

  /** Says whether the peer publishes: only then its media may be large. */
  public void publishing(boolean now) {
    publishing = now;
  }

  /**
   * Reads up to the end of the next message; null where that is not there yet. {@code in} is
   * borrowed. The bytes of an incomplete chunk header are left in it: they must be there again,
   * with what follows them, at the next call.
   */
  public @Nullable RtmpMessage read(ByteBuf in) {
    RtmpMessage message = readMessage(in);
    // Not before: a message that is there as a whole costs the budget nothing.
    settle();
    return message;
  }

  /** Forgets the messages begun, and gives back what they hold. Nothing can be read after that. */
  public void close() {
    current = null;
    streams.clear();
    partialMessages = 0;
    partialBytes = 0;
    settle();
  }

  private @Nullable RtmpMessage readMessage(ByteBuf in) {
    while (true) {
      ChunkStream stream = current;
      if (stream == null) {
        stream = readHeader(in);
        if (stream == null) {
          return null;
        }
        current = stream;
        chunkRemaining = Math.min(chunkSize, stream.length - stream.filled);
      }
      readPayload(in, stream);
      if (chunkRemaining > 0) {
        return null;
      }
      current = null;
      if (stream.filled == stream.length) {
        RtmpMessage message = complete(stream);
        obey(message);
        return message;
      }
    }
  }

  /** The size of the chunks that the peer sends now. */
  public int chunkSize() {
    return chunkSize;
  }

  private @Nullable ChunkStream readHeader(ByteBuf in) {
    int start = in.readerIndex();
    int available = in.readableBytes();
    if (available < 1) {
      return null;
    }
    int first = in.getUnsignedByte(start);
    int format = first >> 6;
    int id = first & 0x3F;
    int size = id == 0 ? 2 : id == 1 ? 3 : 1;
    if (available < size + HEADER_BYTES[format]) {
      return null;
    }
    if (id == 0) {
      id = 64 + in.getUnsignedByte(start + 1);
    } else if (id == 1) {
      id = 64 + in.getUnsignedShortLE(start + 1);
    }
    ChunkStream known = streams.get(id);
    ChunkStream stream = known == null ? new ChunkStream(id) : known;
    check(format, stream, known == null);
    if (format == 3) {
      return readContinuation(in, stream, size);
    }
    int field = in.getUnsignedMedium(start + size);
    boolean extended = field == EXTENDED;
    int header = size + HEADER_BYTES[format];
    if (extended && available < header + 4) {
      return null;
    }
    if (known == null) {
      add(stream);
    }
    if (format < 2) {
      stream.length = in.getUnsignedMedium(start + size + 3);
      stream.type = in.getUnsignedByte(start + size + 6);
    }
    if (format == 0) {
      stream.messageStreamId = in.getIntLE(start + size + 7);
    }
    stream.extended = extended;
    int time = extended ? in.getInt(start + header) : field;
    // A message of format 3 after one of format 0 takes that one's field for its delta (5.3.1.2.4).
    stream.delta = time;
    stream.timestamp = format == 0 ? time : stream.timestamp + time;
    in.skipBytes(header + (extended ? 4 : 0));
    begin(stream);
    return stream;
  }

  private static void check(int format, ChunkStream stream, boolean isNew) {
    if (isNew && format > 1) {
      throw RtmpException.of(
          Code.CHUNK_HEADER, "format of chunk stream " + stream.id, format, "0 or 1 at first");
    }
    if (format < 3 && stream.partial) {
      throw RtmpException.of(
          Code.CHUNK_HEADER, "format of chunk stream " + stream.id, format, "3 within a message");
    }
  }

  private void add(ChunkStream stream) {
    if (streams.size() >= limits.maxChunkStreams()) {
      throw RtmpException.beyond(
          Limit.CHUNK_STREAMS, "chunk streams", streams.size() + 1L, limits.maxChunkStreams());
    }
    streams.put(stream.id, stream);
  }

  /**
   * Reads a chunk without a message header: the message's next chunk, or a message like the last.
   */
  private @Nullable ChunkStream readContinuation(ByteBuf in, ChunkStream stream, int size) {
    int extra = 0;
    if (stream.extended) {
      extra = stream.partial ? repeatedTimestamp(in, stream, size) : 4;
      if (extra < 0 || in.readableBytes() < size + extra) {
        return null;
      }
    }
    if (!stream.partial) {
      if (extra == 4) {
        stream.delta = in.getInt(in.readerIndex() + size);
      }
      stream.timestamp += stream.delta;
      begin(stream);
    }
    in.skipBytes(size + extra);
    return stream;
  }

  /**
   * Whether a continuation carries the extended timestamp once more: 4 or 0 bytes, below 0 where
   * that cannot be told yet.
   *
   * <p>The standard's text and most encoders repeat it, some leave it out. Those that repeat it
   * repeat what they last wrote, the delta for formats 1 and 2, so the bytes are compared with
   * those last read.
   */
  private static int repeatedTimestamp(ByteBuf in, ChunkStream stream, int size) {
    int available = in.readableBytes() - size;
    for (int i = 0; i < 4; i++) {
      if (i >= available) {
        return -1;
      }
      if (in.getByte(in.readerIndex() + size + i) != (byte) (stream.delta >>> (24 - 8 * i))) {
        return 0;
      }
    }
    return 4;
  }

  private void begin(ChunkStream stream) {
    int most = limits.maxBytes(stream.type, publishing);
    if (stream.length > most) {
      throw RtmpException.beyond(
          limits.ofBytes(stream.type, publishing),
          "length of message type " + stream.type,
          stream.length,
          most);
    }
    if (++partialMessages > limits.maxPartialMessages()) {
      throw RtmpException.beyond(
          Limit.PARTIAL_MESSAGES, "partial messages", partialMessages, limits.maxPartialMessages());
    }
    stream.partial = true;
  }

  private void readPayload(ByteBuf in, ChunkStream stream) {
    int count = Math.min(in.readableBytes(), chunkRemaining);
    if (count > 0) {
      int grown = stream.makeRoom(count);
      partialBytes += grown;
      int most = limits.maxPartialBytes(publishing);
      if (partialBytes > most) {
        throw RtmpException.beyond(Limit.PARTIAL_BYTES, "partial bytes", partialBytes, most);
      }
      in.readBytes(stream.buffer, stream.filled, count);
      stream.filled += count;
      chunkRemaining -= count;
    }
  }

  private RtmpMessage complete(ChunkStream stream) {
    release(stream);
    return stream.take();
  }

  private void release(ChunkStream stream) {
    partialMessages--;
    partialBytes -= stream.buffer.length;
  }

  /** Makes what is reserved what is held. */
  private void settle() {
    long wanted = Math.max(0, partialBytes - FREE_BYTES);
    if (wanted > reservedBytes) {
      budget.reserve(wanted - reservedBytes, publishing);
    } else if (wanted < reservedBytes) {
      budget.release(reservedBytes - wanted);
    }
    reservedBytes = wanted;
  }

  private void obey(RtmpMessage message) {
    if (message.type() == MessageType.SET_CHUNK_SIZE) {
      int wanted = firstInt(message);
      if (wanted < 1) {
        throw RtmpException.of(Code.CHUNK_SIZE, "chunkSize", wanted, "1..16777215");
      }
      chunkSize = Math.min(wanted, ChunkLimits.MAX_MESSAGE_BYTES);
    } else if (message.type() == MessageType.ABORT) {
      ChunkStream stream = streams.get(firstInt(message));
      if (stream != null && stream.partial) {
        release(stream);
        stream.discard();
      }
    }
  }

  private static int firstInt(RtmpMessage message) {
    if (message.payload().length() < 4) {
      throw RtmpException.of(
          Code.CHUNK_SIZE,
          "length of message type " + message.type(),
          message.payload().length(),
          "4");
    }
    return message.payload().asByteBuffer().getInt();
  }
}
