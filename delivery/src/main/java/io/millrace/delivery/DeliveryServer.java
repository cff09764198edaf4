package io.millrace.delivery;

import io.millrace.delivery.http.LoopDelivery;
import io.millrace.delivery.http.ProtocolSelector;
import io.millrace.limits.AddressBlock;
import io.millrace.limits.AddressRate;
import io.millrace.limits.AddressRates;
import io.millrace.limits.ConnectionLimiter;
import io.millrace.limits.FairBudget;
import io.millrace.limits.OnceInAWhile;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens for viewers on one port, HTTP/1.1 and HTTP/2 in clear text. */
public final class DeliveryServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DeliveryServer.class);
  private static final int BACKLOG = 4_096;

  /** Of those that wait, each time that a loop has been at all its connections. */
  private static final int ACCEPT_AT_ONCE = 256;

  /** Above the largest part, so that one response does not stop a connection's next request. */
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(512 * 1024, 4 * 1024 * 1024);

  /** One size for all: of each size that is ever asked for, the allocator keeps a stock. */
  private static final int RECEIVE_BYTES = 4 << 10;

  private static final long CLOSE_MS = 2_000;
  private static final long FORGET_EVERY_MS = 1_000;

  private final DeliveryConfig config;
  private final DeliveryMetrics metrics;
  private final EventLoopGroup group;
  private final IdentityHashMap<EventExecutor, LoopDelivery> deliveries = new IdentityHashMap<>();
  private final ChannelGroup connections =
      new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, /* stayClosed= */ true);
  private final ConnectionLimiter limiter;
  private final AddressRates rates;
  private final OnceInAWhile refusals = new OnceInAWhile(Duration.ofMinutes(1), System.nanoTime());
  private final Channel listener;

  private DeliveryServer(
      DeliveryConfig config,
      Channels channels,
      DeliveryMetrics metrics,
      Clock clock,
      DoubleSupplier heldShare) {
    this.config = config;
    this.metrics = metrics;
    Transport transport = config.transport().here();
    int loops = config.eventLoops() > 0 ? config.eventLoops() : defaultLoops();
    this.group =
        new MultiThreadIoEventLoopGroup(
            loops, new DefaultThreadFactory("delivery", true), transport.handlers());
    this.limiter =
        new ConnectionLimiter(config.maxConnections(), config.maxConnectionsPerAddress());
    this.rates = new AddressRates(config.maxRequestsPerSecond());
    FairBudget budget = new FairBudget(config.maxAllOwnBytes(), limiter::count);
    for (EventExecutor loop : group) {
      LoopDelivery delivery =
          new LoopDelivery(
              (EventLoop) loop,
              config,
              channels,
              metrics,
              new LoopDelivery.Node(clock, heldShare, budget));
      deliveries.put(loop, delivery);
      delivery.start();
    }
    var _ =
        group.scheduleAtFixedRate(
            () -> rates.forget(System.nanoTime()),
            FORGET_EVERY_MS,
            FORGET_EVERY_MS,
            TimeUnit.MILLISECONDS);
    this.listener = listen(transport);
  }

  /**
   * Starts to listen.
   *
   * @throws DeliveryException where the address is in use or not this machine's
   */
  public static DeliveryServer start(
      DeliveryConfig config, Channels channels, DeliveryMetrics metrics) {
    return start(config, channels, metrics, Clock.systemUTC(), () -> 0);
  }

  /**
   * Starts to listen.
   *
   * @param heldShare media that the windows let go of and that answers hold, in relation to what
   *     they may be: from 0.5 on answers get less time, from 1 on the least. Any thread asks
   */
  public static DeliveryServer start(
      DeliveryConfig config,
      Channels channels,
      DeliveryMetrics metrics,
      Clock clock,
      DoubleSupplier heldShare) {
    Objects.requireNonNull(config, "config");
    Objects.requireNonNull(channels, "channels");
    Objects.requireNonNull(metrics, "metrics");
    Objects.requireNonNull(heldShare, "heldShare");
    return new DeliveryServer(config, channels, metrics, clock, heldShare);
  }

  private static int defaultLoops() {
    return Math.max(1, Runtime.getRuntime().availableProcessors());
  }

  private Channel listen(Transport transport) {
    InetSocketAddress address =
        config.host().isEmpty()
            ? new InetSocketAddress(config.port())
            : new InetSocketAddress(config.host(), config.port());
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(group)
            .channel(transport.listener())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(
                ChannelOption.RECVBUF_ALLOCATOR,
                new ServerChannelRecvByteBufAllocator().maxMessagesPerRead(ACCEPT_AT_ONCE))
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(
                ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(RECEIVE_BYTES))
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
            .childOption(ChannelOption.MESSAGE_SIZE_ESTIMATOR, WrittenSize.ESTIMATOR)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel connection) {
                    accept(connection);
                  }
                });
    ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      var _ = group.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
      throw new DeliveryException(
          "cannot listen on " + address + ": " + bound.cause().getMessage(), bound.cause());
    }
    int port = ((InetSocketAddress) bound.channel().localAddress()).getPort();
    log.info("delivery listens: port={} transport={}", port, transport);
    if (config.transport() == Transport.IO_URING && transport == Transport.NIO) {
      log.warn("io_uring cannot be had (edge.http.transport): {}", config.transport().trouble());
    }
    return bound.channel();
  }

  private void accept(Channel connection) {
    LoopDelivery delivery = deliveries.get(connection.eventLoop());
    if (delivery == null) {
      throw new IllegalStateException("a connection on a loop of another group");
    }
    InetAddress address = ((InetSocketAddress) connection.remoteAddress()).getAddress();
    switch (limiter.admit(address)) {
      case ADMITTED -> serve(connection, address, delivery);
      case TOO_MANY -> refuse(connection, "connections");
      case TOO_MANY_OF_ADDRESS -> {
        refuse(connection, "address");
        if (refusals.isDue(System.nanoTime())) {
          log.warn(
              "{} has as many connections as an address may have ({},"
                  + " edge.http.max-connections-per-address): further ones are closed",
              AddressBlock.of(address),
              config.maxConnectionsPerAddress());
        }
      }
    }
  }

  private void refuse(Channel connection, String reason) {
    metrics.closed(reason);
    var _ = connection.close();
  }

  private void serve(Channel connection, InetAddress address, LoopDelivery delivery) {
    AddressRate rate = rates.enter(address, System.nanoTime());
    connections.add(connection);
    metrics.connections(1);
    connection
        .closeFuture()
        .addListener(
            _ -> {
              limiter.leave(address);
              rates.leave(rate);
              metrics.connections(-1);
            });
    connection.pipeline().addLast(new ProtocolSelector(delivery, rate));
  }

  /** The port that it listens on. */
  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /**
   * Takes no connections from now on. Those that are there get what they ask for, and are told to
   * go: by {@code Connection: close} once no request waits behind the one that is answered, and by
   * GOAWAY (RFC 9113 6.8). Those that ask for nothing are closed after a second or two.
   */
  public void drain() {
    listener.close().awaitUninterruptibly(CLOSE_MS);
    deliveries.values().forEach(LoopDelivery::drain);
  }

  /** How many connections there are. */
  public int connections() {
    return connections.size();
  }

  /** Closes everything, within two seconds. */
  @Override
  public void close() {
    listener.close().awaitUninterruptibly(CLOSE_MS);
    connections.close().awaitUninterruptibly(CLOSE_MS);
    deliveries.values().forEach(LoopDelivery::close);
    group.shutdownGracefully(0, CLOSE_MS, TimeUnit.MILLISECONDS).awaitUninterruptibly(CLOSE_MS);
  }
}
