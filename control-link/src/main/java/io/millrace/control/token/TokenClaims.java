package io.millrace.control.token;

import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Says what a token allows.
 *
 * @param channel the only one that may be watched with it
 * @param notBeforeS Unix seconds; 0: from ever on
 * @param expiresAtS Unix seconds: from then on no session begins with it
 * @param session names the session for its revocation, 1 to 32 printable characters of ASCII;
 *     empty: it has no name
 * @param addresses where the viewer must be; null: anywhere
 * @param country where the viewer must be, ISO 3166-1 alpha-2, upper case; empty: anywhere
 */
public record TokenClaims(
    UUID channel,
    long notBeforeS,
    long expiresAtS,
    String session,
    @Nullable AddressPrefix addresses,
    String country) {
  /** The latest time that a token can tell: five bytes of seconds. */
  public static final long LATEST_S = (1L << 40) - 1;

  /** The longest name of a session, characters. */
  public static final int LONGEST_SESSION = 32;

  private static final Pattern SESSION = Pattern.compile("[!-~]{0," + LONGEST_SESSION + "}");
  private static final Pattern COUNTRY = Pattern.compile("(?:[A-Z]{2})?");

  public TokenClaims {
    Objects.requireNonNull(channel, "channel");
    requireTime("notBefore", notBeforeS);
    requireTime("expiresAt", expiresAtS);
    if (expiresAtS <= notBeforeS) {
      throw new IllegalArgumentException(
          "expiresAt: %d (expected: after notBefore, %d)".formatted(expiresAtS, notBeforeS));
    }
    if (!SESSION.matcher(session).matches()) {
      // What it is may be a secret of the caller's.
      throw new IllegalArgumentException(
          "session: %d characters (expected: at most 32, printable, of ASCII, no space)"
              .formatted(session.length()));
    }
    if (!COUNTRY.matcher(country).matches()) {
      throw new IllegalArgumentException(
          "country: %s (expected: two upper-case letters, ISO 3166-1)".formatted(country));
    }
  }

  private static void requireTime(String name, long seconds) {
    if (seconds < 0 || seconds > LATEST_S) {
      throw new IllegalArgumentException(
          "%s: %d (expected: 0..%d)".formatted(name, seconds, LATEST_S));
    }
  }

  /** For a channel until {@code expiresAtS}, and no more said. */
  public static TokenClaims of(UUID channel, long expiresAtS) {
    return new TokenClaims(channel, 0, expiresAtS, "", null, "");
  }
}
