package io.millrace.delivery.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AbstractReferenceCounted;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds one response, prepared once, sent to any number of viewers.
 *
 * <p>A small body lies behind the head in one buffer; media stay the buffers that the window gave,
 * and a part's may have its head in front of it. Immutable but for its reference count; may cross
 * threads.
 */
final class Response extends AbstractReferenceCounted {
  private static final int CRLF = 2;
  private static final ByteBuf LAST_OF_HEAD =
      Unpooled.unreleasableBuffer(
          Unpooled.wrappedBuffer("Connection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII))
              .asReadOnly());

  private final int status;
  private final Supplier<Head> head;
  private final ByteBufAllocator allocator;
  private final List<ByteBuf> media;
  private final boolean prepared;
  private final boolean shared;
  private final long bodyLength;
  private volatile @Nullable Http2Headers http2Headers;

  /** Written when first asked for where the head is prepared: then it is confined to a loop. */
  private @Nullable ByteBuf wire;

  private int headLength;

  private Response(
      ByteBufAllocator allocator, Head head, ByteBuf wire, List<ByteBuf> media, boolean shared) {
    this.allocator = allocator;
    this.status = head.status();
    this.head = () -> head;
    this.media = media;
    this.prepared = false;
    this.shared = shared;
    this.bodyLength = length(media);
    this.wire = wire;
    this.headLength = wire.readableBytes();
  }

  private Response(ByteBufAllocator allocator, Head head, byte[] body, boolean shared) {
    this.allocator = allocator;
    this.status = head.status();
    this.head = () -> head;
    this.media = List.of();
    this.prepared = false;
    this.shared = shared;
    this.bodyLength = body.length;
    this.wire = allocator.directBuffer(768 + body.length);
    head.writeTo(wire);
    this.headLength = wire.readableBytes();
    wire.writeBytes(body);
  }

  private Response(ByteBufAllocator allocator, Supplier<Head> head, ByteBuf part) {
    this.allocator = allocator;
    this.status = 200;
    this.head = head;
    this.media = List.of(part);
    this.prepared = true;
    this.shared = false;
    this.bodyLength = part.readableBytes();
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
    return new Response(allocator, head, body, shared);
  }

  /** A response with media as its body: takes over the buffers. */
  static Response media(ByteBufAllocator allocator, Head head, List<ByteBuf> media) {
    head.with("Content-Length", Long.toString(length(media)));
    return new Response(
        allocator, head, written(allocator, head), List.copyOf(media), /* shared= */ false);
  }

  /**
   * A response with a part whose head, for HTTP/1.1, lies in front of it: takes over the buffer.
   *
   * @param head the same, without its length, for where another is needed
   */
  static Response prepared(ByteBufAllocator allocator, Supplier<Head> head, ByteBuf part) {
    String length = Integer.toString(part.readableBytes());
    return new Response(allocator, () -> head.get().with("Content-Length", length), part);
  }

  /** The head alone of a response whose body follows in pieces. */
  static Response begun(ByteBufAllocator allocator, Head head) {
    ByteBuf wire = written(allocator, head.chunked());
    return new Response(allocator, head, wire, List.of(), /* shared= */ false);
  }

  private static ByteBuf written(ByteBufAllocator allocator, Head head) {
    ByteBuf wire = allocator.directBuffer(768);
    head.writeTo(wire);
    return wire;
  }

  private static long length(List<ByteBuf> media) {
    long length = 0;
    for (ByteBuf buffer : media) {
      length += buffer.readableBytes();
    }
    return length;
  }

  int status() {
    return status;
  }

  long bodyLength() {
    return bodyLength;
  }

  /** What it keeps from being released: a range of a part keeps the part. */
  long heldBytes() {
    long held = wire == null ? 0 : wire.capacity();
    for (ByteBuf buffer : media) {
      held += buffer.capacity();
    }
    return held;
  }

  /** What it keeps that no other does. */
  long ownBytes() {
    return shared || wire == null ? 0 : wire.capacity();
  }

  /** For HTTP/1.1: the head, and the small body where {@code withBody}. The caller releases it. */
  ByteBuf wire(boolean withBody) {
    ByteBuf all = wire();
    return withBody ? all.retainedDuplicate() : all.retainedSlice(all.readerIndex(), headLength);
  }

  private ByteBuf wire() {
    ByteBuf all = wire;
    if (all == null) {
      all = written(allocator, head.get());
      wire = all;
      headLength = all.readableBytes();
    }
    return all;
  }

  /**
   * For HTTP/1.1: the prepared head and the part as one, which the caller releases; null where none
   * is prepared.
   */
  @Nullable ByteBuf whole() {
    return prepared ? media.getFirst().retainedDuplicate().readerIndex(0) : null;
  }

  /**
   * For HTTP/1.1, where the connection ends with the answer: the head without its last line, behind
   * which {@link #lastOfHead} comes, and then the small body. The caller releases it.
   */
  ByteBuf openHead() {
    ByteBuf all = wire();
    return all.retainedSlice(all.readerIndex(), headLength - CRLF);
  }

  /** Says that the connection ends (RFC 9112 9.6), and ends the head. */
  static ByteBuf lastOfHead() {
    return LAST_OF_HEAD.duplicate();
  }

  boolean hasSmallBody() {
    return media.isEmpty() && bodyLength > 0;
  }

  /** The small body by itself. The caller releases it. */
  ByteBuf smallBody() {
    ByteBuf all = wire();
    return all.retainedSlice(all.readerIndex() + headLength, (int) bodyLength);
  }

  /** Borrowed: write retained duplicates. */
  List<ByteBuf> media() {
    return media;
  }

  Http2Headers http2Headers() {
    Http2Headers headers = http2Headers;
    if (headers == null) {
      headers = head.get().http2();
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
    if (wire != null) {
      wire.touch(hint);
    }
    return this;
  }

  @Override
  protected void deallocate() {
    if (wire != null) {
      wire.release();
    }
    media.forEach(ByteBuf::release);
  }
}
