package io.millrace.control.token;

/** Says what a text proves. Whether the time and the place are right is another question. */
public sealed interface Verdict permits Verdict.Genuine, TokenRefusal {
  /**
   * Made by someone who has a key that is in force.
   *
   * @param key that one
   */
  record Genuine(TokenClaims claims, TokenKey key) implements Verdict {}
}
