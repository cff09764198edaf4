package io.millrace.control.tokens;

import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.millrace.control.http.Json;
import io.millrace.control.http.JsonBody;
import io.millrace.control.http.Problem;
import io.millrace.control.link.TokenChange.Revocation;
import io.millrace.control.token.TokenClaims;
import io.millrace.control.token.TokenFormat;
import io.millrace.control.token.TokenKey;
import io.millrace.control.token.TokenPolicy;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Answers {@code /api/v1/token-keys} and {@code /api/v1/token-revocations}; makes tokens. */
public final class TokenRoutes {
  /** What a key is written with for whoever makes tokens with it. */
  private static final String KEY_PREFIX = "mtk_";

  /** So long a token of the API can be good, with the longest session after it. */
  private static final int MOST_KEPT_SECONDS = NewToken.MOST_SECONDS + TokenPolicy.MOST_SESSION_S;

  /** Hears of what changed for edges. */
  public interface Listener {
    void tokensChanged();
  }

  private final TokenKeyStore keys;
  private final RevocationStore revocations;
  private final Listener listener;

  public TokenRoutes(TokenKeyStore keys, RevocationStore revocations, Listener listener) {
    this.keys = keys;
    this.revocations = revocations;
    this.listener = listener;
  }

  /** A key as it is shown: the text of it once, when it is made. */
  private record KeyView(int number, @Nullable String key, Instant createdAt) {}

  /** A revocation as it is shown. */
  private record RevocationView(@Nullable String id, @Nullable String session, Instant until) {}

  public HttpService keyRoutes() {
    return rules -> rules.get("/", this::list).post("/", this::rotate);
  }

  public HttpService revocationRoutes() {
    return rules -> rules.post("/", this::revoke);
  }

  /** Makes a token; {@code claims} are good for what they are asked for. */
  public String make(TokenClaims claims) {
    List<TokenKeyStore.Kept> inForce = keys.inForce();
    if (inForce.isEmpty()) {
      throw Problem.unavailable(
          "There is no key to make tokens with: start the control plane anew");
    }
    return TokenFormat.write(claims, inForce.getFirst().key());
  }

  private void list(ServerRequest request, ServerResponse response) {
    List<KeyView> views =
        keys.inForce().stream()
            .map(kept -> new KeyView(kept.key().number(), null, kept.createdAt()))
            .toList();
    Json.send(response, 200, Map.of("keys", views));
  }

  private void rotate(ServerRequest request, ServerResponse response) {
    JsonBody.of(request).check();
    TokenKeyStore.Kept kept = keys.rotate(Instant.now().truncatedTo(ChronoUnit.MICROS));
    listener.tokensChanged();
    Json.send(response, 201, new KeyView(kept.key().number(), text(kept.key()), kept.createdAt()));
  }

  /** Its number and its secret in one. */
  private static String text(TokenKey key) {
    return KEY_PREFIX
        + key.number()
        + "_"
        + Base64.getUrlEncoder().withoutPadding().encodeToString(key.secret());
  }

  private void revoke(ServerRequest request, ServerResponse response) {
    JsonBody body = JsonBody.of(request);
    Optional<String> id = body.string("id");
    Optional<String> session = body.string("session");
    if (id.isPresent() == session.isPresent()) {
      body.error("id", "(expected: the id of a token, or a session, and not both)");
    }
    if (id.isPresent() && (id.get().isEmpty() || !TokenClaims.isId(id.get()))) {
      body.error(
          "id", "%s (expected: 1 to 16 pairs of 0-9 and a-f)".formatted(JsonBody.shown(id.get())));
    }
    if (session.isPresent() && (session.get().isEmpty() || !TokenClaims.isSession(session.get()))) {
      body.error("session", NewToken.SESSION_RULE);
    }
    int seconds = body.integer("forSeconds").orElse(MOST_KEPT_SECONDS);
    if (seconds < 1 || seconds > MOST_KEPT_SECONDS) {
      body.error("forSeconds", "%d (expected: 1 to %d)".formatted(seconds, MOST_KEPT_SECONDS));
    }
    body.check();
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    Instant until = now.plusSeconds(seconds);
    Revocation revocation =
        new Revocation(id.orElse(""), session.orElse(""), until.getEpochSecond());
    if (!revocations.add(revocation, now)) {
      throw Problem.limitReached(
          ("There are %d revocations in force, as many as there may be: two new keys revoke every"
                  + " token of before")
              .formatted(RevocationStore.MOST));
    }
    listener.tokensChanged();
    Json.send(response, 201, new RevocationView(id.orElse(null), session.orElse(null), until));
  }

  /** A token as it is shown once. */
  public record TokenView(
      String token,
      String id,
      UUID channel,
      Instant expiresAt,
      @Nullable String session,
      @Nullable String address,
      Watch watch) {}

  /** Where to watch with it. */
  public record Watch(@Nullable String hls, @Nullable String dash) {}
}
