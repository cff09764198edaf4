package io.millrace.delivery.http;

import io.millrace.control.token.AddressPrefix;
import io.millrace.control.token.TokenClaims;
import io.millrace.control.token.TokenPolicy;
import io.millrace.control.token.TokenRefusal;
import io.millrace.control.token.TokenTrust;
import io.millrace.control.token.TokenVerifier;
import io.millrace.control.token.Verdict;
import io.millrace.delivery.Channels;
import io.millrace.delivery.DeliveryConfig;
import io.millrace.delivery.DeliveryMetrics;
import io.millrace.delivery.DeliveryMetrics.Kind;
import io.millrace.delivery.WatchedChannel;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a viewer's token lets a request be answered. Confined to an event loop; a token
 * that was seen before is looked at without allocation.
 *
 * <p>A token comes before the path ({@code /t/TOKEN/live/…}), which relative addresses inherit; in
 * {@code Authorization: Bearer}; or in the cookie {@code millrace-token}: the first of these
 * counts.
 */
final class ViewerTokens {
  private static final String BEARER = "Bearer ";
  private static final String COOKIE = "millrace-token=";

  private final Channels channels;
  private final DeliveryMetrics metrics;
  private final HttpDate date;
  private final TokenVerifier verifier;
  private final Responses responses;
  private final Answers answers;
  private TokenTrust trust = TokenTrust.NONE;
  private boolean changed;

  ViewerTokens(
      Channels channels,
      DeliveryConfig config,
      DeliveryMetrics metrics,
      HttpDate date,
      ByteBufAllocator allocator) {
    this.channels = channels;
    this.metrics = metrics;
    this.date = date;
    this.verifier = new TokenVerifier(config.maxTokens());
    this.responses = new Responses(date, allocator, /* guarded= */ true);
    this.answers = new Answers(config, date, allocator, responses);
  }

  /** To viewers with a token. */
  Responses responses() {
    return responses;
  }

  /** To viewers with a token. */
  Answers answers() {
    return answers;
  }

  /** Takes over what decides now. */
  private void refresh() {
    TokenTrust now = channels.tokens();
    if (!now.equals(trust)) { // the same object, as a rule
      trust = now;
      verifier.keys(now.keys());
      changed = true;
    }
  }

  /** Counts the tokens that were not remembered since this was called last. */
  void tellChecked() {
    metrics.tokensChecked(verifier.takeChecked());
  }

  /** Whether something else decides than when this was asked last. */
  boolean hasChanged() {
    refresh();
    boolean was = changed;
    changed = false;
    return was;
  }

  /** What refuses the request; null: it may be answered, and the exchange knows by what. */
  @Nullable Response refusal(WatchedChannel channel, Request request, Exchange exchange) {
    TokenRefusal why = why(channel, request, exchange);
    return why == null ? null : forbidden(why);
  }

  /** What answers one that waits and may not any more; null: it may. */
  @Nullable Response refusalNow(WatchedChannel channel, Exchange exchange) {
    TokenPolicy policy = channel.tokens();
    if (!policy.required()) {
      return null;
    }
    Verdict.Genuine token = exchange.token;
    if (token == null) {
      return responses.unavailable("token: needed from now on, ask again");
    }
    TokenRefusal why = whyNow(policy, token);
    return why == null ? null : forbidden(why);
  }

  private Response forbidden(TokenRefusal why) {
    metrics.tokenRefused(why);
    return responses.refused(403, why.why());
  }

  private @Nullable TokenRefusal why(WatchedChannel channel, Request request, Exchange exchange) {
    exchange.token = null;
    TokenPolicy policy = channel.tokens();
    if (!policy.required()) {
      return null;
    }
    refresh();
    Verdict verdict = verdict(request);
    if (!(verdict instanceof Verdict.Genuine genuine)) {
      return verdict instanceof TokenRefusal refusal ? refusal : TokenRefusal.MALFORMED;
    }
    TokenClaims claims = genuine.claims();
    if (!claims.scope().contains(channel.id().value(), request.path(), request.routeAt())) {
      return TokenRefusal.OTHER_CHANNEL;
    }
    int goesOnS = begins(exchange.kind) ? 0 : policy.longestSessionS();
    TokenRefusal refusal = claims.refusalAt(date.second(), goesOnS);
    if (refusal == null) {
      refusal = elsewhere(claims, exchange);
    }
    if (refusal == null) {
      refusal = whyNow(policy, genuine);
    }
    exchange.token = refusal == null ? genuine : null;
    return refusal;
  }

  /** Why what was good is no good any more; null: it is. */
  private @Nullable TokenRefusal whyNow(TokenPolicy policy, Verdict.Genuine token) {
    TokenRefusal refusal = trust.refusal(token);
    return refusal == null ? policy.refusal(token.claims()) : refusal;
  }

  private static @Nullable TokenRefusal elsewhere(TokenClaims claims, Exchange exchange) {
    AddressPrefix addresses = claims.addresses();
    if (addresses != null && !addresses.contains(exchange.remote())) {
      return TokenRefusal.OTHER_ADDRESS;
    }
    return claims.country().isEmpty() ? null : TokenRefusal.OTHER_COUNTRY;
  }

  /** What a session begins with; an MPD is asked for again, but it cannot be told when. */
  private static boolean begins(Kind kind) {
    return kind == Kind.MULTIVARIANT || kind == Kind.MANIFEST;
  }

  private Verdict verdict(Request request) {
    int routeAt = request.routeAt();
    if (routeAt > 0) {
      return verifier.verify(request.path(), Request.TOKEN_AT, routeAt);
    }
    String authorization = request.authorization();
    if (authorization != null
        && authorization.regionMatches(/* ignoreCase= */ true, 0, BEARER, 0, BEARER.length())) {
      int from = BEARER.length();
      while (from < authorization.length() && authorization.charAt(from) == ' ') {
        from++;
      }
      return verifier.verify(authorization, from, authorization.length());
    }
    String cookie = request.cookie();
    int at = cookie == null ? -1 : inCookie(cookie);
    if (cookie == null || at < 0) {
      return TokenRefusal.MISSING;
    }
    int end = cookie.indexOf(';', at);
    return verifier.verify(cookie, at, end < 0 ? cookie.length() : end);
  }

  static boolean isInCookie(String cookie) {
    return inCookie(cookie) >= 0;
  }

  /** Where the token begins in a Cookie header's value (RFC 6265 4.2.1); below 0: nowhere. */
  private static int inCookie(String cookie) {
    for (int at = cookie.indexOf(COOKIE); at >= 0; at = cookie.indexOf(COOKIE, at + 1)) {
      if (at == 0 || cookie.charAt(at - 1) == ' ' || cookie.charAt(at - 1) == ';') {
        return at + COOKIE.length();
      }
    }
    return -1;
  }
}
