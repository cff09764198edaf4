package io.millrace.control.tokens;

import io.millrace.control.http.JsonBody;
import io.millrace.control.token.AddressPrefix;
import io.millrace.control.token.TokenClaims;
import io.millrace.control.token.TokenPolicy;
import io.millrace.control.token.TokenPolicy.Binding;
import io.millrace.control.token.TokenScope;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a token is asked for with.
 *
 * @param session empty: none
 */
public record NewToken(int expiresInSeconds, String session, @Nullable AddressPrefix address) {
  /** A revocation that is kept for as long as this is of every token that the API makes. */
  static final int MOST_SECONDS = 30 * 24 * 60 * 60;

  private static final int LEAST_SECONDS = 10;
  private static final int USUAL_SECONDS = 60 * 60;
  private static final int ID_BYTES = 8;
  private static final SecureRandom RANDOM = new SecureRandom();

  /** Reads it for a channel that wants these bindings; throws a problem where it is wrong. */
  public static NewToken read(JsonBody body, TokenPolicy policy) {
    int seconds = body.integer("expiresInSeconds").orElse(USUAL_SECONDS);
    if (seconds < LEAST_SECONDS || seconds > MOST_SECONDS) {
      body.error(
          "expiresInSeconds",
          "%d (expected: %d to %d)".formatted(seconds, LEAST_SECONDS, MOST_SECONDS));
    }
    Optional<String> session = body.string("session");
    if (session.isPresent() && (session.get().isEmpty() || !TokenClaims.isSession(session.get()))) {
      body.error("session", SESSION_RULE);
    }
    Optional<String> address = body.string("address");
    AddressPrefix addresses = address.map(text -> address(body, text)).orElse(null);
    require(body, policy, Binding.SESSION, "session", session);
    require(body, policy, Binding.ADDRESS, "address", address);
    body.check();
    return new NewToken(seconds, session.orElse(""), addresses);
  }

  /** It may be a secret of the caller's: what was given is not said again. */
  static final String SESSION_RULE = "(expected: 1 to 32 printable characters of ASCII, no space)";

  private static @Nullable AddressPrefix address(JsonBody body, String text) {
    try {
      return AddressPrefix.parse(text);
    } catch (IllegalArgumentException e) {
      body.error(
          "address",
          "%s (expected: an address, or a network such as 203.0.113.0/24 or 2001:db8::/48)"
              .formatted(JsonBody.shown(text)));
      return null;
    }
  }

  private static void require(
      JsonBody body, TokenPolicy policy, Binding binding, String field, Optional<String> value) {
    if (policy.required() && policy.bindings().contains(binding) && value.isEmpty()) {
      body.error(field, "missing (expected: one, as the channel's tokens must be bound to it)");
    }
  }

  /** With an id of its own. */
  public TokenClaims claims(UUID channel, Instant now) {
    byte[] id = new byte[ID_BYTES];
    RANDOM.nextBytes(id);
    return new TokenClaims(
        new TokenScope.OfChannel(channel),
        new TokenClaims.Times(0, now.getEpochSecond() + expiresInSeconds),
        HexFormat.of().formatHex(id),
        session,
        address,
        /* country= */ "");
  }
}
