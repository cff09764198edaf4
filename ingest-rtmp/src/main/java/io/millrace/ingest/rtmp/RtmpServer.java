package io.millrace.ingest.rtmp;

import io.millrace.ingest.Ingest;
import io.millrace.ingest.rtmp.chunk.ChunkDecoder;
import io.millrace.ingest.rtmp.chunk.ChunkEncoder;
import io.millrace.ingest.rtmp.chunk.Limit;
import io.millrace.ingest.rtmp.chunk.PartialBudget;
import io.millrace.ingest.rtmp.chunk.RtmpException;
import io.millrace.ingest.rtmp.handshake.ServerHandshakeHandler;
import io.millrace.ingest.rtmp.session.RtmpMetrics;
import io.millrace.ingest.rtmp.session.RtmpSessionHandler;
import io.millrace.limits.ConnectionLimiter;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens for RTMP publishers and brings what they send to the ingest. */
public final class RtmpServer implements AutoCloseable {
  /** Connections that wait to be accepted: after an outage all encoders come back at once. */
  private static final int BACKLOG = 4_096;

  /** Of those that wait, each time that a loop has been at all its connections. */
  private static final int ACCEPT_AT_ONCE = 256;

  private static final Logger log = LoggerFactory.getLogger(RtmpServer.class);

  /** One size for all: of each size that is ever asked for, the allocator keeps a stock. */
  private static final int RECEIVE_BYTES = 16 << 10;

  private final EventLoopGroup loops;
  private final Channel listener;

  private RtmpServer(EventLoopGroup loops, Channel listener) {
    this.loops = loops;
    this.listener = listener;
  }

  /** Listens from when this returns; throws {@link RtmpException} where the port cannot be had. */
  public static RtmpServer start(RtmpConfig config, Ingest ingest, PrometheusRegistry registry) {
    boolean epoll = Epoll.isAvailable();
    IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    EventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(
            // One for each processor: each keeps buffers of its own, and none ever blocks.
            Runtime.getRuntime().availableProcessors(),
            new DefaultThreadFactory("rtmp", /* daemon= */ true),
            io);
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channel(epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(
                ChannelOption.RECVBUF_ALLOCATOR,
                new ServerChannelRecvByteBufAllocator().maxMessagesPerRead(ACCEPT_AT_ONCE))
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(
                ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(RECEIVE_BYTES))
            .childHandler(new Connections(config, ingest, registry));
    if (epoll) {
      bootstrap.childOption(
          EpollChannelOption.TCP_USER_TIMEOUT, (int) config.session().idleTimeout().toMillis());
    }
    InetSocketAddress address =
        config.host().isEmpty()
            ? new InetSocketAddress(config.port())
            : new InetSocketAddress(config.host(), config.port());
    var bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      var _ = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      throw new RtmpException(
          RtmpException.Code.BIND,
          "rtmp.port: " + config.port() + " cannot be listened on: " + bound.cause().getMessage(),
          bound.cause());
    }
    RtmpServer server = new RtmpServer(loops, bound.channel());
    log.info("RTMP listens: port={} transport={}", server.port(), epoll ? "epoll" : "nio");
    return server;
  }

  /** The port it listens on. */
  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /** Stops to listen and closes the connections. */
  @Override
  public void close() {
    listener.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
    loops
        .shutdownGracefully(0, 500, TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(1, TimeUnit.SECONDS);
  }

  /** Builds the pipeline of each connection that the limits allow. */
  private static final class Connections extends ChannelInitializer<SocketChannel> {
    private final RtmpConfig config;
    private final Ingest ingest;
    private final PartialBudget partial;
    private final RtmpMetrics metrics;
    private final ConnectionLimiter limiter;
    private final RandomGenerator random = RandomGenerator.of("SecureRandom");

    Connections(RtmpConfig config, Ingest ingest, PrometheusRegistry registry) {
      this.config = config;
      this.ingest = ingest;
      this.partial = new PartialBudget(config.maxAllPartialBytes());
      this.metrics = new RtmpMetrics(registry, partial);
      this.limiter =
          new ConnectionLimiter(config.maxConnections(), config.maxConnectionsPerAddress());
    }

    @Override
    protected void initChannel(SocketChannel channel) {
      InetAddress address = channel.remoteAddress().getAddress();
      switch (limiter.admit(address)) {
        case ADMITTED -> serve(channel, address);
        case TOO_MANY -> refuse(channel, Limit.CONNECTIONS);
        case TOO_MANY_OF_ADDRESS -> refuse(channel, Limit.CONNECTIONS_PER_ADDRESS);
      }
    }

    private void refuse(SocketChannel channel, Limit limit) {
      metrics.refused(limit);
      log.debug(
          "connection refused by a limit: peer={} limit={}",
          channel.remoteAddress(),
          limit.label());
      var _ = channel.close();
    }

    private void serve(SocketChannel channel, InetAddress address) {
      metrics.accepted();
      channel
          .closeFuture()
          .addListener(
              closed -> {
                limiter.leave(address);
                metrics.closed();
              });
      ChunkDecoder decoder = new ChunkDecoder(config.chunks(), partial);
      channel
          .pipeline()
          .addLast(
              new ServerHandshakeHandler(random),
              decoder,
              new ChunkEncoder(),
              new RtmpSessionHandler(config.session(), ingest, metrics, decoder));
    }
  }
}
