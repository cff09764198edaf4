package io.millrace.fabric.aeron;

import io.aeron.driver.ReceiveChannelEndpointSupplier;
import io.millrace.fabric.Fabric;
import io.millrace.fabric.FabricException;
import io.millrace.fabric.FabricException.Scope;
import io.millrace.fabric.Feed;
import io.millrace.fabric.FeedHandler;
import io.millrace.fabric.FeedSource;
import io.millrace.fabric.Link;
import io.millrace.fabric.NodeAddress;
import io.millrace.fabric.aeron.GuardedReceiveEndpoint.Guard;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.agrona.CloseHelper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds a process's links over Aeron, with an embedded media driver and one agent thread that runs
 * everything: driver, client, links, timers and tasks. Thread-safe, as {@link Fabric} says.
 */
public final class AeronFabric implements Fabric {
  private static final Logger log = LoggerFactory.getLogger(AeronFabric.class);
  private static final long ASK_AGAIN_NS = 1_000_000_000;
  private static final long OFFER_AGAIN_NS = 10_000_000;

  private final AgentContext context;
  private final ServingEnd serving;
  private final FabricAgent agent;

  private AeronFabric(AgentContext context, ServingEnd serving, FabricAgent agent) {
    this.context = context;
    this.serving = serving;
    this.agent = agent;
  }

  /**
   * Opens a process's fabric and starts its agent thread.
   *
   * @throws FabricException where the directory or the port is in use, or Aeron does not start
   */
  public static AeronFabric open(FabricConfig config, PrometheusRegistry registry) {
    return open(
        config,
        registry,
        guard ->
            (channel, dispatcher, status, context) ->
                new GuardedReceiveEndpoint(channel, dispatcher, status, context, guard));
  }

  /** The same with receive endpoints of the caller's, which tests lose datagrams with. */
  static AeronFabric open(
      FabricConfig config,
      PrometheusRegistry registry,
      Function<Guard, ReceiveChannelEndpointSupplier> receivers) {
    DirectoryLock lock = DirectoryLock.take(config.directory());
    try {
      LeftDirectories.remove(config.directory());
      AeronFabric fabric = open(config, new FabricMetrics(registry), receivers, lock::close);
      fabric.agent.start();
      return fabric;
    } catch (FabricException e) {
      LeftDirectories.removeFailed(config.directory());
      lock.close();
      throw e;
    } catch (Exception e) { // checked ones too, which Aeron throws undeclared
      LeftDirectories.removeFailed(config.directory());
      lock.close();
      throw new FabricException(Scope.FABRIC, "Aeron did not start: " + e.getMessage(), e);
    }
  }

  private static AeronFabric open(
      FabricConfig config,
      FabricMetrics metrics,
      Function<Guard, ReceiveChannelEndpointSupplier> receivers,
      Runnable afterwards) {
    Channels channels = new Channels(config, EmbeddedAeron.windowBytes(config));
    AgentWaiter waiter = new AgentWaiter();
    int mostTermBytes =
        Math.max(config.streams().mediaTermBytes(), config.streams().controlTermBytes());
    SessionLimiter limiter =
        new SessionLimiter(mostTermBytes, config.limits().mostSessionsPerSecond());
    Guard guard = new Guard(waiter, limiter, metrics);
    EmbeddedAeron aeron = EmbeddedAeron.open(config, metrics, waiter, receivers.apply(guard));
    try {
      SecureRandom random = new SecureRandom();
      AgentContext context =
          new AgentContext(
              aeron.client(),
              config,
              metrics,
              channels,
              random.nextLong(),
              random,
              new AtomicInteger(Channels.FIRST_LINK_STREAM));
      ServingEnd serving = new ServingEnd(context);
      FabricAgent agent = new FabricAgent(config, metrics, aeron, waiter, serving, afterwards);
      return new AeronFabric(context, serving, agent);
    } catch (Throwable e) { // as above
      CloseHelper.quietClose(aeron::closeDriver);
      throw e;
    }
  }

  @Override
  public void serve(FeedSource source) {
    agent.run(() -> serving.serve(source));
  }

  @Override
  public Link connect(NodeAddress peer, Feed feed, FeedHandler handler) {
    ReceivingLink link = new ReceivingLink(peer, feed, handler, agent, context);
    switch (peer) {
      case NodeAddress.Local local -> agent.run(() -> openLink(link, null));
      case NodeAddress.Udp udp ->
          Thread.ofVirtual().name("fabric-resolve").start(() -> resolve(link, udp));
    }
    return link;
  }

  /** Asks for the peer's address, which can take long, until there is one. */
  private void resolve(ReceivingLink link, NodeAddress.Udp peer) {
    InetSocketAddress address = new InetSocketAddress(peer.host(), peer.port());
    while (address.isUnresolved() && agent.isRunning() && !link.isClosed()) {
      log.warn("host not known: {}", peer.host());
      LockSupport.parkNanos(ASK_AGAIN_NS);
      address = new InetSocketAddress(peer.host(), peer.port());
    }
    InetSocketAddress found = address;
    while (!agent.execute(() -> openLink(link, found)) && agent.isRunning() && !link.isClosed()) {
      LockSupport.parkNanos(OFFER_AGAIN_NS);
    }
  }

  private void openLink(ReceivingLink link, @Nullable InetSocketAddress address) {
    if (!link.isClosed()) {
      link.address(address);
      agent.add(link);
    }
  }

  @Override
  public boolean execute(Runnable task) {
    return agent.execute(task);
  }

  @Override
  public void every(Duration period, Runnable task) {
    agent.every(period, task);
  }

  @Override
  public boolean inAgent() {
    return agent.inAgent();
  }

  @Override
  public int port() {
    return context.channels().listeningPort();
  }

  @Override
  public void close() {
    agent.stop();
  }
}
