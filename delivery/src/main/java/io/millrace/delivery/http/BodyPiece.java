package io.millrace.delivery.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.util.AbstractReferenceCounted;
import java.nio.charset.StandardCharsets;

/**
 * Holds a piece of a body that is sent while it is made, prepared once for any number of viewers.
 * Immutable but for its reference count.
 */
final class BodyPiece extends AbstractReferenceCounted {
  private static final ByteBuf LAST_CHUNK =
      Unpooled.unreleasableBuffer(
          Unpooled.wrappedBuffer("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII)).asReadOnly());

  private final ByteBuf data;
  private final ByteBuf frame;
  private final int sizeLength;

  /** Takes over {@code data}. */
  BodyPiece(ByteBufAllocator allocator, ByteBuf data) {
    this.data = data;
    this.frame = allocator.directBuffer(16);
    frame.writeCharSequence(
        Integer.toHexString(data.readableBytes()) + "\r\n", StandardCharsets.US_ASCII);
    this.sizeLength = frame.readableBytes();
    frame.writeCharSequence("\r\n", StandardCharsets.US_ASCII);
  }

  /** What ends a body in chunks (RFC 9112 7.1). */
  static ByteBuf lastChunk() {
    return LAST_CHUNK.duplicate();
  }

  int length() {
    return data.readableBytes();
  }

  /** What it keeps from being released. */
  long heldBytes() {
    return (long) data.capacity() + frame.capacity();
  }

  /** The bytes. The caller releases them. */
  ByteBuf data() {
    return data.retainedDuplicate();
  }

  /** The line before the bytes in a chunk (RFC 9112 7.1). The caller releases it. */
  ByteBuf chunkSize() {
    return frame.retainedSlice(0, sizeLength);
  }

  /** What follows the bytes in a chunk. The caller releases it. */
  ByteBuf chunkEnd() {
    return frame.retainedSlice(sizeLength, 2);
  }

  @Override
  public BodyPiece touch(Object hint) {
    data.touch(hint);
    return this;
  }

  @Override
  protected void deallocate() {
    data.release();
    frame.release();
  }
}
