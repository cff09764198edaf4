package io.millrace.server.health;

import io.millrace.limits.ConnectionLimiter;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers those who watch over the process. */
public final class HealthServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HealthServer.class);

  /** Those beyond the limit must come in to be sent away: a queue that overflows is silent. */
  private static final int BACKLOG = 1_024;

  private final Readiness readiness;
  private final EventLoopGroup loop;
  private final ConnectionLimiter limiter;
  private final Channel listener;

  private HealthServer(
      InetSocketAddress address,
      HealthLimits limits,
      PrometheusRegistry registry,
      Readiness readiness)
      throws IOException {
    this.readiness = readiness;
    this.limiter = new ConnectionLimiter(limits.mostConnections(), limits.mostPerAddress());
    HealthAnswers answers = new HealthAnswers(registry, readiness);
    HealthMetrics metrics = new HealthMetrics(registry);
    this.loop =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("health", /* daemon= */ true), NioIoHandler.newFactory());
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            // Rare and small requests: they need no pool, and leave nothing behind.
            .childOption(ChannelOption.ALLOCATOR, new UnpooledByteBufAllocator(false))
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel connection) {
                    accept(connection, limits, answers, metrics);
                  }
                })
            .bind(address)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      close();
      throw new IOException(bound.cause().getMessage(), bound.cause());
    }
    this.listener = bound.channel();
  }

  /** Listens at once; {@link #port} tells where. */
  public static HealthServer start(
      InetSocketAddress address,
      HealthLimits limits,
      PrometheusRegistry registry,
      Readiness readiness)
      throws IOException {
    return new HealthServer(address, limits, registry, readiness);
  }

  private void accept(
      Channel connection, HealthLimits limits, HealthAnswers answers, HealthMetrics metrics) {
    InetAddress address = ((InetSocketAddress) connection.remoteAddress()).getAddress();
    switch (limiter.admit(address)) {
      case ADMITTED -> {
        var _ = connection.closeFuture().addListener(_ -> limiter.leave(address));
      }
      case TOO_MANY -> {
        refuse(connection, HealthMetrics.Closed.CONNECTIONS, metrics);
        return;
      }
      case TOO_MANY_OF_ADDRESS -> {
        refuse(connection, HealthMetrics.Closed.ADDRESS, metrics);
        return;
      }
    }
    HttpDecoderConfig decoding =
        new HttpDecoderConfig()
            .setMaxInitialLineLength(limits.mostHeadBytes())
            .setMaxHeaderSize(limits.mostHeadBytes());
    connection
        .pipeline()
        .addLast(new HttpServerCodec(decoding), new HealthConnection(answers, limits, metrics));
  }

  private static void refuse(Channel connection, HealthMetrics.Closed why, HealthMetrics metrics) {
    metrics.closed(why);
    connection.unsafe().closeForcibly();
  }

  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  public Readiness readiness() {
    return readiness;
  }

  @Override
  public void close() {
    boolean ended =
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(1, TimeUnit.SECONDS);
    log.debug("The metrics port is closed, its thread ended: {}", ended);
  }
}
