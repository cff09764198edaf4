package io.millrace.control;

import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpException;
import io.helidon.http.RequestException;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.Router;
import io.helidon.webserver.http.DirectHandlers;
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
import io.millrace.control.http.ProblemException;
import io.millrace.control.http.ProblemType;
import io.millrace.control.http.RequestDeadlines;
import io.millrace.control.http.RequestFraming;
import io.millrace.control.http.WebPages;
import io.millrace.control.live.EventRoutes;
import io.millrace.control.nodes.NodeRoutes;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the routes together: the API, health, the contract, the pages, and how errors are told. */
final class HttpApi implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HttpApi.class);

  /** Held, so that its level stays: Helidon tells each socket's life and bad request otherwise. */
  private static final java.util.logging.Logger HELIDON =
      java.util.logging.Logger.getLogger("io.helidon");

  static {
    HELIDON.setLevel(java.util.logging.Level.SEVERE);
  }

  private static final String API = "/api/v1";
  private static final String PROBLEM = "application/problem+json";

  /** What is sent when all is well, what Helidon has words of its own for, and all problems. */
  private static final Set<Integer> STATUSES =
      Stream.concat(Stream.of(200, 201, 202, 204, 304, 501), ProblemType.statuses())
          .collect(Collectors.toUnmodifiableSet());

  /** What Helidon says of headers beyond their limit; it has no status of its own for them. */
  private static final String HEAD_TOO_LARGE = "Header size exceeded";

  private final SessionRoutes sessions;
  private final ChannelRoutes channels;
  private final NodeRoutes nodes;
  private final EventRoutes events;
  private final Database database;
  private final Counter requests;
  private final ControlPlaneConfig config;
  private final PrometheusRegistry metrics;
  private final RequestDeadlines deadlines;

  HttpApi(
      ControlPlaneConfig config,
      SessionRoutes sessions,
      ChannelRoutes channels,
      NodeRoutes nodes,
      EventRoutes events,
      Database database,
      PrometheusRegistry metrics) {
    this.config = config;
    this.sessions = sessions;
    this.channels = channels;
    this.nodes = nodes;
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
            Router.builder().addRouting(routing).build(), deadlines, problems());
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
        .addFilter(sessions.filter())
        .register(API + "/session", KnownPaths.of(sessions))
        .register(API + "/channels", KnownPaths.of(channels))
        .register(API + "/public/channels", KnownPaths.of(channels.publicRoutes()))
        .register(API + "/nodes", KnownPaths.of(nodes))
        .register(API + "/node-tokens", KnownPaths.of(nodes.tokenRoutes()))
        .register(API + "/events", KnownPaths.of(events))
        .register(KnownPaths.of(this::ownRoutes))
        .any("/api/*", HttpApi::nothingHere)
        .register("/", new WebPages())
        .any("/*", HttpApi::nothingHere)
        .error(ProblemException.class, (_, response, error) -> send(response, error))
        .error(Throwable.class, (request, response, error) -> failed(request, response, error));
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

  private static void send(ServerResponse response, ProblemException error) {
    error
        .retryAfter()
        .ifPresent(
            wait -> response.header(HeaderNames.RETRY_AFTER, String.valueOf(wait.toSeconds())));
    Json.sendProblem(response, error.problem());
  }

  private void failed(ServerRequest request, ServerResponse response, Throwable error) {
    if (error instanceof RequestException known) {
      Json.sendProblem(response, problem(known.status(), ""));
      return;
    }
    if (error instanceof HttpException known
        && known.status().family() != Status.Family.SERVER_ERROR) {
      Json.sendProblem(response, problem(known.status(), ""));
      return;
    }
    if (isDatabaseAway(error)) {
      log.warn("The database cannot be reached: {}", error.getMessage());
      send(response, Problem.unavailable("The database cannot be reached: try again shortly"));
      return;
    }
    log.error(
        "{} {} failed",
        request.prologue().method().text(),
        request.path().absolute().path(),
        error);
    send(response, Problem.internal());
  }

  private static boolean isDatabaseAway(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      boolean away =
          cause instanceof SQLTransientConnectionException
              || cause instanceof SQLNonTransientConnectionException
              || (cause instanceof SQLException sql
                  && sql.getSQLState() != null
                  && (sql.getSQLState().startsWith("08") || sql.getSQLState().startsWith("57P")));
      if (away) {
        return true;
      }
    }
    return false;
  }

  /** What Helidon refuses before any route sees it, told as a problem too. */
  private DirectHandlers problems() {
    DirectHandlers.Builder handlers = DirectHandlers.builder();
    for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
      handlers.addHandler(
          type,
          (request, event, status, headers, message) -> {
            deadlines.refuses();
            ServerResponseHeaders answer = ServerResponseHeaders.create();
            answer.set(HeaderValues.create(HeaderNames.CONTENT_TYPE, PROBLEM));
            // What fails before any of our own code has run is wrong with the request.
            boolean ours =
                type != DirectHandler.EventType.INTERNAL_ERROR || RequestDeadlines.isRouted();
            Problem problem = problem(ours ? status : Status.BAD_REQUEST_400, message);
            byte[] body = Json.MAPPER.writeValueAsBytes(problem);
            if (!RequestDeadlines.isRouted()) { // what is routed is counted as it is sent
              count(problem.status());
            }
            return DirectHandler.TransportResponse.builder()
                .status(problem.httpStatus())
                .headers(answer)
                .keepAlive(false)
                .entity(new String(body, StandardCharsets.UTF_8))
                .build();
          });
    }
    return handlers.build();
  }

  /** A message of Helidon's may repeat what was sent: it is looked at, and not told. */
  private Problem problem(Status status, String message) {
    if (status.code() == Status.REQUEST_ENTITY_TOO_LARGE_413.code()) {
      return Problem.tooLarge(config.api()).problem();
    }
    if (status.code() == Status.SERVICE_UNAVAILABLE_503.code()) {
      return Problem.requestsTooLarge().problem();
    }
    if (status.code() == Status.REQUEST_TIMEOUT_408.code()) {
      return Problem.requestTimeout().problem();
    }
    if (status.code() == Status.REQUEST_URI_TOO_LONG_414.code()) {
      return Problem.uriTooLong(config.api()).problem();
    }
    if (status.code() == Status.BAD_REQUEST_400.code() && HEAD_TOO_LARGE.equals(message)) {
      return Problem.headTooLarge(config.api()).problem();
    }
    String title = status.reasonPhrase();
    String why = RequestFraming.isReason(message) ? message : title;
    return new Problem(
        "about:blank", title, status.code(), "The request cannot be served: " + why, null);
  }
}
