package io.millrace.delivery.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Takes a connection from HTTP/1.1 to HTTP/2 with {@code Upgrade: h2c} (RFC 7540 3.2; RFC 9113 no
 * longer has it, the JDK's client still asks for it). The request becomes stream 1.
 */
final class H2cUpgrade {
  private static final int SETTING_BYTES = 6;
  private static final int MOST_SETTINGS = 32;
  private static final String SWITCHING =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";

  private H2cUpgrade() {}

  /** Whether the request can go on as stream 1; if not it is answered as it came. */
  static boolean canUpgrade(Request request, String settings) {
    return request.method() == Request.Method.GET && decode(settings) != null;
  }

  /** Puts the handlers of HTTP/2 in the place of {@code http1} and gives them the request. */
  static void upgrade(
      ChannelPipeline pipeline, Http1Connection http1, Request request, String settings) {
    Http2Settings remote = decode(settings);
    if (remote == null) {
      return;
    }
    var _ = pipeline.writeAndFlush(Unpooled.copiedBuffer(SWITCHING, StandardCharsets.US_ASCII));
    Http2FrameCodec codec = http1.addHttp2(pipeline);
    pipeline.remove(http1);
    ChannelHandlerContext context = pipeline.context(codec);
    try {
      codec.onHttpServerUpgrade(remote);
      codec
          .decoder()
          .frameListener()
          .onHeadersRead(
              context,
              Http2CodecUtil.HTTP_UPGRADE_STREAM_ID,
              headers(request),
              /* padding= */ 0,
              /* endOfStream= */ true);
      context.fireChannelReadComplete();
    } catch (Http2Exception e) {
      var _ = context.close();
    }
  }

  private static Http2Headers headers(Request request) {
    Http2Headers headers = new DefaultHttp2Headers(/* validate= */ false);
    headers.method("GET").path(target(request)).scheme("http");
    if (request.gzip()) {
      headers.set("accept-encoding", "gzip");
    }
    if (request.range() != null) {
      headers.set("range", request.range());
    }
    if (request.ifNoneMatch() != null) {
      headers.set("if-none-match", request.ifNoneMatch());
    }
    if (request.authorization() != null) {
      headers.set("authorization", request.authorization());
    }
    if (request.cookie() != null) {
      headers.set("cookie", request.cookie());
    }
    return headers;
  }

  private static String target(Request request) {
    return request.query().isEmpty() ? request.path() : request.path() + "?" + request.query();
  }

  private static @Nullable Http2Settings decode(String base64) {
    try {
      ByteBuffer payload = ByteBuffer.wrap(Base64.getUrlDecoder().decode(base64));
      if (payload.remaining() % SETTING_BYTES != 0
          || payload.remaining() > MOST_SETTINGS * SETTING_BYTES) {
        return null;
      }
      Http2Settings settings = new Http2Settings();
      while (payload.hasRemaining()) {
        settings.put(payload.getChar(), (Long) (payload.getInt() & 0xFFFF_FFFFL));
      }
      return settings;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
