package io.millrace.delivery.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.ReadOnlyHttp2Headers;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Collects a response's status and headers, and writes them for HTTP/1.1 or HTTP/2. */
final class Head {
  private static final String[][] COMMON = {
    {"Access-Control-Allow-Origin", "*"},
    {
      "Access-Control-Expose-Headers", "Age, Date, ETag, Content-Length, Content-Range, Retry-After"
    },
    {"Timing-Allow-Origin", "*"},
    {"Cross-Origin-Resource-Policy", "cross-origin"},
    {"X-Content-Type-Options", "nosniff"},
  };

  private static final String PUBLIC = "public, ";
  private static final String PRIVATE = "private, ";

  private final int status;
  private final List<String> fields = new ArrayList<>(24);
  private boolean chunked;
  private boolean guarded;

  Head(int status, String date) {
    this.status = status;
    with("Date", date);
    for (String[] field : COMMON) {
      with(field[0], field[1]);
    }
  }

  int status() {
    return status;
  }

  /** {@code Cache-Control} after {@link #guarded}. */
  Head with(String name, String value) {
    fields.add(name);
    fields.add(
        guarded && value.startsWith(PUBLIC) ? PRIVATE + value.substring(PUBLIC.length()) : value);
    return this;
  }

  /**
   * Of a channel whose viewers need a token: caches that they share keep nothing of it, and no page
   * is told the address that a token may be in.
   */
  Head guarded(boolean isGuarded) {
    guarded = isGuarded;
    return isGuarded ? with("Referrer-Policy", "no-referrer") : this;
  }

  /** The body comes in chunks (RFC 9112 7.1); HTTP/2 has frames for that. */
  Head chunked() {
    chunked = true;
    return this;
  }

  /** Appends the head with its empty line. */
  void writeTo(ByteBuf out) {
    out.writeCharSequence(text(), StandardCharsets.ISO_8859_1);
  }

  /** For HTTP/1.1, with its empty line. */
  String text() {
    StringBuilder text = new StringBuilder(512);
    text.append("HTTP/1.1 ").append(status).append(' ').append(reason(status)).append("\r\n");
    for (int i = 0; i < fields.size(); i += 2) {
      text.append(fields.get(i)).append(": ").append(fields.get(i + 1)).append("\r\n");
    }
    text.append(chunked ? "Transfer-Encoding: chunked\r\n" : "").append("\r\n");
    return text.toString();
  }

  /** The same for HTTP/2; can be shared by streams. */
  Http2Headers http2() {
    AsciiString[] others = new AsciiString[fields.size()];
    for (int i = 0; i < fields.size(); i++) {
      String field = fields.get(i);
      others[i] = new AsciiString(i % 2 == 0 ? field.toLowerCase(Locale.ROOT) : field);
    }
    return ReadOnlyHttp2Headers.serverHeaders(
        /* validateHeaders= */ false, new AsciiString(Integer.toString(status)), others);
  }

  private static String reason(int status) {
    return switch (status) {
      case 200 -> "OK";
      case 204 -> "No Content";
      case 206 -> "Partial Content";
      case 304 -> "Not Modified";
      case 400 -> "Bad Request";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 408 -> "Request Timeout";
      case 410 -> "Gone";
      case 413 -> "Content Too Large";
      case 414 -> "URI Too Long";
      case 416 -> "Range Not Satisfiable";
      case 417 -> "Expectation Failed";
      case 429 -> "Too Many Requests";
      case 431 -> "Request Header Fields Too Large";
      case 503 -> "Service Unavailable";
      case 505 -> "HTTP Version Not Supported";
      default -> "Status";
    };
  }
}
