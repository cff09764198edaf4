package io.millrace.server.node;

import io.millrace.control.link.Role;
import io.millrace.server.ServerException;
import io.millrace.server.Version;
import io.millrace.server.data.DataDirectory;
import io.millrace.server.data.Endpoints;
import io.millrace.server.health.HealthServer;
import io.millrace.server.health.Readiness;
import io.millrace.server.settings.Catalog;
import io.millrace.server.settings.Setting;
import io.millrace.server.settings.Settings;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** A process's parts, started in the order in which they need each other. */
public final class Node implements AutoCloseable {
  private final Settings settings;
  private final DataDirectory data;
  private final Set<Role> roles;
  private final Parts parts = new Parts();
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Readiness readiness = new Readiness();
  private final Map<String, Endpoints.Endpoint> addresses = new LinkedHashMap<>();

  private Node(Settings settings, DataDirectory data, Set<Role> roles) {
    this.settings = settings;
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
    JvmMetrics.builder().register(registry);
    readiness.notReady("node", "it is starting");
    String nodeId =
        settings.get(Catalog.NODE_ID).isEmpty() ? data.nodeId() : settings.get(Catalog.NODE_ID);
    org.slf4j.LoggerFactory.getLogger(Node.class).info("Node {} with roles {}", nodeId, roles);
    startHealth();
    readiness.ready("node");
  }

  private void startHealth() {
    InetSocketAddress address =
        Ports.address(
            settings.get(Catalog.METRICS_HOST),
            settings.get(Catalog.METRICS_PORT),
            Catalog.METRICS_HOST);
    try {
      HealthServer health = parts.add("metrics", HealthServer.start(address, registry, readiness));
      listens("metrics", Catalog.METRICS_HOST, health.port(), "http://%s:%d");
    } catch (IOException e) {
      throw new ServerException("metrics.port: " + e.getMessage(), e);
    }
  }

  private void listens(String name, Setting<String> hostSetting, int port, String url) {
    String host = hostForClients(settings.get(hostSetting));
    addresses.put(name, new Endpoints.Endpoint(host, port, url.formatted(bracketed(host), port)));
  }

  /** How a client on this machine writes the address that is listened on. */
  private static String hostForClients(String host) {
    return switch (host) {
      case "*", "0.0.0.0", "::", "127.0.0.1", "::1" -> "localhost";
      default -> host;
    };
  }

  private static String bracketed(String host) {
    return host.contains(":") ? "[" + host + "]" : host;
  }

  public Endpoints endpoints() {
    List<String> names =
        roles.stream().sorted().map(r -> r.name().toLowerCase(Locale.ROOT)).toList();
    return new Endpoints(ProcessHandle.current().pid(), Version.TEXT, names, addresses);
  }

  /** Tells watchers that the node is leaving, and gives publishers and viewers time to. */
  public void drain(Duration longest) throws InterruptedException {
    readiness.notReady("node", "it is stopping");
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
