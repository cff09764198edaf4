package io.millrace.delivery.http;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.millrace.delivery.DeliveryConfig;
import io.millrace.limits.AddressBlock;
import io.millrace.limits.AddressRate;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2FrameStreamEvent;
import io.netty.handler.codec.http2.Http2FrameStreamException;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2PingFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Serves one HTTP/2 connection behind Netty's frame codec (RFC 9113). Confined to the connection's
 * event loop.
 *
 * <p>The codec holds the limits on streams, header lists and resets, and sends data as the client's
 * windows allow; what waits there are references to buffers that others share.
 */
final class Http2Connection extends ChannelInboundHandlerAdapter implements Swept {
  private static final AtomicLong CONNECTIONS = new AtomicLong();

  private static final int RESET_WINDOW_SECONDS = 10;

  /** One that a part of a frame keeps whole. */
  private static final int RECEIVE_BUFFER = 4_096;

  private final LoopDelivery delivery;
  private final AddressRate rate;
  private final Http2FrameWatch watch;
  private final long id = CONNECTIONS.incrementAndGet();
  private final IdentityHashMap<Http2FrameStream, StreamExchange> exchanges =
      new IdentityHashMap<>();
  private final OwnBytes own;
  private final UnsentAnswers unsent;
  private @Nullable ChannelHandlerContext ctx;
  private final RemoteAddress remote = new RemoteAddress();
  private boolean written;
  private boolean reading;
  private boolean closed;
  private long controlWindowNs = System.nanoTime();
  private int controlFrames;
  private long lastUsedNs = LoopDelivery.nowNs();

  private Http2Connection(LoopDelivery delivery, AddressRate rate, Http2FrameWatch watch) {
    this.delivery = delivery;
    this.rate = rate;
    this.watch = watch;
    this.own = new OwnBytes(delivery);
    this.unsent = new UnsentAnswers(delivery, own);
  }

  /** Goes on in HTTP/2 with what the pipeline reads from now on; returns the codec. */
  @CanIgnoreReturnValue
  static Http2FrameCodec addTo(ChannelPipeline pipeline, LoopDelivery delivery, AddressRate rate) {
    Http2FrameWatch watch = new Http2FrameWatch(delivery.config().maxResetsPerWindow());
    Http2FrameCodec codec = codec(delivery.config());
    Http2Connection connection = new Http2Connection(delivery, rate, watch);
    codec.connection().addListener(connection.new EndWatch());
    pipeline.addLast(watch, codec, connection);
    return codec;
  }

  private static Http2FrameCodec codec(DeliveryConfig config) {
    return Http2FrameCodecBuilder.forServer()
        .initialSettings(
            Http2Settings.defaultSettings()
                .maxConcurrentStreams(config.maxStreams())
                .maxHeaderListSize(config.maxHeadBytes()))
        .decoderEnforceMaxRstFramesPerWindow(config.maxResetsPerWindow(), RESET_WINDOW_SECONDS)
        // What is closed has gone too far: its streams are not waited for.
        .gracefulShutdownTimeoutMillis(0)
        .build();
  }

  /** The codec ends connections by itself too. */
  private final class EndWatch extends Http2ConnectionAdapter {
    @Override
    public void onGoAwaySent(int lastStreamId, long errorCode, ByteBuf debugData) {
      if (errorCode != Http2Error.NO_ERROR.code()) {
        countClosed(
            errorCode == Http2Error.ENHANCE_YOUR_CALM.code() ? "control_frames" : "protocol");
      }
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    ctx = context;
    delivery.opened(this);
    if (delivery.isDraining()) {
      drain();
    }
  }

  /** Streams that the client has begun before it knows are answered (RFC 9113 6.8). */
  @Override
  public void drain() {
    goAway(Integer.MAX_VALUE);
  }

  private void goAway(int furtherStreams) {
    ChannelHandlerContext context = ctx;
    if (context != null && !closed) {
      var _ =
          context.writeAndFlush(
              new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR).setExtraStreamIds(furtherStreams));
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    drop();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    drop();
    context.fireChannelInactive();
  }

  private void drop() {
    closed = true;
    exchanges.values().forEach(this::dropped);
    exchanges.clear();
    own.unread(0);
    delivery.closed(this);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    reading = true;
    if (closed) {
      ReferenceCountUtil.release(message);
      return;
    }
    try {
      switch (message) {
        case Http2HeadersFrame headers -> onHeaders(headers);
        case Http2DataFrame data -> onData(context, data);
        case Http2ResetFrame reset -> abandon(reset.stream());
        case Http2PingFrame ping -> onControlFrame(context);
        case Http2SettingsFrame settings -> onControlFrame(context);
        default -> {}
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    reading = false;
    flush(context);
    long begun = watch.begunBytes();
    own.unread(begun == 0 ? 0 : begun + RECEIVE_BUFFER);
    if (watch.isFlooded()) {
      close(context, "control_frames");
    }
    context.fireChannelReadComplete();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof Http2FrameStreamEvent changed
        && changed.type() == Http2FrameStreamEvent.Type.State
        && changed.stream().state() == Http2Stream.State.CLOSED) {
      abandon(changed.stream());
    }
    context.fireUserEventTriggered(event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof Http2FrameStreamException ofStream) {
      abandon(ofStream.stream());
      return;
    }
    delivery.report(cause);
    // The codec says GOAWAY for an error of the connection, and closes it.
    if (!(cause instanceof Http2Exception)) {
      var _ = context.close();
    }
  }

  private void abandon(@Nullable Http2FrameStream stream) {
    StreamExchange exchange = stream == null ? null : exchanges.remove(stream);
    if (exchange != null) {
      dropped(exchange);
    }
  }

  private void dropped(StreamExchange exchange) {
    own.add(-OwnBytes.STREAM);
    delivery.abandon(exchange);
  }

  /** Each of them is answered: who sends many wants the answers to pile up. */
  private void onControlFrame(ChannelHandlerContext context) {
    long nowNs = System.nanoTime();
    if (nowNs - controlWindowNs > RESET_WINDOW_SECONDS * 1_000_000_000L) {
      controlWindowNs = nowNs;
      controlFrames = 0;
    }
    controlFrames++;
    if (controlFrames == delivery.config().maxResetsPerWindow() + 1) {
      close(context, "control_frames");
    }
  }

  private void onHeaders(Http2HeadersFrame frame) {
    Http2FrameStream stream = frame.stream();
    if (stream == null || exchanges.containsKey(stream)) {
      return;
    }
    StreamExchange exchange = new StreamExchange(stream);
    exchange.bodyFollows = !frame.isEndStream();
    exchanges.put(stream, exchange);
    own.add(OwnBytes.STREAM);
    delivery.handle(request(frame.headers()), exchange);
  }

  private static void onData(ChannelHandlerContext context, Http2DataFrame data) {
    int consumed = data.initialFlowControlledBytes();
    if (consumed > 0) {
      var _ = context.write(new DefaultHttp2WindowUpdateFrame(consumed).stream(data.stream()));
    }
  }

  private static Request request(Http2Headers headers) {
    CharSequence method = headers.method();
    CharSequence path = headers.path();
    String target = path == null ? "" : path.toString();
    int mark = target.indexOf('?');
    CharSequence encoding = headers.get("accept-encoding");
    return new Request(
        method == null ? Request.Method.OTHER : Request.Method.of(method),
        mark < 0 ? target : target.substring(0, mark),
        mark < 0 ? "" : target.substring(mark + 1),
        /* keepAlive= */ true,
        /* pieces= */ true,
        encoding != null && Request.takesGzip(encoding),
        text(headers.get("range")),
        text(headers.get("if-none-match")),
        text(headers.get("authorization")),
        cookie(headers),
        Request.HASH_START,
        /* http2Settings= */ null);
  }

  /** Cookies may come one by one (RFC 9113 8.2.3): the one that may be a token is kept. */
  private static @Nullable String cookie(Http2Headers headers) {
    CharSequence first = headers.get("cookie");
    if (first == null) {
      return null;
    }
    Iterator<CharSequence> all = headers.valueIterator("cookie");
    while (all.hasNext()) {
      String each = all.next().toString();
      if (ViewerTokens.isInCookie(each)) {
        return each;
      }
    }
    return null;
  }

  private static @Nullable String text(@Nullable CharSequence value) {
    return value == null ? null : value.toString();
  }

  private void flush(ChannelHandlerContext context) {
    if (written) {
      written = false;
      context.flush();
    }
  }

  @Override
  public void sweep(long nowNs) {
    ChannelHandlerContext context = ctx;
    if (context == null) {
      return;
    }
    long sendNs = delivery.config().sendTimeout().toNanos();
    if (own.isTooMuch()) {
      close(context, "memory");
    } else if (watch.isLate(nowNs, delivery.config().headTimeout().toNanos())) {
      close(context, "head");
    } else if (unsent.isSocketStalled(context.channel(), sendNs, nowNs)) {
      close(context, "send");
    } else if (!unsent.isEmpty()) {
      lastUsedNs = nowNs;
      endLate(context, nowNs);
    } else if (exchanges.isEmpty() && nowNs - lastUsedNs > delivery.idleNs()) {
      if (delivery.isDraining()) {
        goAway(0);
      }
      close(context, delivery.isDraining() ? "drain" : "idle");
    }
  }

  private void close(ChannelHandlerContext context, String reason) {
    countClosed(reason);
    var _ = context.close();
  }

  private void countClosed(String reason) {
    if (!closed) {
      closed = true;
      delivery.metrics().closed(reason);
    }
  }

  /** Ends the answers that took too long, each by itself: others of the connection go on. */
  private void endLate(ChannelHandlerContext context, long nowNs) {
    boolean socketHasMore = UnsentAnswers.hasMore(context.channel());
    long sendNs = delivery.config().sendTimeout().toNanos();
    for (UnsentAnswer answer : unsent.all()) {
      boolean stalled = answer.isStalled(socketHasMore, sendNs, nowNs);
      if (answer.isEnded()) {
        if (stalled) {
          // All of it is in the socket's queue, from where a reset takes nothing back.
          close(context, "answer");
          return;
        }
        continue;
      }
      String late = answer.late(delivery, nowNs);
      if (late != null || stalled) {
        end(context, answer, late == null ? "send" : late, nowNs);
      }
    }
    flush(context);
  }

  private void end(ChannelHandlerContext context, UnsentAnswer answer, String reason, long nowNs) {
    delivery.metrics().ended(reason);
    answer.end(nowNs);
    Http2FrameStream stream = answer.stream();
    if (stream != null) {
      written = true;
      var _ = context.write(new DefaultHttp2ResetFrame(Http2Error.CANCEL).stream(stream));
    }
  }

  /** One stream's request. */
  private final class StreamExchange extends Exchange {
    private final Http2FrameStream stream;

    StreamExchange(Http2FrameStream stream) {
      this.stream = stream;
    }

    @Override
    AddressBlock address() {
      return address(ctx);
    }

    @Override
    byte[] remote() {
      return remote.of(ctx);
    }

    @Override
    AddressRate rate() {
      return rate;
    }

    @Override
    OwnBytes own() {
      return own;
    }

    @Override
    void close(String reason) {
      if (ctx != null) {
        Http2Connection.this.close(ctx, reason);
      }
    }

    @Override
    UnsentAnswers unsent() {
      return unsent;
    }

    @Override
    void write(Response response) {
      if (exchanges.remove(stream) != null) {
        own.add(-OwnBytes.STREAM);
      }
      ChannelHandlerContext context = ctx;
      if (context == null) {
        return;
      }
      written = true;
      lastUsedNs = LoopDelivery.nowNs();
      List<ByteBuf> bodies = head || response.bodyLength() == 0 ? List.of() : bodies(response);
      UnsentAnswer answer =
          UnsentAnswer.overHttp2(response, head, stream, bodies, LoopDelivery.nowNs());
      ChannelFuture sent =
          context.write(
              new DefaultHttp2HeadersFrame(response.http2Headers(), bodies.isEmpty())
                  .stream(stream));
      for (int i = 0; i < bodies.size(); i++) {
        boolean last = i == bodies.size() - 1;
        sent = context.write(new DefaultHttp2DataFrame(bodies.get(i), last).stream(stream));
      }
      unsent.add(answer, sent);
      if (bodyFollows) {
        sent.addListener(
            taken -> {
              if (taken.isSuccess()) {
                endStream(context);
              }
            });
      }
      watch.answered(head ? 0 : response.bodyLength());
    }

    @Override
    void begin(Response response) {
      ChannelHandlerContext context = ctx;
      if (context == null) {
        return;
      }
      written = true;
      lastUsedNs = LoopDelivery.nowNs();
      UnsentAnswer answer =
          UnsentAnswer.overHttp2(response, /* head= */ true, stream, List.of(), lastUsedNs);
      unsent.add(
          answer,
          context.write(
              new DefaultHttp2HeadersFrame(response.http2Headers(), /* endStream= */ false)
                  .stream(stream)));
    }

    @Override
    void send(BodyPiece piece) {
      ChannelHandlerContext context = ctx;
      if (context == null) {
        return;
      }
      written = true;
      lastUsedNs = LoopDelivery.nowNs();
      ByteBuf body = piece.data();
      UnsentAnswer answer = UnsentAnswer.ofPiece(piece, stream, List.of(body), lastUsedNs);
      unsent.add(answer, context.write(new DefaultHttp2DataFrame(body, false).stream(stream)));
      watch.answered(piece.length());
    }

    /** A stream that is reset is known to be cut (RFC 9113 8.1). */
    @Override
    void end(boolean whole) {
      if (exchanges.remove(stream) != null) {
        own.add(-OwnBytes.STREAM);
      }
      ChannelHandlerContext context = ctx;
      if (context == null) {
        return;
      }
      written = true;
      lastUsedNs = LoopDelivery.nowNs();
      if (whole) {
        var _ = context.write(new DefaultHttp2DataFrame(/* endStream= */ true).stream(stream));
      } else {
        delivery.metrics().ended("cut");
        var _ = context.write(new DefaultHttp2ResetFrame(Http2Error.INTERNAL_ERROR).stream(stream));
      }
    }

    /** RFC 9113 8.1: the rest is not wanted, and without it the stream would stay for ever. */
    private void endStream(ChannelHandlerContext context) {
      var _ = context.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR).stream(stream));
    }

    private static List<ByteBuf> bodies(Response response) {
      if (response.media().isEmpty()) {
        return List.of(response.smallBody());
      }
      List<ByteBuf> bodies = new ArrayList<>(response.media().size());
      response.media().forEach(buffer -> bodies.add(buffer.retainedDuplicate()));
      return bodies;
    }

    @Override
    void flush() {
      ChannelHandlerContext context = ctx;
      if (context != null && !reading) {
        Http2Connection.this.flush(context);
      }
    }

    /** A client has one connection. */
    @Override
    long viewerKey(long clientHash) {
      return ~id;
    }
  }
}
