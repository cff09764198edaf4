package io.millrace.control.link;

import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerStreamTracer;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.buffer.PooledByteBufAllocator;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Holds the connections of nodes: at most so many, each gone that has no call for a while. gRPC
 * knows no limit of connections, so they are counted where they are accepted.
 */
final class LinkTransport implements AutoCloseable {
  private static final Attributes.Key<AtomicBoolean> HAD_CALL =
      Attributes.Key.create("millrace-had-call");
  private static final int RESETS_WINDOW_SECONDS = 10;
  private static final int PAGE_BYTES = 8_192;
  private static final int CHUNK_ORDER = 6; // 512 KiB: nodes say little, and not much of it at once

  /** It would tell of each stream that a peer breaks, with a stack; kept, for levels are weak. */
  private static final Logger STREAM_ERRORS =
      Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty.NettyServerHandler");

  static {
    STREAM_ERRORS.setLevel(Level.SEVERE);
  }

  private final ControlLinkLimits limits;
  private final Consumer<LinkRefusal> refusals;
  private final AtomicInteger connections = new AtomicInteger();
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(
          1,
          new DefaultThreadFactory("control-link-io", /* daemon= */ true),
          NioIoHandler.newFactory());
  private final PooledByteBufAllocator allocator =
      new PooledByteBufAllocator(
          /* preferDirect= */ true,
          /* nHeapArena= */ 0,
          /* nDirectArena= */ 1,
          PAGE_BYTES,
          CHUNK_ORDER,
          /* smallCacheSize= */ 0,
          /* normalCacheSize= */ 0,
          /* useCacheForAllThreads= */ false);

  LinkTransport(ControlLinkLimits limits, Consumer<LinkRefusal> refusals) {
    this.limits = limits;
    this.refusals = refusals;
  }

  NettyServerBuilder server(String host, int port) {
    return NettyServerBuilder.forAddress(new InetSocketAddress(host, port))
        .channelFactory(BoundedServerChannel::new)
        .bossEventLoopGroup(loops)
        .workerEventLoopGroup(loops)
        .withChildOption(ChannelOption.ALLOCATOR, allocator)
        .maxInboundMessageSize(limits.mostMessageBytes())
        .maxConcurrentCallsPerConnection(2)
        .maxRstFramesPerWindow(limits.mostResets(), RESETS_WINDOW_SECONDS)
        .maxConnectionIdle(limits.idleTimeout().toNanos(), TimeUnit.NANOSECONDS)
        .permitKeepAliveTime(2, TimeUnit.SECONDS)
        .keepAliveTime(10, TimeUnit.SECONDS)
        .keepAliveTimeout(5, TimeUnit.SECONDS)
        .addTransportFilter(new CallFilter())
        .addStreamTracerFactory(new SizeWatch())
        .intercept(new CallMark());
  }

  /** TCP connections that are open. */
  int connections() {
    return connections.get();
  }

  /** What the allocator of these connections holds, in use and for use again. */
  long directBytes() {
    return allocator.metric().usedDirectMemory();
  }

  @Override
  public void close() {
    var _ = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  /** Closes what it accepts beyond the limit, before anything is spent on it. */
  private final class BoundedServerChannel extends NioServerSocketChannel {
    @Override
    protected int doReadMessages(List<Object> accepted) throws Exception {
      int before = accepted.size();
      int read = super.doReadMessages(accepted);
      if (accepted.size() == before) {
        return read;
      }
      Channel connection = (Channel) accepted.getLast();
      if (connections.incrementAndGet() > limits.mostConnections()) {
        connections.decrementAndGet();
        refusals.accept(LinkRefusal.CONNECTIONS);
        accepted.removeLast();
        connection.unsafe().closeForcibly();
        return 0;
      }
      var _ = connection.closeFuture().addListener(_ -> connections.decrementAndGet());
      return read;
    }
  }

  /** Tells of connections that end without ever having had a call. */
  private final class CallFilter extends ServerTransportFilter {
    @Override
    public Attributes transportReady(Attributes attributes) {
      return attributes.toBuilder().set(HAD_CALL, new AtomicBoolean()).build();
    }

    @Override
    public void transportTerminated(@Nullable Attributes attributes) {
      AtomicBoolean hadCall = attributes == null ? null : attributes.get(HAD_CALL);
      if (hadCall == null || !hadCall.get()) {
        refusals.accept(LinkRefusal.NO_CALL);
      }
    }
  }

  /** gRPC ends the call of a message that is too large, and tells only tracers why. */
  private final class SizeWatch extends ServerStreamTracer.Factory {
    @Override
    public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
      return new ServerStreamTracer() {
        private final AtomicBoolean ended = new AtomicBoolean();

        @Override
        public void streamClosed(Status status) {
          if (isTooLarge(status) && !ended.getAndSet(true)) {
            refusals.accept(LinkRefusal.TOO_LARGE);
          }
        }
      };
    }
  }

  /** Our own refusals have the same code. */
  private static boolean isTooLarge(Status status) {
    String why = status.getDescription();
    return status.getCode() == Status.Code.RESOURCE_EXHAUSTED
        && why != null
        && why.startsWith("gRPC message exceeds maximum size");
  }

  private static final class CallMark implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      AtomicBoolean hadCall = call.getAttributes().get(HAD_CALL);
      if (hadCall != null) {
        hadCall.set(true);
      }
      return next.startCall(call, headers);
    }
  }
}
