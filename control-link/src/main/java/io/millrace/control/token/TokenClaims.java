package io.millrace.control.token;

import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Says what a token allows.
 *
 * @param scope what may be watched with it
 * @param times from when to when
 * @param id names the token for its revocation: 1 to 16 bytes, in lower-case hexadecimal; empty: it
 *     has no name
 * @param session names the session for its revocation, 1 to 32 printable characters of ASCII;
 *     empty: it has no name
 * @param addresses where the viewer must be; null: anywhere
 * @param country where the viewer must be, ISO 3166-1 alpha-2, upper case; empty: anywhere
 */
public record TokenClaims(
    TokenScope scope,
    Times times,
    String id,
    String session,
    @Nullable AddressPrefix addresses,
    String country) {
  /** The latest time that a token can tell: five bytes of seconds. */
  public static final long LATEST_S = (1L << 40) - 1;

  /** The longest name of a session, characters. */
  public static final int LONGEST_SESSION = 32;

  /** A clock may be so much behind that of whoever made the token. */
  private static final long CLOCK_S = 60;

  private static final Pattern SESSION = Pattern.compile("[!-~]{0," + LONGEST_SESSION + "}");
  private static final Pattern ID = Pattern.compile("(?:[0-9a-f]{2}){0,16}");
  private static final Pattern COUNTRY = Pattern.compile("(?:[A-Z]{2})?");

  /**
   * When a token is good.
   *
   * @param notBeforeS Unix seconds; 0: from ever on
   * @param expiresAtS Unix seconds: from then on no session begins with it
   */
  public record Times(long notBeforeS, long expiresAtS) {
    public Times {
      requireTime("notBefore", notBeforeS);
      requireTime("expiresAt", expiresAtS);
      if (expiresAtS <= notBeforeS) {
        throw new IllegalArgumentException(
            "expiresAt: %d (expected: after notBefore, %d)".formatted(expiresAtS, notBeforeS));
      }
    }

    private static void requireTime(String name, long seconds) {
      if (seconds < 0 || seconds > LATEST_S) {
        throw new IllegalArgumentException(
            "%s: %d (expected: 0..%d)".formatted(name, seconds, LATEST_S));
      }
    }
  }

  public TokenClaims {
    Objects.requireNonNull(scope, "scope");
    Objects.requireNonNull(times, "times");
    if (!isId(id)) {
      throw new IllegalArgumentException(
          "id: %d characters (expected: at most 32, pairs of 0-9 and a-f)".formatted(id.length()));
    }
    if (!isSession(session)) {
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

  /** For a channel until {@code expiresAtS}, and no more said. */
  public static TokenClaims of(UUID channel, long expiresAtS) {
    return new TokenClaims(
        new TokenScope.OfChannel(channel), new Times(0, expiresAtS), "", "", null, "");
  }

  /** Whether a token can have the id; the empty one is that of a token that has none. */
  public static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  /** Whether a session can have the name; the empty one is that of one that has none. */
  public static boolean isSession(String text) {
    return SESSION.matcher(text).matches();
  }

  /**
   * Why it is no good at that time; null: it is. Allocates nothing.
   *
   * @param goesOnS for so long after its expiry a session that has begun goes on
   */
  public @Nullable TokenRefusal refusalAt(long nowS, long goesOnS) {
    if (nowS < times.notBeforeS() - CLOCK_S) {
      return TokenRefusal.NOT_YET;
    }
    return nowS - goesOnS >= times.expiresAtS() ? TokenRefusal.EXPIRED : null;
  }
}
