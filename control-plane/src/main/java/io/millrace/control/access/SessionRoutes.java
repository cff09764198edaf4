package io.millrace.control.access;

import io.helidon.http.SetCookie;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.millrace.control.http.Json;
import io.millrace.control.http.JsonBody;
import io.millrace.control.http.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Answers {@code /api/v1/session}: signing in, out, and who one is. */
public final class SessionRoutes implements HttpService {
  private static final String PREFIX = "ms_";

  private record SessionView(
      boolean signedIn, @Nullable String user, @Nullable String via, @Nullable Instant expiresAt) {
    static SessionView of(AccessFilter.Via via, Optional<Instant> expiresAt) {
      return new SessionView(
          true, "administrator", via.name().toLowerCase(Locale.ROOT), expiresAt.orElse(null));
    }

    static SessionView none() {
      return new SessionView(false, null, null, null);
    }
  }

  private final AdminToken token;
  private final SessionStore sessions;
  private final AccessFilter access;
  private final LoginLimiter limiter;

  /**
   * Signs in who shows the token.
   *
   * @param wrongTokensPerMinute that one address, or IPv6 /64, may show
   */
  public SessionRoutes(AdminToken token, Jdbi jdbi, int wrongTokensPerMinute) {
    this.limiter = new LoginLimiter(wrongTokensPerMinute);
    this.token = token;
    this.sessions = new SessionStore(jdbi);
    this.access = new AccessFilter(token, sessions, limiter);
  }

  /** What stands before every route of the API. */
  public AccessFilter filter() {
    return access;
  }

  @Override
  public void routing(HttpRules rules) {
    rules.get("/", this::show).post("/", this::create).delete("/", this::delete);
  }

  private void show(ServerRequest request, ServerResponse response) {
    // Nobody is an answer here, and not a refusal, which browsers show as an error of the page.
    SessionView view =
        access
            .known(request)
            .map(visitor -> SessionView.of(visitor.via(), visitor.expiresAt()))
            .orElseGet(SessionView::none);
    Json.send(response, 200, view);
  }

  private void create(ServerRequest request, ServerResponse response) {
    AccessFilter.refuseOtherPages(request);
    JsonBody body = JsonBody.of(request);
    Optional<String> shown = body.string("token");
    if (shown.isEmpty()) {
      body.error("token", "missing (expected: what is in the file admin-token)");
    }
    body.check();
    if (!token.is(shown.orElseThrow())) {
      limiter.failed(request);
      throw Problem.unauthorized(
          "token: not the administrator's (expected: what is in the file admin-token of the data"
              + " directory)");
    }
    String cookie = Secrets.random(PREFIX);
    Instant expiresAt = sessions.create(cookie, token.hash(), Instant.now());
    setCookie(response, cookie, SessionStore.LIFETIME);
    Json.send(response, 200, SessionView.of(AccessFilter.Via.COOKIE, Optional.of(expiresAt)));
  }

  private void delete(ServerRequest request, ServerResponse response) {
    AccessFilter.refuseOtherPages(request);
    request.headers().cookies().first(AccessFilter.COOKIE).ifPresent(sessions::delete);
    setCookie(response, "", Duration.ZERO);
    response.status(204).send();
  }

  private static void setCookie(ServerResponse response, String value, Duration lifetime) {
    response
        .headers()
        .addCookie(
            SetCookie.builder(AccessFilter.COOKIE, value)
                .path("/")
                .httpOnly(true)
                .sameSite(SetCookie.SameSite.STRICT)
                .maxAge(lifetime)
                .build());
  }
}
