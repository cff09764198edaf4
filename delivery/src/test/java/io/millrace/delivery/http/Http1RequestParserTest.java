package io.millrace.delivery.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.delivery.DeliveryConfig;
import io.millrace.delivery.http.Http1RequestParser.Complete;
import io.millrace.delivery.http.Http1RequestParser.Incomplete;
import io.millrace.delivery.http.Http1RequestParser.Refused;
import io.millrace.delivery.http.Http1RequestParser.Result;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Http1RequestParserTest {
  private static final String FULL =
      String.join(
          "\r\n",
          "",
          "GET /live/show/index.m3u8?_HLS_msn=3&_HLS_part=1 HTTP/1.1",
          "Host: example.org",
          "User-Agent: test",
          "Accept-Encoding: br, gzip;q=0.8",
          "Range: bytes=0-9",
          "If-None-Match: \"abc\"",
          "X-Empty:",
          "",
          "");

  private static Http1RequestParser parser() {
    return new Http1RequestParser(DeliveryConfig.defaults());
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
  }

  private static Result parse(String text) {
    ByteBuf in = bytes(text);
    try {
      return parser().parse(in);
    } finally {
      in.release();
    }
  }

  private static String get(String headers) {
    return "GET / HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n";
  }

  @Test
  void readsARequest() {
    Request request = ((Complete) parse(FULL)).request();

    assertThat(request.method()).isEqualTo(Request.Method.GET);
    assertThat(request.path()).isEqualTo("/live/show/index.m3u8");
    assertThat(request.query()).isEqualTo("_HLS_msn=3&_HLS_part=1");
    assertThat(request.keepAlive()).isTrue();
    assertThat(request.gzip()).isTrue();
    assertThat(request.range()).isEqualTo("bytes=0-9");
    assertThat(request.ifNoneMatch()).isEqualTo("\"abc\"");
  }

  @Test
  void everySplitGivesTheSame() {
    Request whole = ((Complete) parse(FULL)).request();
    for (int split = 0; split < FULL.length(); split++) {
      Http1RequestParser parser = parser();
      ByteBuf in = Unpooled.buffer();
      in.writeCharSequence(FULL.substring(0, split), StandardCharsets.ISO_8859_1);
      assertThat(parser.parse(in)).as("split at " + split).isInstanceOf(Incomplete.class);
      in.writeCharSequence(FULL.substring(split), StandardCharsets.ISO_8859_1);
      assertThat(parser.parse(in)).isEqualTo(new Complete(whole));
      assertThat(in.isReadable()).isFalse();
      in.release();
    }
  }

  @Test
  void oneByteAtATimeGivesTheSameAsAllAtOnce() {
    String three = FULL + FULL + get("Connection: close\r\n");
    List<Result> results = new ArrayList<>();
    Http1RequestParser parser = parser();
    ByteBuf in = Unpooled.buffer();
    for (int i = 0; i < three.length(); i++) {
      in.writeByte(three.charAt(i));
      Result result = parser.parse(in);
      if (!(result instanceof Incomplete)) {
        results.add(result);
      }
    }
    in.release();

    Request whole = ((Complete) parse(FULL)).request();
    assertThat(results).hasSize(3).startsWith(new Complete(whole), new Complete(whole));
    assertThat(((Complete) results.getLast()).request().keepAlive()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          'GET / HTTP/1.1\\r\\n\\r\\n', 400
          'GET / HTTP/1.1\\r\\nHost: a\\r\\nHost: b\\r\\n\\r\\n', 400
          'GET / HTTP/1.1\\nHost: a\\n\\n', 400
          'GET  / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n', 400
          'GET /\\r\\nHost: a\\r\\n\\r\\n', 400
          'GET / HTTP/2.0\\r\\nHost: a\\r\\n\\r\\n', 505
          'GET / http/1.1\\r\\nHost: a\\r\\n\\r\\n', 400
          'GET /a b HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n', 400
          'G{T / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n', 400
          'GET live HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n', 400
          'GET / HTTP/1.1\\r\\nHost : a\\r\\n\\r\\n', 400
          'GET / HTTP/1.1\\r\\nHost: a\\r\\n folded\\r\\n\\r\\n', 400
          'GET / HTTP/1.1\\r\\nHost: a\\r\\n: b\\r\\n\\r\\n', 400
          'GET / HTTP/1.1\\r\\nHost: a\\r\\nX: a\\rb\\r\\n\\r\\n', 400
          'GET / HTTP/1.1\\r\\nHost: a\\r\\nX: \\0\\r\\n\\r\\n', 400
          'GET / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 5\\r\\n\\r\\n', 413
          'GET / HTTP/1.1\\r\\nHost: a\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n', 413
          'GET / HTTP/1.1\\r\\nHost: a\\r\\nExpect: 100-continue\\r\\n\\r\\n', 417
          '\\r\\n\\r\\nGET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n', 400
          """)
  void refusesWhatIsAmbiguous(String text, int status) {
    String raw = text.replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0");

    assertThat(parse(raw))
        .isInstanceOfSatisfying(
            Refused.class, refused -> assertThat(refused.status()).isEqualTo(status));
  }

  @Test
  void limitsWhatIsTooLong() {
    String longTarget = "GET /" + "a".repeat(3_000);
    assertThat(parse(longTarget))
        .isEqualTo(new Refused(414, "request line: longer than 2048 bytes"));
    assertThat(parse(get("X: " + "a".repeat(20_000))))
        .isEqualTo(new Refused(431, "request head: longer than 16384 bytes"));
    assertThat(parse(get("X: a\r\n".repeat(101))))
        .isEqualTo(new Refused(431, "headers: more than 100"));
  }

  @Test
  void knowsHttp10AndAbsoluteTargets() {
    Request old = ((Complete) parse("GET / HTTP/1.0\r\n\r\n")).request();
    assertThat(old.keepAlive()).isFalse();
    Request absolute =
        ((Complete) parse("GET http://a.example/time?x HTTP/1.1\r\nHost: b\r\n\r\n")).request();
    assertThat(absolute.path()).isEqualTo("/time");
    assertThat(absolute.query()).isEqualTo("x");
  }

  @Test
  void survivesNoise() {
    Random random = new Random(20_260_501);
    for (int round = 0; round < 20_000; round++) {
      StringBuilder noise = new StringBuilder(FULL);
      for (int i = 0; i < 1 + random.nextInt(4); i++) {
        noise.setCharAt(random.nextInt(noise.length()), (char) random.nextInt(256));
      }
      assertThat(parse(noise.toString())).isNotNull();
    }
  }

  @Test
  void readsAcceptEncoding() {
    assertThat(Request.takesGzip("gzip")).isTrue();
    assertThat(Request.takesGzip("deflate, GZIP ; q=1")).isTrue();
    assertThat(Request.takesGzip("*")).isTrue();
    assertThat(Request.takesGzip("*;q=0, gzip")).isTrue();
    assertThat(Request.takesGzip("*, gzip;q=0")).isFalse();
    assertThat(Request.takesGzip("br, *;q=0.0")).isFalse();
    assertThat(Request.takesGzip("gzip;q=0, br")).isFalse();
    assertThat(Request.takesGzip("br")).isFalse();
  }
}
