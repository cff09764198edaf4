package io.millrace.media.flv;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Reads the tags of an FLV file (annex E.2) one after the other; each body is copied. */
public final class FlvFileReader {
  private static final int HEADER_BYTES = 9;
  private static final int TAG_HEADER_BYTES = 11;
  private static final int BACK_POINTER_BYTES = 4;

  private final ByteBuffer file;

  /** Reads from a view of {@code file}, whose position does not move. */
  public FlvFileReader(ByteBuffer file) {
    this.file = file.slice();
    if (this.file.remaining() < HEADER_BYTES
        || this.file.get(0) != 'F'
        || this.file.get(1) != 'L'
        || this.file.get(2) != 'V') {
      throw new MalformedMediaException("no FLV header");
    }
    long start = Integer.toUnsignedLong(this.file.getInt(5)) + BACK_POINTER_BYTES;
    if (start < HEADER_BYTES + BACK_POINTER_BYTES || start > this.file.limit()) {
      throw MalformedMediaException.of("FLV data offset", start, "within the file");
    }
    this.file.position((int) start);
  }

  /** The next tag; empty at the end of the file. Throws where the file ends within a tag. */
  public Optional<FlvTag> next() {
    if (!file.hasRemaining()) {
      return Optional.empty();
    }
    if (file.remaining() < TAG_HEADER_BYTES) {
      throw new MalformedMediaException("FLV file ends within a tag's header");
    }
    int typeAndSize = file.getInt();
    int time = file.getInt();
    file.position(file.position() + 3);
    int size = typeAndSize & 0xFF_FFFF;
    if (size > file.remaining() - BACK_POINTER_BYTES) {
      throw MalformedMediaException.of("FLV tag size", size, "within the file");
    }
    Bytes body = Bytes.copyOf(file.slice(file.position(), size));
    file.position(file.position() + size + BACK_POINTER_BYTES);
    // The lowest byte holds the timestamp's highest eight bits.
    long timestampMs = Integer.toUnsignedLong(time >>> 8 | time << 24);
    return Optional.of(new FlvTag(typeAndSize >>> 24 & 0x1F, timestampMs, body));
  }
}
