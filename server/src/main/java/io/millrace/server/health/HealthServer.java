package io.millrace.server.health;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.metrics.exporter.httpserver.MetricsHandler;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tools.jackson.databind.json.JsonMapper;

/** Answers those who watch over the process. */
public final class HealthServer implements AutoCloseable {
  private static final int BACKLOG = 64;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private record Problem(String type, String title, int status, String detail) {}

  private final HttpServer server;
  private final ExecutorService executor;
  private final Readiness readiness;

  private HealthServer(HttpServer server, ExecutorService executor, Readiness readiness) {
    this.server = server;
    this.executor = executor;
    this.readiness = readiness;
  }

  /** Listens at once; {@link #port} tells where. */
  public static HealthServer start(
      InetSocketAddress address, PrometheusRegistry registry, Readiness readiness)
      throws IOException {
    HttpServer server = HttpServer.create(address, BACKLOG);
    ExecutorService executor =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("health-", 0).factory());
    HealthServer health = new HealthServer(server, executor, readiness);
    server.setExecutor(executor);
    server.createContext("/metrics", new MetricsHandler(registry));
    server.createContext("/health/live", exchange -> health.answer(exchange, Optional.empty()));
    server.createContext(
        "/health/ready", exchange -> health.answer(exchange, readiness.obstacle()));
    server.start();
    return health;
  }

  private void answer(HttpExchange exchange, Optional<String> obstacle) throws IOException {
    String method = exchange.getRequestMethod();
    boolean isRead = method.equals("GET") || method.equals("HEAD");
    String problem = "application/problem+json";
    if (!isRead) {
      send(exchange, 405, problem, problem("Method not allowed", 405, method));
    } else if (obstacle.isPresent()) {
      send(exchange, 503, problem, problem("Not ready", 503, obstacle.get()));
    } else {
      send(exchange, 200, "application/json", "{\"status\":\"ok\"}");
    }
  }

  private static String problem(String title, int status, String detail) {
    return JSON.writeValueAsString(new Problem("about:blank", title, status, detail));
  }

  private static void send(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    try (exchange) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.getResponseHeaders().set("Cache-Control", "no-store");
      boolean isHead = exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(status, isHead ? -1 : bytes.length);
      if (!isHead) {
        exchange.getResponseBody().write(bytes);
      }
    }
  }

  public int port() {
    return server.getAddress().getPort();
  }

  public Readiness readiness() {
    return readiness;
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }
}
