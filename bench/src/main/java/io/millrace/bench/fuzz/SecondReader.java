package io.millrace.bench.fuzz;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpObjectDecoder;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Netty's idea of where messages of HTTP/1.1 begin and end, beside Helidon's and ours. */
final class SecondReader {
  private static final int MOST_BYTES = 1 << 17;

  /**
   * What it saw.
   *
   * @param messages the complete ones
   * @param refused whether it could read no further for an error
   */
  record Read<M extends HttpMessage>(List<Message<M>> messages, boolean refused) {}

  /** A message and what of a body came before its end. */
  record Message<M extends HttpMessage>(M head, ByteBuf body) {}

  private SecondReader() {}

  static Read<HttpRequest> requests(byte[] bytes) {
    return read(bytes, new HttpRequestDecoder(config()), HttpRequest.class);
  }

  /** Answers to those requests; to HEAD there is no body. */
  static Read<HttpResponse> answers(byte[] bytes, List<String> methods) {
    Iterator<String> asked = methods.iterator();
    HttpResponseDecoder decoder =
        new HttpResponseDecoder(config()) {
          @Override
          protected boolean isContentAlwaysEmpty(HttpMessage message) {
            boolean last = ((HttpResponse) message).status().code() >= 200;
            boolean head = last && asked.hasNext() && asked.next().equals("HEAD");
            return head || super.isContentAlwaysEmpty(message);
          }
        };
    return read(bytes, decoder, HttpResponse.class);
  }

  private static HttpDecoderConfig config() {
    return new HttpDecoderConfig().setMaxInitialLineLength(MOST_BYTES).setMaxHeaderSize(MOST_BYTES);
  }

  private static <M extends HttpMessage> Read<M> read(
      byte[] bytes, HttpObjectDecoder decoder, Class<M> type) {
    List<Message<M>> messages = new ArrayList<>();
    boolean refused = false;
    EmbeddedChannel channel = new EmbeddedChannel(decoder);
    try {
      channel.writeInbound(Unpooled.wrappedBuffer(bytes));
      Message<M> message = null;
      for (HttpObject next = channel.readInbound();
          next != null && !refused;
          next = channel.readInbound()) {
        refused = next.decoderResult().isFailure();
        if (type.isInstance(next)) {
          message = new Message<>(type.cast(next), Unpooled.buffer());
        }
        if (message != null && next instanceof HttpContent content) {
          message.body().writeBytes(content.content());
        }
        if (message != null && !refused && next instanceof LastHttpContent) {
          messages.add(message);
          message = null;
        }
        ReferenceCountUtil.release(next);
      }
      return new Read<>(messages, refused);
    } finally {
      channel.finishAndReleaseAll();
    }
  }

  static byte[] bytes(Message<?> message) {
    return ByteBufUtil.getBytes(message.body());
  }
}
