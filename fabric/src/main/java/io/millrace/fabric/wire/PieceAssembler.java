package io.millrace.fabric.wire;

import io.millrace.fabric.wire.sbe.MessageHeaderDecoder;
import io.millrace.fabric.wire.sbe.PieceDecoder;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Joins the pieces of one stream's messages. Pieces of a message come one after the other, so at
 * most one message is incomplete, of at most the given length; memory is taken as its bytes come.
 * Confined to one thread.
 */
public final class PieceAssembler {
  private static final int FIRST_CAPACITY = 1024 * 1024;

  private final int mostBytes;
  private final MessageFrame frame = new MessageFrame();
  private final PieceDecoder piece = new PieceDecoder();
  private final CRC32C crc = new CRC32C();

  // Per message.
  private byte[] bytes = new byte[0];
  private long message;
  private int totalLength;
  private int received;
  private int nextIndex;
  private int count;

  public PieceAssembler(int mostBytes) {
    this.mostBytes = mostBytes;
  }

  /** Whether the bytes are a piece of a message. */
  public static boolean isPiece(DirectBuffer source, int offset, int length) {
    return length >= MessageHeaderDecoder.ENCODED_LENGTH
        && (source.getShort(
                    offset + MessageHeaderDecoder.templateIdEncodingOffset(),
                    MessageHeaderDecoder.BYTE_ORDER)
                & 0xFFFF)
            == PieceDecoder.TEMPLATE_ID;
  }

  /** How many bytes of an incomplete message are held. */
  public int partialBytes() {
    return received;
  }

  /** Forgets an incomplete message; true where there was one. */
  public boolean clear() {
    boolean incomplete = count > 0;
    bytes = new byte[0];
    received = 0;
    nextIndex = 0;
    count = 0;
    totalLength = 0;
    return incomplete;
  }

  /**
   * Takes a piece; returns the whole message with its last one, in an array that is not used again.
   *
   * @throws WireException where the piece is malformed or does not continue the one before it; what
   *     was held is dropped
   */
  public @Nullable UnsafeBuffer add(DirectBuffer source, int offset, int length) {
    try {
      return take(source, offset, length);
    } catch (WireException e) {
      clear();
      throw e;
    } catch (IndexOutOfBoundsException e) {
      clear();
      throw new WireException(WireException.Reason.TRUNCATED, "piece ends too early", e);
    }
  }

  private @Nullable UnsafeBuffer take(DirectBuffer source, int offset, int length) {
    frame.wrap(source, offset, length, false);
    frame.decode(piece);
    int size = checkedSize();
    if (piece.index() == 0) {
      begin();
    } else if (piece.message() != message
        || piece.index() != nextIndex
        || piece.startsAt() != received
        || piece.totalLength() != totalLength
        || piece.count() != count) {
      throw new WireException(
          WireException.Reason.OUT_OF_ORDER,
          "piece %d of message %d (expected: %d of %d)"
              .formatted(piece.index(), piece.message(), nextIndex, message));
    }
    append(piece.limit() + Integer.BYTES, size);
    nextIndex++;
    if (nextIndex < count) {
      return null;
    }
    return complete();
  }

  private int checkedSize() {
    if (piece.totalLength() > mostBytes) {
      throw new WireException(
          WireException.Reason.TOO_LONG,
          "message of %d bytes (expected: at most %d)".formatted(piece.totalLength(), mostBytes));
    }
    long size = piece.dataLength() & 0xFFFF_FFFFL;
    long room = (long) frame.buffer().capacity() - piece.limit() - Integer.BYTES;
    if (size > room) {
      throw new WireException(
          WireException.Reason.TRUNCATED,
          "piece of %d bytes (expected: at most %d)".formatted(size, room));
    }
    if (piece.startsAt() + size > piece.totalLength() || size == 0 || piece.count() == 0) {
      throw new WireException(
          WireException.Reason.VALUE,
          "piece of %d bytes at %d of %d, %d pieces (expected: within the message)"
              .formatted(size, piece.startsAt(), piece.totalLength(), piece.count()));
    }
    return (int) size;
  }

  private void begin() {
    if (piece.startsAt() != 0) {
      throw new WireException(
          WireException.Reason.VALUE,
          "first piece starts at %d (expected: 0)".formatted(piece.startsAt()));
    }
    clear();
    message = piece.message();
    totalLength = (int) piece.totalLength();
    count = piece.count();
    bytes = new byte[Math.min(totalLength, FIRST_CAPACITY)];
  }

  private void append(int from, int size) {
    if (received + size > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.min(totalLength, Math.max(2 * bytes.length, size)));
    }
    if (received + size > bytes.length) {
      bytes = Arrays.copyOf(bytes, totalLength);
    }
    frame.buffer().getBytes(from, bytes, received, size);
    crc.reset();
    crc.update(bytes, received, size);
    if (crc.getValue() != piece.crc32c()) {
      throw new WireException(
          WireException.Reason.CHECKSUM,
          "piece %d: CRC32C %08x (expected: %08x)"
              .formatted(piece.index(), crc.getValue(), piece.crc32c()));
    }
    received += size;
  }

  private UnsafeBuffer complete() {
    if (received != totalLength) {
      throw new WireException(
          WireException.Reason.VALUE,
          "message of %d bytes (expected: %d)".formatted(received, totalLength));
    }
    UnsafeBuffer whole = new UnsafeBuffer(bytes, 0, totalLength);
    clear();
    return whole;
  }
}
