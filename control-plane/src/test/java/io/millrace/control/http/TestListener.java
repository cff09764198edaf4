package io.millrace.control.http;

import io.helidon.http.DirectHandler;
import io.helidon.webserver.Router;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1ConnectionListener;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;

/** Listeners on free ports of this machine. */
final class TestListener {
  static final Http1ConnectionListener IGNORING = new Http1ConnectionListener() {};

  private TestListener() {}

  static HttpListener open(
      ApiLimits limits,
      Http1ConnectionListener reads,
      Consumer<HttpRouting.Builder> routes,
      PrometheusRegistry metrics) {
    try {
      return HttpListener.open("127.0.0.1", 0, limits, served(reads, routes), metrics);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Answers ok to who asks for the root. */
  static HttpListener ok(ApiLimits limits, PrometheusRegistry metrics) {
    return open(limits, IGNORING, TestListener::answerOk, metrics);
  }

  /** The like, that reads a body first. */
  static HttpListener reading(ApiLimits limits, PrometheusRegistry metrics) {
    return open(
        limits,
        IGNORING,
        routing -> {
          answerOk(routing);
          routing.post(
              "/", (request, response) -> response.send(request.content().as(byte[].class)));
        },
        metrics);
  }

  static HttpListener.Served servedOk() {
    return served(IGNORING, TestListener::answerOk);
  }

  private static void answerOk(HttpRouting.Builder routing) {
    routing.get("/", (_, response) -> response.send("ok"));
  }

  private static HttpListener.Served served(
      Http1ConnectionListener reads, Consumer<HttpRouting.Builder> routes) {
    HttpRouting.Builder routing = HttpRouting.builder();
    routes.accept(routing);
    return new HttpListener.Served(Router.builder().addRouting(routing).build(), reads, refusals());
  }

  private static DirectHandlers refusals() {
    DirectHandlers.Builder handlers = DirectHandlers.builder();
    for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
      handlers.addHandler(
          type,
          (_, _, status, _, _) ->
              DirectHandler.TransportResponse.builder().status(status).keepAlive(false).build());
    }
    return handlers.build();
  }
}
