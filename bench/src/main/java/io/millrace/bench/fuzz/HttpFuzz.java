package io.millrace.bench.fuzz;

import io.millrace.delivery.DeliveryConfig;
import io.millrace.delivery.http.Http1RequestParser;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The first byte says how the rest is cut: the requests, and the refusal, must be the same. */
final class HttpFuzz implements FuzzTarget.Parser {
  private static final DeliveryConfig CONFIG = DeliveryConfig.defaults();
  private static final String UPGRADE = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n";

  @Override
  public void feed(byte[] input) {
    if (input.length < 1) {
      return;
    }
    List<Object> whole = read(input, input.length);
    List<Object> cut = read(input, 1 + (input[0] & 0xFF));
    FuzzTarget.check(whole.equals(cut), "cut otherwise: " + cut + ", whole: " + whole);
  }

  private static List<Object> read(byte[] input, int step) {
    Http1RequestParser parser = new Http1RequestParser(CONFIG);
    ByteBuf in = Unpooled.buffer(input.length);
    List<Object> results = new ArrayList<>();
    try {
      for (int from = 1; from < input.length; from += step) {
        in.writeBytes(input, from, Math.min(step, input.length - from));
        Http1RequestParser.Result result = parser.parse(in);
        while (result instanceof Http1RequestParser.Complete(var request)) {
          results.add(request);
          result = parser.parse(in);
        }
        if (result instanceof Http1RequestParser.Refused refused) {
          FuzzTarget.check(
              refused.status() >= 400 && refused.status() < 600, "refused with " + refused);
          results.add(refused);
          return results;
        }
      }
      return results;
    } finally {
      in.release();
    }
  }

  @Override
  public List<byte[]> seeds() {
    String playlist =
        "GET /live/demo/index.m3u8?_HLS_msn=4&_HLS_part=2 HTTP/1.1\r\nHost: a:8080\r\n";
    return List.of(
        text(playlist + "Accept-Encoding: gzip, br\r\nIf-None-Match: \"x\"\r\n\r\n"),
        text(playlist + "\r\n" + playlist + "Range: bytes=0-99\r\nConnection: close\r\n\r\n"),
        text(playlist + UPGRADE + "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n\r\n"),
        text("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        text("OPTIONS /live/demo/index.m3u8 HTTP/1.0\r\nOrigin: http://b\r\n\r\n"));
  }

  private static byte[] text(String text) {
    return (" " + text).getBytes(StandardCharsets.ISO_8859_1);
  }
}
