package io.millrace.control;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.Router;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.millrace.control.access.SessionRoutes;
import io.millrace.control.channels.ChannelRoutes;
import io.millrace.control.database.Database;
import io.millrace.control.http.HttpListener;
import io.millrace.control.http.Json;
import io.millrace.control.http.JsonBody;
import io.millrace.control.http.KnownPaths;
import io.millrace.control.http.Problem;
import io.millrace.control.http.ProblemType;
import io.millrace.control.http.RequestDeadlines;
import io.millrace.control.http.RequestRates;
import io.millrace.control.http.WebPages;
import io.millrace.control.live.EventRoutes;
import io.millrace.control.nodes.NodeRoutes;
import io.millrace.control.tokens.TokenRoutes;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Puts the routes together: the API, health, the contract, the pages, and how errors are told. */
final class HttpApi implements AutoCloseable {
  private static final String API = "/api/v1";

  /** What is sent when all is well, what Helidon has words of its own for, and all problems. */
  private static final Set<Integer> STATUSES =
      Stream.concat(Stream.of(200, 201, 202, 204, 304, 501), ProblemType.statuses())
          .collect(Collectors.toUnmodifiableSet());

  private final SessionRoutes sessions;
  private final ChannelRoutes channels;
  private final NodeRoutes nodes;
  private final TokenRoutes tokens;
  private final EventRoutes events;
  private final Database database;
  private final Counter requests;
  private final ControlPlaneConfig config;
  private final PrometheusRegistry metrics;
  private final RequestDeadlines deadlines;
  private final RequestRates rates;
  private final HttpErrors errors;

  HttpApi(
      ControlPlaneConfig config,
      SessionRoutes sessions,
      ChannelRoutes channels,
      NodeRoutes nodes,
      TokenRoutes tokens,
      EventRoutes events,
      Database database,
      PrometheusRegistry metrics) {
    this.config = config;
    this.sessions = sessions;
    this.channels = channels;
    this.nodes = nodes;
    this.tokens = tokens;
    this.events = events;
    this.database = database;
    this.requests =
        Counter.builder()
            .name("millrace_control_http_requests")
            .help("Answers of the API and of its port's pages, by status")
            .labelNames("status")
            .register(metrics);
    STATUSES.forEach(status -> requests.initLabelValues(String.valueOf(status)));
    this.metrics = metrics;
    this.deadlines = new RequestDeadlines(config.api(), metrics);
    this.rates = new RequestRates(config.api(), metrics);
    this.errors = new HttpErrors(config.api(), deadlines, this::count);
  }

  /** Ends the watch over requests, after the server was stopped. */
  @Override
  public void close() {
    deadlines.close();
  }

  /** Loads what the server needs while the database starts. */
  static void warmUp() {
    Thread.ofVirtual()
        .name("control-warm-up")
        .start(
            () -> {
              HttpListener.load();
              Json.MAPPER.writeValueAsString(Map.of("warm", true));
            });
  }

  HttpListener start() {
    HttpRouting.Builder routing = HttpRouting.builder();
    route(routing);
    HttpListener.Served served =
        new HttpListener.Served(
            Router.builder().addRouting(routing).build(), deadlines, errors.refusals());
    try {
      return HttpListener.open(config.host(), config.port(), config.api(), served, metrics);
    } catch (IOException e) {
      throw new ControlPlaneException(
          "control.port: %s:%d cannot be opened: %s"
              .formatted(config.host(), config.port(), e.getMessage()),
          e);
    }
  }

  private void route(HttpRouting.Builder routing) {
    routing
        .addFilter(
            (chain, request, response) -> {
              config.api().attachTo(request);
              response.whenSent(() -> count(response.status().code()));
              chain.proceed();
            })
        .addFilter(deadlines)
        .addFilter(rates)
        .addFilter(sessions.filter())
        .register(API + "/session", KnownPaths.of(sessions))
        .register(API + "/channels", KnownPaths.of(channels))
        .register(API + "/public/channels", KnownPaths.of(channels.publicRoutes()))
        .register(API + "/nodes", KnownPaths.of(nodes))
        .register(API + "/node-tokens", KnownPaths.of(nodes.tokenRoutes()))
        .register(API + "/token-keys", KnownPaths.of(tokens.keyRoutes()))
        .register(API + "/token-revocations", KnownPaths.of(tokens.revocationRoutes()))
        .register(API + "/events", KnownPaths.of(events))
        .register(KnownPaths.of(this::ownRoutes))
        .any("/api/*", HttpApi::nothingHere)
        .register("/", new WebPages())
        .any("/*", HttpApi::nothingHere);
    errors.addTo(routing);
  }

  private void ownRoutes(HttpRules rules) {
    rules
        .get(API + "/openapi.yaml", this::contract)
        .get("/health/live", (_, response) -> Json.send(response, 200, Map.of("status", "ok")))
        .get("/health/ready", this::ready);
  }

  private void count(int status) {
    requests.labelValues(STATUSES.contains(status) ? String.valueOf(status) : "other").inc();
  }

  private void ready(ServerRequest request, ServerResponse response) {
    Optional<String> trouble = database.trouble();
    if (trouble.isPresent()) {
      throw Problem.unavailable(trouble.get());
    }
    Json.send(response, 200, Map.of("status", "ok"));
  }

  private void contract(ServerRequest request, ServerResponse response) {
    try (InputStream in = HttpApi.class.getResourceAsStream("/openapi.yaml")) {
      if (in == null) {
        throw Problem.notFound("This build has no contract");
      }
      response.header(HeaderNames.CONTENT_TYPE, "application/yaml");
      response.send(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException("The contract cannot be read", e);
    }
  }

  private static void nothingHere(ServerRequest request, ServerResponse response) {
    throw Problem.notFound(
        "%s %s: nothing is there (see /api/v1/openapi.yaml)"
            .formatted(request.prologue().method().text(), JsonBody.shown(request.path().path())));
  }
}
