package io.millrace.control.token;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds what decides which tokens are good, at one moment: keys, and what was revoked. Immutable.
 *
 * @param revokedIds ids of tokens
 * @param revokedSessions names of sessions
 */
public record TokenTrust(TokenKeys keys, Set<String> revokedIds, Set<String> revokedSessions) {
  /** No token is good. */
  public static final TokenTrust NONE = new TokenTrust(TokenKeys.NONE, Set.of(), Set.of());

  public TokenTrust {
    revokedIds = Set.copyOf(revokedIds);
    revokedSessions = Set.copyOf(revokedSessions);
  }

  /** Why what was genuine is no good any more; null: it is. Allocates nothing. */
  public @Nullable TokenRefusal refusal(Verdict.Genuine token) {
    if (!keys.contains(token.key())) {
      return TokenRefusal.UNKNOWN_KEY;
    }
    TokenClaims claims = token.claims();
    return revokedIds.contains(claims.id()) || revokedSessions.contains(claims.session())
        ? TokenRefusal.REVOKED
        : null;
  }
}
