package io.millrace.control.token;

/** Says why a request with a token, or without one, is refused. */
public enum TokenRefusal implements Verdict {
  MISSING("none (expected: one, as the channel is not open)"),
  MALFORMED("not of a form that is known"),
  UNKNOWN_KEY("made with a key that is not in force"),
  FORGED("its signature is wrong"),
  UNSUPPORTED("claims something that is not understood here"),
  NOT_YET("is for later"),
  EXPIRED("has expired"),
  OTHER_CHANNEL("is for something else"),
  OTHER_ADDRESS("is for another address"),
  OTHER_COUNTRY("is for a country, and which one this is cannot be told"),
  UNBOUND("is not bound as the channel wants it"),
  REVOKED("was revoked");

  private final String why;

  TokenRefusal(String why) {
    this.why = why;
  }

  /** One line for whoever showed it. */
  public String why() {
    return "token: " + why;
  }
}
