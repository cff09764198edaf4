package io.millrace.server.node;

import io.millrace.control.ControlPlane;
import io.millrace.control.link.ControlLinkClient;
import io.millrace.control.link.ControlLinkConfig;
import io.millrace.control.link.NodeAddresses;
import io.millrace.control.link.Role;
import io.millrace.edge.EdgeNode;
import io.millrace.fabric.Fabric;
import io.millrace.fabric.aeron.AeronFabric;
import io.millrace.ingest.Ingest;
import io.millrace.ingest.rtmp.RtmpServer;
import io.millrace.origin.OriginNode;
import io.millrace.packager.host.PackagerHost;
import io.millrace.server.ServerException;
import io.millrace.server.Version;
import io.millrace.server.data.DataDirectory;
import io.millrace.server.data.Endpoints;
import io.millrace.server.health.HealthServer;
import io.millrace.server.health.NettyMetrics;
import io.millrace.server.health.Readiness;
import io.millrace.server.settings.Catalog;
import io.millrace.server.settings.Settings;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A process's parts, started in the order in which they need each other. */
public final class Node implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Node.class);
  private static final Duration OWN_TOKEN_TTL = Duration.ofMinutes(1);
  private static final Duration ABANDON = Duration.ofSeconds(2);
  private static final Duration FIRST_ANSWER = Duration.ofSeconds(5);

  private final Settings settings;
  private final Configs configs;
  private final DataDirectory data;
  private final Set<Role> roles;
  private final Parts parts = new Parts();
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Readiness readiness = new Readiness();
  private final Visitors visitors = new Visitors();
  private final Listening listening = new Listening();
  private volatile boolean startedWithoutDirectory;
  private String controlAddress = "";

  private Node(Settings settings, DataDirectory data, Set<Role> roles) {
    this.settings = settings;
    this.configs = new Configs(settings);
    this.data = data;
    this.roles = roles;
  }

  /** Starts all parts; where one does not start, stops those that did. */
  public static Node start(Settings settings, DataDirectory data, Set<Role> roles)
      throws InterruptedException {
    Node node = new Node(settings, data, roles);
    try {
      node.startParts();
      return node;
    } catch (Throwable e) {
      node.close();
      throw e;
    }
  }

  private void startParts() throws InterruptedException {
    readiness.notReady("node", "it is starting");
    JvmMetrics.builder().register(registry);
    NettyMetrics.register(registry);
    FutureTask<ControlPlane> startingControl = new FutureTask<>(this::startControlPlane);
    Thread controlStarter = Thread.ofPlatform().name("start-control").unstarted(startingControl);
    if (roles.contains(Role.CONTROL)) {
      controlStarter.start();
    }
    try {
      startHealth();
      if (Thread.interrupted()) {
        throw new InterruptedException("while starting");
      }
      Set<Role> mediaRoles = mediaRoles();
      Fabric fabric = mediaRoles.isEmpty() ? null : startFabric();
      ControlPlane control = roles.contains(Role.CONTROL) ? await(startingControl) : null;
      if (fabric != null) {
        ControlLinkClient link = startLink(control, mediaRoles);
        startMedia(fabric, link);
        awaitDirectory(link);
      }
    } catch (Throwable e) {
      abandon(controlStarter);
      throw e;
    }
    readiness.ready("node");
  }

  /** Waits for its end, so that it has stopped what it had started. */
  private static void abandon(Thread starter) {
    starter.interrupt();
    boolean interrupted = Thread.interrupted();
    long untilNs = System.nanoTime() + ABANDON.toNanos();
    while (starter.isAlive() && System.nanoTime() < untilNs) {
      try {
        starter.join(10);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    log.debug("The start of the control plane was abandoned, ended: {}", !starter.isAlive());
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private Set<Role> mediaRoles() {
    Set<Role> mediaRoles = EnumSet.copyOf(roles);
    mediaRoles.remove(Role.CONTROL);
    return mediaRoles;
  }

  private static ControlPlane await(FutureTask<ControlPlane> starting) throws InterruptedException {
    try {
      return starting.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new ServerException("the control plane does not start: " + e.getCause(), e);
    }
  }

  private void startHealth() {
    InetSocketAddress address =
        Ports.address(
            settings.get(Catalog.METRICS_HOST),
            settings.get(Catalog.METRICS_PORT),
            Catalog.METRICS_HOST);
    try {
      HealthServer health =
          parts.add("metrics", HealthServer.start(address, configs.health(), registry, readiness));
      listening.at("metrics", settings.get(Catalog.METRICS_HOST), health.port(), "http://%s:%d");
    } catch (IOException e) {
      throw new ServerException("metrics.port: " + e.getMessage(), e);
    }
  }

  private ControlPlane startControlPlane() {
    ControlPlane control =
        parts.add("control plane", ControlPlane.start(configs.controlPlane(data.path()), registry));
    parts.add("database watch", PartWatch.start("database", control::databaseTrouble, readiness));
    parts.add("api watch", PartWatch.start("api", control::apiTrouble, readiness));
    listening.at("control", settings.get(Catalog.CONTROL_HOST), control.port(), "http://%s:%d");
    listening.at(
        "control.grpc", settings.get(Catalog.CONTROL_GRPC_HOST), control.grpcPort(), "%s:%d");
    return control;
  }

  private Fabric startFabric() {
    Fabric fabric = parts.add("links", AeronFabric.open(configs.fabric(data.path()), registry));
    listening.at("fabric", settings.get(Catalog.FABRIC_HOST), fabric.port(), "%s:%d");
    return fabric;
  }

  private ControlLinkClient startLink(@Nullable ControlPlane control, Set<Role> mediaRoles) {
    Joining joining =
        control == null
            ? Joining.find(settings, data, mediaRoles)
            : new Joining(
                settings.get(Catalog.CONTROL_GRPC_HOST).equals("*")
                    ? "localhost"
                    : settings.get(Catalog.CONTROL_GRPC_HOST),
                control.grpcPort(),
                control.issueNodeToken(nodeId(), mediaRoles, OWN_TOKEN_TTL));
    controlAddress = joining.host() + ":" + joining.port();
    var node =
        new ControlLinkConfig.Node(
            nodeId(), joining.token(), mediaRoles, NodeAddresses.NONE, Version.TEXT);
    ControlLinkConfig config =
        ControlLinkConfig.of(joining.host(), joining.port(), node, data.resolve("node"));
    ControlLinkClient link =
        parts.add(
            "control link",
            ControlLinkClient.start(control == null ? config : config.withinThisProcess()));
    readiness.notReady("directory", "none yet, the control plane has to tell it first");
    link.directory().onChange(() -> showDirectory(link));
    showDirectory(link);
    return link;
  }

  private void showDirectory(ControlLinkClient link) {
    if (link.directory().isKnown() && readiness.ready("directory") && startedWithoutDirectory) {
      log.info("The directory has come: this node is ready");
    }
  }

  /** The directory on disk will do where the control plane is away; a refusal will not. */
  private void awaitDirectory(ControlLinkClient link) throws InterruptedException {
    if (link.awaitDirectory(FIRST_ANSWER)) {
      showDirectory(link);
      return;
    }
    if (link.refusal().isPresent()) {
      throw new ServerException("the control plane refuses this node: " + link.refusal().get());
    }
    startedWithoutDirectory = !link.directory().isKnown();
    log.warn(
        "The control plane does not answer at {} (control.url, control.grpc.port): {}",
        controlAddress,
        startedWithoutDirectory
            ? "this node is not ready before it has told the directory"
            : "going on with the directory that it told last");
  }

  private void startMedia(Fabric fabric, ControlLinkClient link) {
    Upstreams upstreams = new Upstreams(link.directory(), nodeId(), roles);
    Map<String, NodeAddresses.Endpoint> endpoints = new LinkedHashMap<>();
    String publicHost = settings.get(Catalog.PUBLIC_HOST);
    if (roles.contains(Role.EDGE)) {
      EdgeNode edge =
          parts.add(
              "edge", EdgeNode.start(configs.edge(), fabric, link.directory(), link, registry));
      visitors.add(
          edge::drain,
          new Visitors.Present("viewer's connection", "viewers' connections", edge::connections));
      listening.at("edge.http", settings.get(Catalog.EDGE_HTTP_HOST), edge.port(), "http://%s:%d");
      endpoints.put(NodeAddresses.HTTP, new NodeAddresses.Endpoint(publicHost, edge.port()));
      upstreams.follow(Role.ORIGIN, edge::upstreams);
    }
    if (roles.contains(Role.ORIGIN)) {
      OriginNode origin = parts.add("origin", new OriginNode(configs.origin(), fabric, registry));
      upstreams.follow(Role.PACKAGER, origin::upstreams);
    }
    if (roles.contains(Role.PACKAGER)) {
      PackagerHost packager =
          parts.add(
              "packager",
              new PackagerHost(configs.packager(), fabric, new PackagerHints(link), registry));
      upstreams.follow(Role.INGEST, packager::upstreams);
    }
    if (roles.contains(Role.INGEST)) {
      Ingest ingest =
          parts.add(
              "ingest", new Ingest(configs.ingest(), fabric, link.directory(), link, registry));
      visitors.add(
          ingest::drain, new Visitors.Present("publisher", "publishers", ingest::publishers));
      RtmpServer rtmp = parts.add("rtmp", RtmpServer.start(configs.rtmp(), ingest, registry));
      listening.at("rtmp", settings.get(Catalog.RTMP_HOST), rtmp.port(), "rtmp://%s:%d/live");
      endpoints.put(NodeAddresses.RTMP, new NodeAddresses.Endpoint(publicHost, rtmp.port()));
    }
    link.announce(new NodeAddresses(fabricHostForOthers(), fabric.port(), endpoints));
  }

  private String nodeId() {
    String id = settings.get(Catalog.NODE_ID);
    return id.isEmpty() ? data.nodeId() : id;
  }

  private String fabricHostForOthers() {
    String host = settings.get(Catalog.FABRIC_HOST);
    if (!host.equals("*")) {
      return host;
    }
    try {
      return InetAddress.getLocalHost().getHostAddress();
    } catch (UnknownHostException e) {
      throw new ServerException(
          "fabric.host: \"*\", and this machine does not know its own address (expected: the"
              + " address that other nodes reach it at)",
          e);
    }
  }

  public Endpoints endpoints() {
    List<String> names =
        roles.stream().sorted().map(role -> role.name().toLowerCase(Locale.ROOT)).toList();
    return Endpoints.ofThisProcess(Version.TEXT, names, listening.addresses());
  }

  /** Why it does not serve yet, though all parts have started; empty where it does. */
  public Optional<String> obstacle() {
    return readiness.obstacle();
  }

  /**
   * Tells watchers that the node is leaving, takes nobody new, and waits until the publishers and
   * viewers who are there have left, or the time is over.
   */
  public void drain(Duration longest) throws InterruptedException {
    readiness.notReady("node", "it is stopping");
    if (longest.isZero()) {
      return;
    }
    visitors.awaitLeaving(longest);
  }

  @Override
  public void close() {
    parts.close();
  }

  static void closeQuietly(AutoCloseable part) {
    try (Parts one = new Parts()) {
      one.add("demo", part);
    }
  }
}
