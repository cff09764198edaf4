package io.millrace.delivery.http;

import io.millrace.delivery.DeliveryConfig;
import io.millrace.delivery.http.Request.Method;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads request heads of HTTP/1.1 and 1.0 (RFC 9112), strictly: what is ambiguous is refused.
 *
 * <p>Confined to one connection. Consumes nothing until a head is complete; a request with a body
 * is refused, for no resource here takes one.
 */
public final class Http1RequestParser {
  /** What the buffer holds. */
  public sealed interface Result {}

  /** More bytes are needed. */
  public record Incomplete() implements Result {}

  /** One request; its bytes are consumed. */
  public record Complete(Request request) implements Result {}

  /** Not a request that is taken: answer with the status and close. */
  public record Refused(int status, String reason) implements Result {}

  private static final Incomplete INCOMPLETE = new Incomplete();
  private static final int MOST_HEADERS = 100;

  private final int maxRequestLineBytes;
  private final int maxHeadBytes;

  // Of the head that is being read: where the search for its end goes on, from the reader index.
  private int scanned;
  private int lineStart;
  private int lines;
  private boolean emptyLine;

  // Of the headers that are being read.
  private int hosts;
  private boolean close;
  private boolean keepAlive;
  private boolean gzip;
  private @Nullable String range;
  private @Nullable String ifNoneMatch;
  private @Nullable String authorization;
  private @Nullable String cookie;
  private long clientHash;
  private boolean upgradeAllowed;
  private boolean upgradeToHttp2;
  private @Nullable String http2Settings;

  public Http1RequestParser(DeliveryConfig config) {
    maxRequestLineBytes = config.maxRequestLineBytes();
    maxHeadBytes = config.maxHeadBytes();
  }

  /** Reads one request from {@code in} (borrowed). */
  public Result parse(ByteBuf in) {
    int start = in.readerIndex();
    while (scanned < in.readableBytes()) {
      byte b = in.getByte(start + scanned);
      scanned++;
      if (b != '\n') {
        if (scanned - lineStart > maxRequestLineBytes + 1 && lines == 0) {
          return refuse(414, "request line: longer than " + maxRequestLineBytes + " bytes");
        }
        if (scanned > maxHeadBytes) {
          return refuse(431, "request head: longer than " + maxHeadBytes + " bytes");
        }
        continue;
      }
      if (scanned - lineStart < 2 || in.getByte(start + scanned - 2) != '\r') {
        return refuse(400, "a line ends without CR");
      }
      if (scanned == 2) {
        if (emptyLine) {
          return refuse(400, "no request line");
        }
        // One empty line before a request is let pass (RFC 9112 2.2).
        emptyLine = true;
        in.skipBytes(2);
        start = in.readerIndex();
        scanned = 0;
        continue;
      }
      if (scanned - lineStart == 2) {
        return complete(in, start, start + scanned);
      }
      lineStart = scanned;
      lines++;
    }
    return INCOMPLETE;
  }

  /** Whether a head has begun and is not complete. */
  boolean isWithin() {
    return scanned > 0;
  }

  private Result complete(ByteBuf in, int start, int end) {
    String head = in.toString(start, end - start - 2, StandardCharsets.ISO_8859_1);
    in.readerIndex(end);
    scanned = 0;
    lineStart = 0;
    lines = 0;
    emptyLine = false;
    return parseRequestLine(head, head.indexOf('\r'));
  }

  private Result parseRequestLine(String head, int lineEnd) {
    int methodEnd = head.indexOf(' ');
    int targetEnd = methodEnd < 0 ? -1 : head.indexOf(' ', methodEnd + 1);
    if (methodEnd < 1 || targetEnd < 0 || targetEnd > lineEnd) {
      return refuse(400, "request line (expected: METHOD TARGET HTTP/1.1)");
    }
    for (int i = 0; i < methodEnd; i++) {
      if (!isTokenChar(head.charAt(i))) {
        return refuse(400, "method: not a token");
      }
    }
    String version = head.substring(targetEnd + 1, lineEnd);
    boolean http11 = version.equals("HTTP/1.1");
    if (!http11 && !version.equals("HTTP/1.0")) {
      return version.startsWith("HTTP/")
          ? refuse(505, "version (expected: HTTP/1.1)")
          : refuse(400, "request line (expected: METHOD TARGET HTTP/1.1)");
    }
    String target = head.substring(methodEnd + 1, targetEnd);
    for (int i = 0; i < target.length(); i++) {
      if (target.charAt(i) <= ' ' || target.charAt(i) >= 0x7F) {
        return refuse(400, "target: a character that must be escaped");
      }
    }
    Refused wrong = parseHeaders(head, lineEnd + 2);
    if (wrong != null) {
      return wrong;
    }
    if (hosts > 1 || (http11 && hosts == 0)) {
      return refuse(400, "Host: " + hosts + " of them (expected: 1)");
    }
    return request(Method.of(head.substring(0, methodEnd)), target, http11);
  }

  private Result request(Method method, String target, boolean http11) {
    String pathAndQuery = target;
    if (target.startsWith("http://") || target.startsWith("https://")) {
      int slash = target.indexOf('/', target.indexOf("//") + 2);
      pathAndQuery = slash < 0 ? "/" : target.substring(slash);
    } else if (!target.startsWith("/") && !(target.equals("*") && method == Method.OPTIONS)) {
      return refuse(400, "target (expected: a path)");
    }
    int mark = pathAndQuery.indexOf('?');
    return new Complete(
        new Request(
            method,
            mark < 0 ? pathAndQuery : pathAndQuery.substring(0, mark),
            mark < 0 ? "" : pathAndQuery.substring(mark + 1),
            http11 ? !close : keepAlive && !close,
            /* pieces= */ http11,
            gzip,
            range,
            ifNoneMatch,
            authorization,
            cookie,
            clientHash,
            upgradeAllowed && upgradeToHttp2 ? http2Settings : null));
  }

  private @Nullable Refused parseHeaders(String head, int from) {
    hosts = 0;
    close = false;
    keepAlive = false;
    gzip = false;
    range = null;
    ifNoneMatch = null;
    authorization = null;
    cookie = null;
    clientHash = Request.HASH_START;
    upgradeAllowed = false;
    upgradeToHttp2 = false;
    http2Settings = null;
    int count = 0;
    for (int at = from; at < head.length(); ) {
      int end = head.indexOf('\r', at);
      if (end < 0 || end + 1 >= head.length() || head.charAt(end + 1) != '\n') {
        return refuse(400, "header: a CR within");
      }
      if (++count > MOST_HEADERS) {
        return refuse(431, "headers: more than " + MOST_HEADERS);
      }
      int colon = head.indexOf(':', at);
      if (colon <= at || colon > end) {
        return refuse(400, "header: no name");
      }
      for (int i = at; i < colon; i++) {
        if (!isTokenChar(head.charAt(i))) {
          return refuse(400, "header name: not a token");
        }
      }
      for (int i = colon + 1; i < end; i++) {
        char c = head.charAt(i);
        if ((c < ' ' && c != '\t') || c == 0x7F) {
          return refuse(400, "header value: a control character");
        }
      }
      Refused wrong = takeHeader(head.substring(at, colon), head.substring(colon + 1, end).strip());
      if (wrong != null) {
        return wrong;
      }
      at = end + 2;
    }
    return null;
  }

  /** Tells headers apart by length first: most are none of ours. */
  private @Nullable Refused takeHeader(String name, String value) {
    switch (name.length()) {
      case 4 -> hosts += name.equalsIgnoreCase("host") ? 1 : 0;
      case 5 -> range = name.equalsIgnoreCase("range") ? value : range;
      case 6 -> {
        if (name.equalsIgnoreCase("expect")) {
          return refuse(417, "Expect: not taken");
        }
        cookie = name.equalsIgnoreCase("cookie") ? value : cookie;
      }
      case 7 -> upgradeToHttp2 |= name.equalsIgnoreCase("upgrade") && value.equals("h2c");
      case 10 -> takeConnection(name, value);
      case 13 -> {
        ifNoneMatch = name.equalsIgnoreCase("if-none-match") ? value : ifNoneMatch;
        authorization = name.equalsIgnoreCase("authorization") ? value : authorization;
      }
      case 14 -> {
        http2Settings = name.equalsIgnoreCase("http2-settings") ? value : http2Settings;
        if (name.equalsIgnoreCase("content-length") && !value.equals("0")) {
          return refuse(413, "Content-Length (expected: no body)");
        }
      }
      case 15 -> gzip |= name.equalsIgnoreCase("accept-encoding") && Request.takesGzip(value);
      case 17 -> {
        if (name.equalsIgnoreCase("transfer-encoding")) {
          return refuse(413, "Transfer-Encoding (expected: no body)");
        }
      }
      default -> {}
    }
    return null;
  }

  private void takeConnection(String name, String value) {
    if (name.equalsIgnoreCase("connection")) {
      for (String option : value.split(",", 16)) {
        close |= option.strip().equalsIgnoreCase("close");
        keepAlive |= option.strip().equalsIgnoreCase("keep-alive");
        upgradeAllowed |= option.strip().equalsIgnoreCase("upgrade");
      }
    } else if (name.equalsIgnoreCase("user-agent")) {
      clientHash = Request.hash(Request.HASH_START, value);
    }
  }

  private static Refused refuse(int status, String reason) {
    return new Refused(status, Objects.requireNonNull(reason, "reason"));
  }

  /** RFC 9110 5.6.2. */
  private static boolean isTokenChar(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
  }
}
