package io.millrace.control.token;

/** Says what a text proves. Whether the time and the place are right is another question. */
public sealed interface Verdict {
  /** Made by someone who has a key that is in force. */
  record Genuine(TokenClaims claims) implements Verdict {}

  /** Nothing. */
  enum Refused implements Verdict {
    /** Not a token as {@link TokenFormat} writes them. */
    MALFORMED,
    /** Made with a key that is not in force. */
    UNKNOWN_KEY,
    /** Not made with the key that it names, or changed afterwards. */
    FORGED
  }
}
