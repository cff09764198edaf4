package io.millrace.control;

import io.millrace.control.access.AdminToken;
import io.millrace.control.access.SessionRoutes;
import io.millrace.control.channels.ChannelRoutes;
import io.millrace.control.channels.ChannelStore;
import io.millrace.control.database.Database;
import io.millrace.control.http.HttpListener;
import io.millrace.control.http.RequestAddress;
import io.millrace.control.link.ControlLinkServer;
import io.millrace.control.link.LinkRefusal;
import io.millrace.control.link.Role;
import io.millrace.control.live.EventRoutes;
import io.millrace.control.live.Events;
import io.millrace.control.live.LiveChannels;
import io.millrace.control.nodes.Directory;
import io.millrace.control.nodes.NodeRoutes;
import io.millrace.control.nodes.Nodes;
import io.millrace.control.tokens.RevocationStore;
import io.millrace.control.tokens.TokenKeyStore;
import io.millrace.control.tokens.TokenRoutes;
import io.millrace.control.tokens.TokenSecret;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control plane: database, API and pages, and the nodes' link. Starts in that order, stops in
 * reverse.
 */
public final class ControlPlane implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ControlPlane.class);
  private static final long EXPIRE_EVERY_MS = 500;

  /** The file beside the administrator's token that keys of viewers' tokens are made of. */
  private static final String TOKEN_SECRET = "token-secret";

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Database database;
  private final Nodes nodes;
  private final ControlLinkServer link;
  private final HttpListener web;

  private ControlPlane(ControlPlaneConfig config, PrometheusRegistry metrics) {
    try {
      AdminToken adminToken = AdminToken.in(config.adminTokenFile());
      HttpApi.warmUp();
      database = part(Database.open(config.database(), config.mostDatabaseConnections()));
      Jdbi jdbi = database.jdbi();
      TokenKeyStore tokenKeys =
          new TokenKeyStore(
              jdbi, TokenSecret.in(config.adminTokenFile().resolveSibling(TOKEN_SECRET)));
      tokenKeys.ensure();
      Directory directory = new Directory(jdbi, tokenKeys);
      LiveChannels live = new LiveChannels(config.mostReports());
      Events events = new Events(config.mostConsoles());
      Changes changes = new Changes(directory, live, events);
      nodes = new Nodes(jdbi, directory, live, changes);
      link = part(ControlLinkServer.start(config.link(), nodes));
      changes.link(link);
      expire(live, events);
      TokenRoutes tokens = new TokenRoutes(tokenKeys, new RevocationStore(jdbi), changes);
      ChannelRoutes channels =
          new ChannelRoutes(
              new ChannelStore(jdbi, config.mostChannels()),
              live,
              nodes,
              changes,
              tokens,
              config.publicHost());
      SessionRoutes sessions =
          new SessionRoutes(adminToken, jdbi, config.api().wrongTokensPerMinute());
      HttpApi api =
          part(
              new HttpApi(
                  config,
                  sessions,
                  channels,
                  new NodeRoutes(nodes),
                  tokens,
                  new EventRoutes(
                      events,
                      sessions.filter(),
                      new ApiViews(channels, nodes),
                      config.publicHost()),
                  database,
                  metrics));
      web = part(api.start());
      parts.push(events::close);
      registerMetrics(metrics, live, events);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  public static ControlPlane start(ControlPlaneConfig config, PrometheusRegistry metrics) {
    long startNs = System.nanoTime();
    ControlPlane started = new ControlPlane(config, metrics);
    log.info(
        "Control plane ready in {} ms, API on port {}, nodes on port {}",
        Duration.ofNanos(System.nanoTime() - startNs).toMillis(),
        started.port(),
        started.grpcPort());
    return started;
  }

  /** Where API and pages are. */
  public int port() {
    return web.port();
  }

  /** Where nodes connect. */
  public int grpcPort() {
    return link.port();
  }

  /** Why the database cannot be worked with; empty where it can. Takes seconds where it is away. */
  public Optional<String> databaseTrouble() {
    return database.trouble();
  }

  /** Why nobody can connect to the API; empty where everybody can. */
  public Optional<String> apiTrouble() {
    return web.trouble();
  }

  /** A token with which one node may join: the one of this very process. */
  public String issueNodeToken(String nodeId, Set<Role> roles, Duration ttl) {
    return nodes.issueOwnToken(nodeId, roles, ttl);
  }

  /** Stops all of it, whether or not the thread was told to hurry: nobody else would. */
  @Override
  public void close() {
    boolean interrupted = false;
    while (!parts.isEmpty()) {
      interrupted |= Thread.interrupted();
      closeQuietly(parts.pop());
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private <T extends AutoCloseable> T part(T part) {
    parts.push(part);
    return part;
  }

  private void expire(LiveChannels live, Events events) {
    ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("control-live").daemon().factory());
    parts.push(timer::shutdownNow);
    var _ =
        timer.scheduleWithFixedDelay(
            () -> events.channelsChanged(live.expire(System.nanoTime())),
            EXPIRE_EVERY_MS,
            EXPIRE_EVERY_MS,
            TimeUnit.MILLISECONDS);
  }

  private void registerMetrics(PrometheusRegistry metrics, LiveChannels live, Events events) {
    GaugeWithCallback.builder()
        .name("millrace_control_nodes_connected")
        .help("Nodes with an open stream to the control plane")
        .callback(callback -> callback.call(nodes.connectedCount()))
        .register(metrics);
    GaugeWithCallback.builder()
        .name("millrace_control_node_connections")
        .help("Connections to the control plane's port for nodes")
        .callback(callback -> callback.call(link.connections()))
        .register(metrics);
    GaugeWithCallback.builder()
        .name("millrace_control_node_direct_bytes")
        .help("Direct memory that the buffers of those connections hold, in use and for use again")
        .callback(callback -> callback.call((double) link.directBytes()))
        .register(metrics);
    CounterWithCallback.builder()
        .name("millrace_control_nodes_refused")
        .help("Nodes, or who posed as one, that were let go, by reason")
        .labelNames("reason")
        .callback(
            callback -> {
              for (LinkRefusal why : LinkRefusal.values()) {
                callback.call((double) link.refusals(why), why.label());
              }
            })
        .register(metrics);
    GaugeWithCallback.builder()
        .name("millrace_control_channels_on_air")
        .help("Channels that are live or wait for their publisher")
        .callback(callback -> callback.call(live.onAir()))
        .register(metrics);
    GaugeWithCallback.builder()
        .name("millrace_control_consoles_open")
        .help("Event streams that are open")
        .callback(callback -> callback.call(events.consoles()))
        .register(metrics);
  }

  /** Stopping goes on, whatever one part makes of it. */
  private static void closeQuietly(AutoCloseable part) {
    try {
      part.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      log.warn("A part of the control plane did not stop in order", e);
    }
  }

  /** Shows things in events as the API does. */
  private record ApiViews(ChannelRoutes routes, Nodes registry) implements EventRoutes.Views {
    @Override
    public List<?> firstChannels(RequestAddress address) {
      return routes.firstViews(address);
    }

    @Override
    public List<?> channels(Collection<UUID> ids, RequestAddress address) {
      return routes.views(ids, address);
    }

    @Override
    public List<?> nodes() {
      return registry.views();
    }

    @Override
    public Optional<?> node(String id) {
      return registry.view(id);
    }
  }
}
