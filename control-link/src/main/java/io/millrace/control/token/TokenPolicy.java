package io.millrace.control.token;

import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says what a channel wants of those who watch it.
 *
 * @param required whether they need a token; the rest matters only then
 * @param bindings what each token must be bound to, beside channel and expiry
 * @param longestSessionS for so many seconds after its token's expiry a session that has begun goes
 *     on
 */
public record TokenPolicy(boolean required, Set<Binding> bindings, int longestSessionS) {
  /** What a session that has begun may last after its token's expiry, where nothing is said. */
  public static final int USUAL_SESSION_S = 12 * 60 * 60;

  public static final int MOST_SESSION_S = 30 * 24 * 60 * 60;

  /** Whoever asks may watch. */
  public static final TokenPolicy OPEN = new TokenPolicy(false, Set.of(), USUAL_SESSION_S);

  /** What a token can be bound to. */
  public enum Binding {
    ADDRESS,
    SESSION
  }

  public TokenPolicy {
    Objects.requireNonNull(bindings, "bindings");
    bindings = Set.copyOf(bindings);
    if (longestSessionS < 0 || longestSessionS > MOST_SESSION_S) {
      throw new IllegalArgumentException(
          "longestSession: %d s (expected: 0..%d)".formatted(longestSessionS, MOST_SESSION_S));
    }
  }

  /** Why claims do not bind as they must; null: they do. Allocates nothing. */
  public @Nullable TokenRefusal refusal(TokenClaims claims) {
    boolean unbound =
        (claims.addresses() == null && bindings.contains(Binding.ADDRESS))
            || (claims.session().isEmpty() && bindings.contains(Binding.SESSION));
    return unbound ? TokenRefusal.UNBOUND : null;
  }
}
