package io.millrace.control.link;

import io.millrace.control.token.TokenKeys;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What became of that which decides on viewers' tokens.
 *
 * @param keys all that are in force; null: those of before
 * @param revocations more of them, and in a snapshot all
 */
public record TokenChange(@Nullable TokenKeys keys, List<Revocation> revocations) {
  /** Nothing. */
  public static final TokenChange NONE = new TokenChange(null, List.of());

  public TokenChange {
    revocations = List.copyOf(revocations);
  }

  /**
   * A token, or all of a session, that is not good any more.
   *
   * @param tokenId in hexadecimal; empty where it is a session
   * @param session its name; empty where it is a token
   * @param untilS Unix seconds: then it can be forgotten
   */
  public record Revocation(String tokenId, String session, long untilS) {
    public Revocation {
      Objects.requireNonNull(tokenId, "tokenId");
      if (tokenId.isEmpty() == session.isEmpty()) {
        throw new IllegalArgumentException("revocation: (expected: a token's id or a session)");
      }
    }
  }
}
