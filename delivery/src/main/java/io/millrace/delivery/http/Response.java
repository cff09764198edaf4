package io.millrace.delivery.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AbstractReferenceCounted;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds one response, prepared once, sent to any number of viewers.
 *
 * <p>A small body lies behind the head in one buffer; media stay the buffers that the window gave.
 * Immutable but for its reference count; may cross threads.
 */
final class Response extends AbstractReferenceCounted {
  private static final int CRLF = 2;
  private static final ByteBuf LAST_OF_HEAD =
      Unpooled.unreleasableBuffer(
          Unpooled.wrappedBuffer("Connection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII))
              .asReadOnly());

  private final Head head;
  private final ByteBuf wire;
  private final int headLength;
  private final List<ByteBuf> media;
  private final long bodyLength;
  private final long heldBytes;
  private final boolean shared;
  private volatile @Nullable Http2Headers http2Headers;

  private Response(Head head, ByteBuf wire, int headLength, List<ByteBuf> media, boolean shared) {
    this.head = head;
    this.wire = wire;
    this.headLength = headLength;
    this.media = media;
    long length = (long) wire.readableBytes() - headLength;
    long held = wire.capacity();
    for (ByteBuf buffer : media) {
      length += buffer.readableBytes();
      held += buffer.capacity();
    }
    this.bodyLength = length;
    this.heldBytes = held;
    this.shared = shared;
  }

  /** A response with a small body, which is copied. */
  static Response small(ByteBufAllocator allocator, Head head, byte[] body) {
    return small(allocator, head, body, /* shared= */ false);
  }

  /** The like, that is kept for others who ask for the same. */
  static Response shared(ByteBufAllocator allocator, Head head, byte[] body) {
    return small(allocator, head, body, /* shared= */ true);
  }

  private static Response small(
      ByteBufAllocator allocator, Head head, byte[] body, boolean shared) {
    if (head.status() != 304 && head.status() != 204) {
      head.with("Content-Length", Integer.toString(body.length));
    }
    ByteBuf wire = allocator.directBuffer(768 + body.length);
    head.writeTo(wire);
    int headLength = wire.readableBytes();
    wire.writeBytes(body);
    return new Response(head, wire, headLength, List.of(), shared);
  }

  /** A response with media as its body: takes over the buffers. */
  static Response media(ByteBufAllocator allocator, Head head, List<ByteBuf> media) {
    long length = 0;
    for (ByteBuf buffer : media) {
      length += buffer.readableBytes();
    }
    head.with("Content-Length", Long.toString(length));
    ByteBuf wire = allocator.directBuffer(768);
    head.writeTo(wire);
    return new Response(head, wire, wire.readableBytes(), List.copyOf(media), /* shared= */ false);
  }

  /** The head alone of a response whose body follows in pieces. */
  static Response begun(ByteBufAllocator allocator, Head head) {
    ByteBuf wire = allocator.directBuffer(768);
    head.chunked().writeTo(wire);
    return new Response(head, wire, wire.readableBytes(), List.of(), /* shared= */ false);
  }

  int status() {
    return head.status();
  }

  long bodyLength() {
    return bodyLength;
  }

  /** What it keeps from being released: a range of a part keeps the part. */
  long heldBytes() {
    return heldBytes;
  }

  /** What it keeps that no other does. */
  long ownBytes() {
    return shared ? 0 : wire.capacity();
  }

  /** For HTTP/1.1: the head, and the small body where {@code withBody}. The caller releases it. */
  ByteBuf wire(boolean withBody) {
    return withBody ? wire.retainedDuplicate() : wire.retainedSlice(wire.readerIndex(), headLength);
  }

  /**
   * For HTTP/1.1, where the connection ends with the answer: the head without its last line, behind
   * which {@link #lastOfHead} comes, and then the small body. The caller releases it.
   */
  ByteBuf openHead() {
    return wire.retainedSlice(wire.readerIndex(), headLength - CRLF);
  }

  /** Says that the connection ends (RFC 9112 9.6), and ends the head. */
  static ByteBuf lastOfHead() {
    return LAST_OF_HEAD.duplicate();
  }

  boolean hasSmallBody() {
    return wire.readableBytes() > headLength;
  }

  /** The small body by itself. The caller releases it. */
  ByteBuf smallBody() {
    return wire.retainedSlice(wire.readerIndex() + headLength, wire.readableBytes() - headLength);
  }

  /** Borrowed: write retained duplicates. */
  List<ByteBuf> media() {
    return media;
  }

  Http2Headers http2Headers() {
    Http2Headers headers = http2Headers;
    if (headers == null) {
      headers = head.http2();
      http2Headers = headers;
    }
    return headers;
  }

  @Override
  public Response retain() {
    super.retain();
    return this;
  }

  @Override
  public Response touch(Object hint) {
    wire.touch(hint);
    return this;
  }

  @Override
  protected void deallocate() {
    wire.release();
    media.forEach(ByteBuf::release);
  }
}
