package io.millrace.sdk;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.millrace.sdk.internal.EventTimings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An API that answers what a test says. */
final class FakeApi implements AutoCloseable {
  static final String TOKEN = "mat_secret";
  static final EventTimings QUICK =
      new EventTimings(Duration.ofSeconds(3), Duration.ofMillis(20), Duration.ofMillis(200));

  /** What was asked. */
  record Request(String method, String target, Map<String, List<String>> headers, String body) {
    String header(String name) {
      return String.join(",", headers.getOrDefault(name, List.of()));
    }
  }

  /** Answers one request. */
  interface Answer {
    void to(HttpExchange exchange) throws IOException, InterruptedException;
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private volatile Answer answer = json(404, "{}");

  FakeApi() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      requests.add(
          new Request(
              exchange.getRequestMethod(),
              exchange.getRequestURI().toString(),
              Map.copyOf(exchange.getRequestHeaders()),
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
      answer.to(exchange);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  FakeApi answer(Answer next) {
    answer = next;
    return this;
  }

  static Answer json(int status, String body) {
    return of(status, "application/json", body);
  }

  static Answer problem(int status, String type, String detail) {
    return of(
        status,
        "application/problem+json",
        "{\"type\":\"%s\",\"title\":\"Some title\",\"status\":%d,\"detail\":\"%s\"}"
            .formatted(type, status, detail));
  }

  static Answer of(int status, String type, String body) {
    return exchange -> {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      if (bytes.length > 0) {
        exchange.getResponseBody().write(bytes);
      }
    };
  }

  URI uri() {
    return URI.create("http://localhost:" + server.getAddress().getPort());
  }

  MillraceClient.Builder client() {
    return MillraceClient.builder().baseUri(uri()).token(TOKEN).eventTimings(QUICK);
  }

  List<Request> requests() {
    return requests;
  }

  Request request() {
    return requests.get(requests.size() - 1);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
