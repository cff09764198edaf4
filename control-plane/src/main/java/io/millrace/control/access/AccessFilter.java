package io.millrace.control.access;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.millrace.control.http.Problem;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Lets through to the API who shows the administrator's token, or the cookie of a session. A
 * browser sends the cookie along with whatever a page asks of it, so with it a change must come
 * from our own pages.
 */
public final class AccessFilter implements Filter {
  static final String COOKIE = "millrace_session";
  private static final String API = "/api/";
  private static final Set<String> OPEN = Set.of("/api/v1/session", "/api/v1/openapi.yaml");
  private static final String OPEN_BELOW = "/api/v1/public/";
  private static final String BEARER = "bearer ";
  private static final HeaderName SEC_FETCH_SITE = HeaderNames.create("Sec-Fetch-Site");
  private static final Set<Method> SAFE = Set.of(Method.GET, Method.HEAD, Method.OPTIONS);

  private final AdminToken token;
  private final SessionStore sessions;
  private final LoginLimiter limiter;

  AccessFilter(AdminToken token, SessionStore sessions, LoginLimiter limiter) {
    this.token = token;
    this.sessions = sessions;
    this.limiter = limiter;
  }

  @Override
  public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
    String path = request.path().path();
    if (path.startsWith(API) && !OPEN.contains(path) && !path.startsWith(OPEN_BELOW)) {
      Visitor visitor = visitor(request);
      if (visitor.via() == Via.COOKIE && !SAFE.contains(request.prologue().method())) {
        requireOwnPage(request);
      }
    }
    chain.proceed();
  }

  /** Who asks; throws a problem where that is nobody we know. */
  Visitor visitor(ServerRequest request) {
    return known(request)
        .orElseThrow(
            () ->
                Problem.unauthorized(
                    "No session (expected: the header Authorization with the administrator's token,"
                        + " or a cookie from POST /api/v1/session)"));
  }

  /** Who asks, where they say so; throws a problem where that is with a wrong token. */
  Optional<Visitor> known(ServerRequest request) {
    Optional<String> authorization = request.headers().first(HeaderNames.AUTHORIZATION);
    if (authorization.isPresent()) {
      String value = authorization.get();
      if (value.toLowerCase(Locale.ROOT).startsWith(BEARER)
          && token.is(value.substring(BEARER.length()).strip())) {
        return Optional.of(new Visitor(Via.TOKEN, Optional.empty()));
      }
      limiter.failed(request);
      throw Problem.unauthorized(
          "authorization: not the administrator's token (expected: Bearer and what is in the file"
              + " admin-token of the data directory)");
    }
    Optional<String> cookie = request.headers().cookies().first(COOKIE).asOptional();
    return cookie
        .flatMap(value -> sessions.expiry(value, token.hash(), Instant.now()))
        .map(expiry -> new Visitor(Via.COOKIE, Optional.of(expiry)));
  }

  /**
   * Lets in a request whose answer goes on for as long as who asks is known. Asks the database
   * once, at the start. Throws a problem where that is nobody we know.
   *
   * <p>A token is known for as long as the process runs: another one is read when it starts.
   *
   * @param ended is run, on any thread, once or more, where the session is deleted; not where it
   *     expires
   */
  public Stay stay(ServerRequest request, Runnable ended) {
    // First, so that a session that is deleted in between is not missed.
    Runnable leave =
        request
            .headers()
            .cookies()
            .first(COOKIE)
            .asOptional()
            .map(cookie -> sessions.whenDeleted(cookie, ended))
            .orElse(() -> {});
    try {
      Visitor visitor = visitor(request);
      if (visitor.via() == Via.TOKEN) {
        leave.run(); // a cookie that is sent along lets nobody in, and puts nobody out
      }
      return new Stay(visitor.expiresAt(), leave);
    } catch (RuntimeException e) {
      leave.run();
      throw e;
    }
  }

  /**
   * What goes on, until it is closed.
   *
   * @param expiresAt when it has to end; empty with a token
   */
  public record Stay(Optional<Instant> expiresAt, Runnable leave) implements AutoCloseable {
    @Override
    public void close() {
      leave.run();
    }
  }

  /** Refuses what a browser sends for another site's page. */
  static void requireOwnPage(ServerRequest request) {
    Optional<String> site = request.headers().first(SEC_FETCH_SITE);
    Optional<String> origin = request.headers().first(HeaderNames.ORIGIN);
    boolean own =
        site.map("same-origin"::equals).orElse(true)
            && origin.map(value -> isOwn(value, request)).orElse(true)
            && (site.isPresent() || origin.isPresent());
    if (!own) {
      throw Problem.forbidden(
          "A change with the session cookie must come from the console's own pages (Origin,"
              + " Sec-Fetch-Site)");
    }
  }

  /** Refuses another site's page where the browser says so; programs say nothing. */
  static void refuseOtherPages(ServerRequest request) {
    if (request.headers().contains(SEC_FETCH_SITE)
        || request.headers().contains(HeaderNames.ORIGIN)) {
      requireOwnPage(request);
    }
  }

  private static boolean isOwn(String origin, ServerRequest request) {
    String host = request.headers().first(HeaderNames.HOST).orElse(request.authority());
    try {
      String authority = new URI(origin).getAuthority();
      return authority != null && authority.equalsIgnoreCase(host);
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /** How someone showed who they are. */
  enum Via {
    TOKEN,
    COOKIE
  }

  /**
   * The administrator, for now.
   *
   * @param expiresAt when the session ends; empty with a token
   */
  record Visitor(Via via, Optional<Instant> expiresAt) {}
}
