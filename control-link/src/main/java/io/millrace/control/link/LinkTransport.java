package io.millrace.control.link;

import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.buffer.UnpooledByteBufAllocator;
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
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * Holds the connections of nodes: at most so many, each gone that has no call for a while. gRPC
 * knows no limit of connections, nor of what one may send before it has registered a node: both are
 * held where connections are accepted.
 */
final class LinkTransport implements AutoCloseable {
  private static final int RESETS_WINDOW_SECONDS = 10;

  /** They would tell of each stream that a peer breaks, with a stack; kept, for levels are weak. */
  private static final List<Logger> STREAM_ERRORS =
      Stream.of("NettyServerHandler", "NettyServerStream")
          .map(name -> Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty." + name))
          .toList();

  static {
    STREAM_ERRORS.forEach(logger -> logger.setLevel(Level.SEVERE));
  }

  private final ControlLinkLimits limits;
  private final Refusals refusals;
  private final Newcomers newcomers;
  private final AtomicInteger connections = new AtomicInteger();
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(
          1,
          new DefaultThreadFactory("control-link-io", /* daemon= */ true),
          NioIoHandler.newFactory());

  /** Nodes say little: what is not pooled is given back when it was read, and after a flood too. */
  private final UnpooledByteBufAllocator allocator =
      new UnpooledByteBufAllocator(/* preferDirect= */ true);

  LinkTransport(ControlLinkLimits limits, Refusals refusals) {
    this.limits = limits;
    this.refusals = refusals;
    this.newcomers = new Newcomers(limits, refusals);
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
        .addTransportFilter(newcomers)
        .addStreamTracerFactory(new SizeWatch())
        .intercept(newcomers);
  }

  /** TCP connections that are open. */
  int connections() {
    return connections.get();
  }

  /** What the buffers of these connections take. */
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
        refusals.count(LinkRefusal.CONNECTIONS);
        accepted.removeLast();
        connection.unsafe().closeForcibly();
        return 0;
      }
      var _ = connection.closeFuture().addListener(_ -> connections.decrementAndGet());
      newcomers.guard(connection);
      return read;
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
            refusals.count(LinkRefusal.TOO_LARGE);
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
}
