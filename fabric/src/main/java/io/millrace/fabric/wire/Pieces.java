package io.millrace.fabric.wire;

import io.millrace.fabric.wire.sbe.MessageHeaderEncoder;
import io.millrace.fabric.wire.sbe.PieceEncoder;
import java.util.zip.CRC32C;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Cuts messages that are too long for one into numbered pieces, each with a CRC32C of its bytes.
 * One for each stream of a link; confined to one thread.
 */
public final class Pieces {
  /** No message is longer than this. */
  public static final int MOST_MESSAGE_BYTES = 60 * 1024;

  /** What stands before a piece's bytes. */
  public static final int HEAD_BYTES =
      MessageHeaderEncoder.ENCODED_LENGTH + PieceEncoder.BLOCK_LENGTH + Integer.BYTES;

  private final MessageHeaderEncoder header = new MessageHeaderEncoder();
  private final PieceEncoder piece = new PieceEncoder();
  private final UnsafeBuffer head = new UnsafeBuffer(new byte[HEAD_BYTES]);
  private final CRC32C crc = new CRC32C();
  private long messages;

  /** How many pieces a message of {@code length} bytes needs. */
  public static int count(int length, int mostMessageBytes) {
    int most = mostMessageBytes - HEAD_BYTES;
    return (length + most - 1) / most;
  }

  /** Begins the next message. */
  public void begin() {
    messages++;
  }

  /** Holds what {@link #write} wrote last; the piece's bytes follow it. */
  public UnsafeBuffer head() {
    return head;
  }

  /** Where piece {@code index} begins in the message. */
  public static int start(int index, int mostMessageBytes) {
    return index * (mostMessageBytes - HEAD_BYTES);
  }

  /** Writes the head of piece {@code index} of a message and returns how many bytes follow it. */
  public int write(ExpandableArrayBuffer message, int length, int index, int mostMessageBytes) {
    int start = start(index, mostMessageBytes);
    int size = Math.min(mostMessageBytes - HEAD_BYTES, length - start);
    crc.reset();
    crc.update(message.byteArray(), start, size);
    piece
        .wrapAndApplyHeader(head, 0, header)
        .message(messages)
        .totalLength(length)
        .startsAt(start)
        .index(index)
        .count(count(length, mostMessageBytes))
        .crc32c(crc.getValue());
    head.putInt(HEAD_BYTES - Integer.BYTES, size, PieceEncoder.BYTE_ORDER);
    header.length(HEAD_BYTES + size);
    return size;
  }
}
