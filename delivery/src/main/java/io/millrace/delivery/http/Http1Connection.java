package io.millrace.delivery.http;

import io.millrace.delivery.DeliveryConfig;
import io.millrace.limits.AddressBlock;
import io.millrace.limits.AddressRate;
import io.millrace.window.store.MemoryFile;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.unix.UnixChannel;
import io.netty.handler.codec.http2.Http2FrameCodec;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Serves one HTTP/1.1 connection: one request at a time, in order (RFC 9112 9.3). Confined to the
 * connection's event loop.
 *
 * <p>The next request is read when the response before it is on its way and the client takes bytes;
 * what a client sends ahead is kept up to a limit, then its socket is not read.
 */
final class Http1Connection extends ChannelInboundHandlerAdapter implements Swept {
  private final LoopDelivery delivery;
  private final AddressRate rate;
  private final DeliveryConfig config;
  private final Http1RequestParser parser;
  private final Answering exchange = new Answering();
  private final OwnBytes own;
  private final UnsentAnswers unsent;

  // Per connection.
  private @Nullable ChannelHandlerContext ctx;
  private @Nullable ByteBuf unread;
  private long addressHash;
  private final RemoteAddress remote = new RemoteAddress();

  /** Null where the connection's transport takes no files. */
  private @Nullable FileCalls fileCalls;

  private int socket;
  private boolean closing;
  private boolean proceeding;
  private boolean flushPending;
  private long lastUsedNs = LoopDelivery.nowNs();
  private long headBegunNs;

  // Per request.
  private boolean inProgress;
  private boolean keepAlive;

  Http1Connection(LoopDelivery delivery, AddressRate rate) {
    this.delivery = delivery;
    this.rate = rate;
    this.config = delivery.config();
    this.parser = new Http1RequestParser(config);
    this.own = new OwnBytes(delivery);
    this.unsent = new UnsentAnswers(delivery, own);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    ctx = context;
    addressHash =
        context.channel().remoteAddress() instanceof InetSocketAddress remote
            ? Request.hash(Request.HASH_START, remote.getAddress().getHostAddress())
            : 0;
    fileCalls = delivery.fileCalls(context.channel());
    socket = context.channel() instanceof UnixChannel unix ? unix.fd().intValue() : -1;
    delivery.opened(this);
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
    closing = true;
    delivery.abandon(exchange);
    delivery.closed(this);
    if (unread != null) {
      unread.release();
      unread = null;
    }
    own.unread(0);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf data = (ByteBuf) message;
    if (closing) {
      data.release();
      return;
    }
    if (unread == null) {
      unread = data;
    } else {
      unread = append(context, unread, data);
    }
    proceed(context);
  }

  /** Takes over both. */
  private static ByteBuf append(ChannelHandlerContext context, ByteBuf to, ByteBuf data) {
    try {
      if (to.writableBytes() >= data.readableBytes() && !to.isReadOnly()) {
        return to.writeBytes(data);
      }
      ByteBuf larger = context.alloc().buffer(to.readableBytes() + data.readableBytes() + 512);
      larger.writeBytes(to).writeBytes(data);
      to.release();
      return larger;
    } finally {
      data.release();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (context.channel().isWritable()) {
      proceed(context);
    }
    context.fireChannelWritabilityChanged();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    delivery.report(cause);
    var _ = context.close();
  }

  /** Takes requests up until one waits, the client takes no more, or there is none. */
  private void proceed(ChannelHandlerContext context) {
    if (proceeding) {
      return;
    }
    proceeding = true;
    try {
      while (unread != null && !inProgress && !closing && context.channel().isWritable()) {
        boolean begun = parser.isWithin();
        Http1RequestParser.Result result = parser.parse(unread);
        if (!unread.isReadable()) {
          unread.release();
          unread = null;
        }
        if (result instanceof Http1RequestParser.Incomplete) {
          headBegunNs = begun ? headBegunNs : LoopDelivery.nowNs();
          break;
        }
        take(result);
      }
    } finally {
      proceeding = false;
    }
    own.unread(unread == null ? 0 : unread.capacity());
    readAhead(context);
    if (flushPending) {
      flushPending = false;
      context.flush();
    }
  }

  private void take(Http1RequestParser.Result result) {
    inProgress = true;
    lastUsedNs = LoopDelivery.nowNs();
    switch (result) {
      case Http1RequestParser.Complete(Request request) -> {
        if (request.http2Settings() != null && upgrade(request, request.http2Settings())) {
          return;
        }
        keepAlive = request.keepAlive();
        delivery.handle(request, exchange);
      }
      case Http1RequestParser.Refused(int status, String reason) -> {
        keepAlive = false;
        delivery.refuse(exchange, status, reason);
      }
      case Http1RequestParser.Incomplete _ -> {}
    }
  }

  /** Goes on in HTTP/2; whatever else the client sent already is in it too. */
  private boolean upgrade(Request request, String settings) {
    ChannelHandlerContext context = ctx;
    // Answers before it are of this protocol, and of its limits, until they are taken.
    if (context == null
        || !unsent.isEmpty()
        || delivery.isDraining()
        || !H2cUpgrade.canUpgrade(request, settings)) {
      return false;
    }
    ByteBuf rest = unread;
    unread = null;
    H2cUpgrade.upgrade(context.pipeline(), this, request, settings);
    if (rest != null) {
      // From index 0 on: Netty takes an index within what is left for one of the whole.
      context.pipeline().fireChannelRead(rest.slice());
    }
    return true;
  }

  /** Adds what goes on with the connection in HTTP/2. */
  Http2FrameCodec addHttp2(ChannelPipeline pipeline) {
    return Http2Connection.addTo(pipeline, delivery, rate);
  }

  private void readAhead(ChannelHandlerContext context) {
    boolean full = unread != null && unread.readableBytes() > config.maxPipelinedBytes();
    boolean read = !(full && (inProgress || !context.channel().isWritable()));
    if (context.channel().config().isAutoRead() != read) {
      context.channel().config().setAutoRead(read);
    }
  }

  @Override
  public void sweep(long nowNs) {
    ChannelHandlerContext context = ctx;
    if (context == null) {
      return;
    }
    if (own.isTooMuch()) {
      close(context, "memory");
      return;
    }
    if (unsent.isSocketStalled(context.channel(), config.sendTimeout().toNanos(), nowNs)) {
      close(context, "send");
      return;
    }
    UnsentAnswer oldest = unsent.oldest();
    String late = oldest == null ? null : oldest.late(delivery, nowNs);
    if (late != null) {
      close(context, late);
      return;
    }
    if (inProgress || oldest != null || closing) {
      lastUsedNs = nowNs;
      return;
    }
    if (parser.isWithin()) {
      if (nowNs - headBegunNs > config.headTimeout().toNanos()) {
        inProgress = true;
        keepAlive = false;
        delivery.metrics().closed("head");
        delivery.refuse(exchange, 408, "request head: not complete in time");
      }
    } else if (nowNs - lastUsedNs > delivery.idleNs()) {
      close(context, delivery.isDraining() ? "drain" : "idle");
    }
  }

  private void close(ChannelHandlerContext context, String reason) {
    delivery.metrics().closed(reason);
    var _ = context.close();
  }

  private boolean canSendFiles(Response response) {
    return fileCalls != null && FileAnswer.canSend(response.media());
  }

  /** The response as a head and files behind it, which {@link #canSendFiles} must have allowed. */
  private Object fileAnswer(Response response) {
    List<ByteBuf> pieces = new ArrayList<>(response.media().size());
    response.media().forEach(piece -> pieces.add(piece.retainedDuplicate()));
    return new FileAnswer(
        Objects.requireNonNull(fileCalls, "fileCalls"), socket, response.wire(false), pieces);
  }

  /** What is of a memory file as such, where the socket takes it; takes over the buffer. */
  private Object sendable(ByteBuf buffer) {
    FileCalls calls = fileCalls;
    return calls != null && MemoryFile.of(buffer) != null
        ? new FileAnswer(calls, socket, buffer)
        : buffer;
  }

  /** The one request of the connection that has no response yet. */
  private final class Answering extends Exchange {
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
        Http1Connection.this.close(ctx, reason);
      }
    }

    @Override
    UnsentAnswers unsent() {
      return unsent;
    }

    @Override
    void write(Response response) {
      ChannelHandlerContext context = ctx;
      if (context == null) {
        return;
      }
      inProgress = false;
      lastUsedNs = LoopDelivery.nowNs();
      ChannelPromise sent = context.newPromise();
      unsent.add(UnsentAnswer.overHttp1(response, head, lastUsedNs), sent);
      keepAlive &= !isLastOfDrain();
      ByteBuf whole = keepAlive && !head ? response.whole() : null;
      if (whole != null) {
        var _ = context.write(sendable(whole), sent);
      } else if (keepAlive && !head && canSendFiles(response)) {
        var _ = context.write(fileAnswer(response), sent);
      } else {
        writeInPieces(context, response, sent);
      }
      closing |= !keepAlive;
    }

    private void writeInPieces(
        ChannelHandlerContext context, Response response, ChannelPromise sent) {
      int buffers = head ? 0 : response.media().size();
      writeWire(context, response, buffers == 0 ? sent : context.voidPromise());
      for (int i = 0; i < buffers; i++) {
        ByteBuf buffer = response.media().get(i).retainedDuplicate();
        var _ = context.write(sendable(buffer), i == buffers - 1 ? sent : context.voidPromise());
      }
    }

    /** Whoever drains lets the client go with the last request that it has sent. */
    private boolean isLastOfDrain() {
      return delivery.isDraining() && unread == null;
    }

    private void writeWire(ChannelHandlerContext context, Response response, ChannelPromise sent) {
      if (keepAlive) {
        var _ = context.write(response.wire(!head), sent);
        return;
      }
      boolean body = !head && response.hasSmallBody();
      var _ = context.write(response.openHead(), context.voidPromise());
      var _ = context.write(Response.lastOfHead(), body ? context.voidPromise() : sent);
      if (body) {
        var _ = context.write(response.smallBody(), sent);
      }
    }

    @Override
    void begin(Response response) {
      ChannelHandlerContext context = ctx;
      if (context == null) {
        return;
      }
      lastUsedNs = LoopDelivery.nowNs();
      ChannelPromise sent = context.newPromise();
      unsent.add(UnsentAnswer.overHttp1(response, head, lastUsedNs), sent);
      keepAlive &= !isLastOfDrain();
      writeWire(context, response, sent);
    }

    @Override
    void send(BodyPiece piece) {
      ChannelHandlerContext context = ctx;
      if (context == null) {
        return;
      }
      lastUsedNs = LoopDelivery.nowNs();
      ChannelPromise sent = context.newPromise();
      unsent.add(UnsentAnswer.ofPiece(piece, null, List.of(), lastUsedNs), sent);
      writeChunk(context, piece);
      var _ = context.write(piece.chunkEnd(), sent);
    }

    private void writeChunk(ChannelHandlerContext context, BodyPiece piece) {
      ByteBuf data = piece.data();
      FileCalls calls = fileCalls;
      if (calls != null && MemoryFile.of(data) != null) {
        FileAnswer chunk = new FileAnswer(calls, socket, piece.chunkSize(), List.of(data));
        var _ = context.write(chunk, context.voidPromise());
      } else {
        var _ = context.write(piece.chunkSize(), context.voidPromise());
        var _ = context.write(data, context.voidPromise());
      }
    }

    /** Without its last chunk a body is known to be cut (RFC 9112 8). */
    @Override
    void end(boolean whole) {
      ChannelHandlerContext context = ctx;
      if (context == null) {
        return;
      }
      inProgress = false;
      lastUsedNs = LoopDelivery.nowNs();
      closing |= !keepAlive || !whole;
      if (whole) {
        var _ = context.write(BodyPiece.lastChunk(), context.voidPromise());
      } else {
        delivery.metrics().closed("cut");
      }
    }

    @Override
    void flush() {
      ChannelHandlerContext context = ctx;
      if (context == null) {
        return;
      }
      if (closing) {
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
      } else if (proceeding) {
        flushPending = true;
      } else {
        context.flush();
        proceed(context);
      }
    }

    @Override
    long viewerKey(long clientHash) {
      return clientHash * 31 + addressHash;
    }
  }
}
