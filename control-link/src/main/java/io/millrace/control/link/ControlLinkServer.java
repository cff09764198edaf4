package io.millrace.control.link;

import io.grpc.Server;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.millrace.control.link.wire.ControlLinkGrpc;
import io.millrace.control.link.wire.ControlMessage;
import io.millrace.control.link.wire.EndBroadcast;
import io.millrace.control.link.wire.NodeMessage;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the nodes' streams at the control plane: admits nodes, pushes the directory as it changes,
 * takes reports. A node that connects again takes the place of its earlier stream.
 *
 * <p>Each stream's messages are handled in order on virtual threads. Clear text: between machines
 * the link needs a tunnel until it has certificates of its own.
 */
public final class ControlLinkServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ControlLinkServer.class);
  private static final long STOP_TIMEOUT_MS = 500;
  private static final int LOCKS = 64;

  private final ControlLinkServerConfig config;
  private final NodeRegistry registry;
  private final ExecutorService virtualThreads = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("control-link-timer").daemon().factory());
  private final Set<NodeSession> sessions = ConcurrentHashMap.newKeySet();
  private final Map<String, NodeSession> byNode = new ConcurrentHashMap<>();
  private final Lock[] locks = locks();
  private final Refusals refusals = new Refusals();
  private final LinkTransport transport;
  private final Server server;

  private ControlLinkServer(ControlLinkServerConfig config, NodeRegistry registry)
      throws IOException {
    this.config = config;
    this.registry = registry;
    this.transport = new LinkTransport(config.limits(), refusals);
    try {
      this.server =
          transport
              .server(config.host(), config.port())
              .executor(virtualThreads)
              .addService(NodeMessageMarshaller.reading(new Service()))
              .build()
              .start();
    } catch (IOException e) {
      transport.close();
      throw e;
    }
  }

  public static ControlLinkServer start(ControlLinkServerConfig config, NodeRegistry registry) {
    try {
      return new ControlLinkServer(config, registry);
    } catch (IOException e) {
      Throwable root = e.getCause() == null ? e : e.getCause();
      throw new ControlLinkException(
          "control link: %s:%d cannot be opened: %s"
              .formatted(config.host(), config.port(), root.getMessage()),
          e);
    }
  }

  public int port() {
    return server.getPort();
  }

  /** How many nodes are connected. */
  public int nodes() {
    return byNode.size();
  }

  /** TCP connections that are open. */
  public int connections() {
    return transport.connections();
  }

  /** Direct memory that these connections' buffers take. */
  public long directBytes() {
    return transport.directBytes();
  }

  /** How many were let go for this reason since the start. */
  public long refusals(LinkRefusal why) {
    return refusals.sum(why);
  }

  /** Sends every node what it lacks of the directory. Any thread, does not block. */
  public void directoryChanged() {
    for (NodeSession session : byNode.values()) {
      later(session::sendDirectory);
    }
  }

  /** Tells every node that the channel's broadcast is to end. Any thread, does not block. */
  public void endBroadcast(UUID channel) {
    tellAll(
        ControlMessage.newBuilder()
            .setEndBroadcast(EndBroadcast.newBuilder().setChannelId(channel.toString()))
            .build());
  }

  /** Tells every node of a date range for a channel's playlists. Any thread, does not block. */
  public void mark(MarkedRange range) {
    tellAll(ControlMessage.newBuilder().setMarkDateRange(LinkMessages.markedRange(range)).build());
  }

  private void tellAll(ControlMessage message) {
    for (NodeSession session : byNode.values()) {
      later(() -> session.send(message));
    }
  }

  @Override
  public void close() {
    server.shutdown();
    List.copyOf(sessions).forEach(NodeSession::stop);
    try {
      if (!server.awaitTermination(STOP_TIMEOUT_MS, TimeUnit.MILLISECONDS)) {
        server.shutdownNow();
        server.awaitTermination(STOP_TIMEOUT_MS, TimeUnit.MILLISECONDS);
      }
      // What the registry is told of ends must be over before its database closes.
      virtualThreads.shutdown();
      if (!virtualThreads.awaitTermination(STOP_TIMEOUT_MS, TimeUnit.MILLISECONDS)) {
        virtualThreads.shutdownNow();
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    transport.close();
    timer.shutdownNow();
    virtualThreads.shutdownNow();
  }

  private final class Service extends ControlLinkGrpc.ControlLinkImplBase {
    @Override
    public StreamObserver<NodeMessage> connect(StreamObserver<ControlMessage> responses) {
      var out = (ServerCallStreamObserver<ControlMessage>) responses;
      out.disableAutoRequest();
      Newcomer connection = Newcomers.ofCall();
      NodeSession session =
          new NodeSession(
              config,
              registry,
              out,
              timer,
              (registration, asking) -> admit(registration, asking, connection),
              refusals);
      sessions.add(session);
      out.setOnReadyHandler(session::sendDirectory);
      out.setOnCancelHandler(() -> ended(session));
      out.setOnCloseHandler(() -> ended(session));
      if (sessions.size() > config.limits().mostConnections()) {
        session.refuse(
            Admission.Reason.LIMIT,
            "too many calls (at most %d)".formatted(config.limits().mostConnections()));
        return session;
      }
      session.awaitRegistration(connection.leftNs());
      return session;
    }
  }

  /**
   * Asks the registry and gives the node's newest stream its place. Under the node's lock: the end
   * of its earlier stream comes before or after, never between.
   */
  private Admission admit(NodeRegistration registration, NodeSession session, Newcomer connection) {
    String nodeId = registration.nodeId();
    Lock lock = lock(nodeId);
    lock.lock();
    try {
      if (byNode.size() >= config.limits().mostNodes() && !byNode.containsKey(nodeId)) {
        return new Admission.Refused(
            Admission.Reason.LIMIT,
            "too many nodes (at most %d)".formatted(config.limits().mostNodes()));
      }
      Admission admission = registry.register(registration);
      if (admission instanceof Admission.Admitted) {
        connection.admitted();
        NodeSession earlier = byNode.put(nodeId, session);
        if (earlier != null) {
          log.info("Node {} connected again; its earlier stream is closed", nodeId);
          earlier.supersede();
        }
      }
      return admission;
    } finally {
      lock.unlock();
    }
  }

  private void ended(NodeSession session) {
    if (!sessions.remove(session)) {
      return;
    }
    session.ended();
    String nodeId = session.nodeId();
    if (nodeId.isEmpty()) {
      return;
    }
    Lock lock = lock(nodeId);
    lock.lock();
    try {
      if (byNode.remove(nodeId, session)) {
        registry.disconnected(nodeId);
      }
    } finally {
      lock.unlock();
    }
  }

  private void later(Runnable task) {
    try {
      virtualThreads.execute(task);
    } catch (RejectedExecutionException e) {
      log.debug("The control link has stopped");
    }
  }

  private Lock lock(String nodeId) {
    return locks[Math.floorMod(nodeId.hashCode(), LOCKS)];
  }

  private static Lock[] locks() {
    Lock[] locks = new Lock[LOCKS];
    Arrays.setAll(locks, _ -> new ReentrantLock());
    return locks;
  }
}
