package io.millrace.control;

import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpException;
import io.helidon.http.RequestException;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.millrace.control.http.ApiLimits;
import io.millrace.control.http.Json;
import io.millrace.control.http.Problem;
import io.millrace.control.http.ProblemException;
import io.millrace.control.http.RequestDeadlines;
import io.millrace.control.http.RequestFraming;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells errors as problem documents: those of routes, and what Helidon refuses before any. */
public final class HttpErrors {
  private static final Logger log = LoggerFactory.getLogger(HttpErrors.class);

  /** Held, so that its level stays: Helidon tells each socket's life and bad request otherwise. */
  private static final java.util.logging.Logger HELIDON =
      java.util.logging.Logger.getLogger("io.helidon");

  static {
    HELIDON.setLevel(java.util.logging.Level.SEVERE);
  }

  private static final String PROBLEM = "application/problem+json";

  /** What Helidon says of headers beyond their limit; it has no status of its own for them. */
  private static final String HEAD_TOO_LARGE = "Header size exceeded";

  private final ApiLimits limits;
  private final RequestDeadlines deadlines;
  private final IntConsumer count;

  /**
   * @param count is told the status of an answer that no filter sees
   */
  public HttpErrors(ApiLimits limits, RequestDeadlines deadlines, IntConsumer count) {
    this.limits = limits;
    this.deadlines = deadlines;
    this.count = count;
  }

  /** Answers what the routes throw. */
  public void addTo(HttpRouting.Builder routing) {
    routing
        .error(ProblemException.class, (_, response, error) -> send(response, error))
        .error(Throwable.class, this::failed);
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
  public DirectHandlers refusals() {
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
              count.accept(problem.status());
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
      return Problem.tooLarge(limits).problem();
    }
    if (status.code() == Status.SERVICE_UNAVAILABLE_503.code()) {
      return Problem.requestsTooLarge().problem();
    }
    if (status.code() == Status.REQUEST_TIMEOUT_408.code()) {
      return Problem.requestTimeout().problem();
    }
    if (status.code() == Status.REQUEST_URI_TOO_LONG_414.code()) {
      return Problem.uriTooLong(limits).problem();
    }
    if (status.code() == Status.BAD_REQUEST_400.code() && HEAD_TOO_LARGE.equals(message)) {
      return Problem.headTooLarge(limits).problem();
    }
    String title = status.reasonPhrase();
    String why = RequestFraming.isReason(message) ? message : title;
    return new Problem(
        "about:blank", title, status.code(), "The request cannot be served: " + why, null);
  }
}
