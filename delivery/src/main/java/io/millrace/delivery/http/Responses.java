package io.millrace.delivery.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes responses in the forms that HTTP has for them: media and ranges of them, what has not
 * changed, refusals. Confined to an event loop.
 */
final class Responses {
  static final String SEGMENT = "video/iso.segment";
  static final String FOR_EVER = "public, max-age=31536000, immutable";
  static final String AN_HOUR = "public, max-age=3600, immutable";
  private static final String BRIEFLY = "public, max-age=1";
  private static final String NEVER = "no-store";

  /** Refusals that are kept for whoever is next; others are made for each who gets one. */
  private static final int MOST_REFUSALS = 64;

  private final HttpDate date;
  private final ByteBufAllocator allocator;
  private final boolean guarded;
  private final Map<Refusal, Response> refusals = new HashMap<>();
  private long refusalsSecond;

  /**
   * A response that is the same for all who get it in one second.
   *
   * @param header one more, which the status needs; empty where it needs none
   * @param value of that header
   */
  private record Refusal(
      int status, String reason, String cacheControl, String header, String value) {
    Refusal(int status, String reason, String cacheControl) {
      this(status, reason, cacheControl, "", "");
    }
  }

  /**
   * @param guarded whether they are of channels whose viewers need a token
   */
  Responses(HttpDate date, ByteBufAllocator allocator, boolean guarded) {
    this.date = date;
    this.allocator = allocator;
    this.guarded = guarded;
  }

  private Head head(int status) {
    return new Head(status, date.text()).guarded(guarded);
  }

  /**
   * A part, with its head in front of it where there is one and it is what this viewer is told;
   * takes over the buffer.
   */
  Response part(ByteBuf part, String etag, Ask ask) {
    boolean changed = ask.ifNoneMatch() == null || !matches(ask.ifNoneMatch(), etag);
    return part.readerIndex() > 0 && !guarded && changed && ask.range() == null
        ? Response.prepared(allocator, () -> mediaHead(200, SEGMENT, etag, AN_HOUR), part)
        : media(List.of(part), SEGMENT, etag, AN_HOUR, ask);
  }

  /** Media, or the range of them that is asked for; takes over the buffers. */
  Response media(List<ByteBuf> buffers, String type, String etag, String cacheControl, Ask ask) {
    if (ask.ifNoneMatch() != null && matches(ask.ifNoneMatch(), etag)) {
      buffers.forEach(ByteBuf::release);
      return Response.small(
          allocator, head(304).with("ETag", etag).with("Cache-Control", cacheControl), new byte[0]);
    }
    long size = 0;
    for (ByteBuf buffer : buffers) {
      size += buffer.readableBytes();
    }
    ByteRange range = ask.range() == null ? null : ByteRange.of(ask.range(), size);
    if (range == null) {
      return Response.media(allocator, mediaHead(200, type, etag, cacheControl), buffers);
    }
    if (range.length() == 0) {
      buffers.forEach(ByteBuf::release);
      Head head = head(416).with("Content-Range", "bytes */" + size);
      return Response.small(allocator, head.with("Cache-Control", NEVER), new byte[0]);
    }
    Head head =
        mediaHead(206, type, etag, cacheControl)
            .with(
                "Content-Range",
                "bytes %d-%d/%d"
                    .formatted(range.first(), range.first() + range.length() - 1, size));
    return Response.media(allocator, head, cut(buffers, range));
  }

  /** What is being made: without what is not known of it yet. */
  Response begun(String type) {
    return Response.begun(
        allocator, head(200).with("Content-Type", type).with("Cache-Control", AN_HOUR));
  }

  private Head mediaHead(int status, String type, String etag, String cacheControl) {
    return mediaHead(head(status), type, etag, cacheControl);
  }

  /** The head of an answer with media to who needs no token. */
  static Head mediaHead(int status, String date, String type, String etag, String cacheControl) {
    return mediaHead(new Head(status, date), type, etag, cacheControl);
  }

  private static Head mediaHead(Head head, String type, String etag, String cacheControl) {
    return head.with("Content-Type", type)
        .with("ETag", etag)
        .with("Accept-Ranges", "bytes")
        .with("Cache-Control", cacheControl);
  }

  /** Keeps the range of what the buffers hold; takes them over. */
  private static List<ByteBuf> cut(List<ByteBuf> buffers, ByteRange range) {
    List<ByteBuf> kept = new ArrayList<>(buffers.size());
    long from = range.first();
    long left = range.length();
    for (ByteBuf buffer : buffers) {
      int size = buffer.readableBytes();
      if (from >= size || left == 0) {
        from = Math.max(0, from - size);
        buffer.release();
        continue;
      }
      int length = (int) Math.min(left, size - from);
      buffer.readerIndex(buffer.readerIndex() + (int) from);
      buffer.writerIndex(buffer.readerIndex() + length);
      kept.add(buffer);
      left -= length;
      from = 0;
    }
    return kept;
  }

  static boolean matches(String ifNoneMatch, String etag) {
    return ifNoneMatch.equals("*") || ifNoneMatch.contains(etag);
  }

  Response notFound(String reason) {
    return refusal(new Refusal(404, reason, BRIEFLY));
  }

  Response gone(String reason) {
    return refusal(new Refusal(410, reason, BRIEFLY));
  }

  Response unavailable(String reason) {
    return refusal(new Refusal(503, reason, NEVER, "Retry-After", "1"));
  }

  /** Asks the client to take what it has asked for first. */
  Response tooMuchHeld() {
    return refusal(
        new Refusal(
            429,
            "answers of this connection that are not taken: too much",
            NEVER,
            "Retry-After",
            "1"));
  }

  /** Refuses a request for its form, or for what it wants. */
  Response refused(int status, String reason) {
    return refusal(new Refusal(status, reason, NEVER));
  }

  Response methodNotAllowed() {
    return refusal(
        new Refusal(
            405, "method (expected: GET, HEAD or OPTIONS)", NEVER, "Allow", "GET, HEAD, OPTIONS"));
  }

  /** Who asks in vain asks often, and need not take the answer: all get the same buffer. */
  private Response refusal(Refusal refusal) {
    if (refusalsSecond != date.second()) {
      forgetRefusals();
      refusalsSecond = date.second();
    }
    Response kept = refusals.get(refusal);
    if (kept != null) {
      return kept.retain();
    }
    Head head = textHead(refusal.status(), refusal.cacheControl());
    if (!refusal.header().isEmpty()) {
      head.with(refusal.header(), refusal.value());
    }
    byte[] body = (refusal.reason() + "\n").getBytes(StandardCharsets.UTF_8);
    if (refusals.size() == MOST_REFUSALS) {
      return Response.small(allocator, head, body);
    }
    Response fresh = Response.shared(allocator, head, body);
    refusals.put(refusal, fresh);
    return fresh.retain();
  }

  /** Lets go of those that are kept; else they are until there is one of a later second. */
  void forgetRefusals() {
    refusals.values().forEach(Response::release);
    refusals.clear();
  }

  /** What a browser asks before a request with headers of its own (Fetch, CORS preflight). */
  Response preflight() {
    Head head =
        new Head(204, date.text())
            .with("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS")
            .with(
                "Access-Control-Allow-Headers",
                "Authorization, Range, If-None-Match, Cache-Control, CMCD-Object, CMCD-Request,"
                    + " CMCD-Session, CMCD-Status")
            .with("Access-Control-Max-Age", "86400");
    return Response.small(allocator, head, new byte[0]);
  }

  Response time() {
    return Response.small(
        allocator, textHead(200, NEVER), date.isoNow().getBytes(StandardCharsets.UTF_8));
  }

  private Head textHead(int status, String cacheControl) {
    return head(status)
        .with("Cache-Control", cacheControl)
        .with("Content-Type", "text/plain; charset=utf-8");
  }
}
