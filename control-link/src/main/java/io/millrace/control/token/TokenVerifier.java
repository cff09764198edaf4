package io.millrace.control.token;

import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.ShortBufferException;
import org.jspecify.annotations.Nullable;

/**
 * Tells genuine tokens from others, and remembers the genuine ones: a player shows the same one
 * with each request. Confined to one thread.
 *
 * <p>What is remembered is found by its whole text, and nothing is allocated for it. What is
 * refused is not remembered: it would push out what is genuine.
 */
public final class TokenVerifier {
  /** Texts of one hash are this many at most; the oldest makes room. */
  private static final int WAYS = 4;

  private static final int MAC_BYTES = 32;

  /** The longest text that is looked at; a Common Access Token has no limit of its own. */
  public static final int MOST_CHARS = 1_024;

  private final @Nullable Known[] known;
  private final int mask;

  /** So that nobody can choose texts of one hash. */
  private final long seed = new SecureRandom().nextLong();

  private final byte[] token = new byte[MOST_CHARS];
  private final CommonAccessToken common = new CommonAccessToken(token);
  private final byte[] mac = new byte[MAC_BYTES];
  private TokenKeys keys = TokenKeys.NONE;
  private Mac[] macs = new Mac[0];
  private long checked;

  private record Known(long hash, String text, Verdict.Genuine verdict) {
    /**
     * The hash first, whose start nobody knows: how long it takes to compare tells nothing about a
     * text that differs.
     */
    boolean is(long otherHash, String other, int from, int length) {
      return hash == otherHash
          && text.length() == length
          && other.regionMatches(from, text, 0, length);
    }
  }

  /**
   * Knows no key.
   *
   * @param remembered how many tokens are remembered, rounded up to a power of two
   */
  public TokenVerifier(int remembered) {
    if (remembered < WAYS || remembered > 1 << 24) {
      throw new IllegalArgumentException(
          "remembered: %d (expected: %d..%d)".formatted(remembered, WAYS, 1 << 24));
    }
    int size = Integer.highestOneBit(2 * remembered - 1);
    known = new @Nullable Known[size];
    mask = size / WAYS - 1;
  }

  /** From now on these keys are in force: what others proved is forgotten. */
  public void keys(TokenKeys newKeys) {
    if (newKeys.equals(keys)) {
      return;
    }
    keys = newKeys;
    macs = newKeys.newestFirst().stream().map(TokenKey::mac).toArray(Mac[]::new);
    Arrays.fill(known, null);
  }

  /** Checks the characters {@code from} to {@code to} of a text. */
  public Verdict verify(String text, int from, int to) {
    int length = to - from;
    if (length < TokenFormat.LEAST_CHARS || length > MOST_CHARS) {
      return TokenRefusal.MALFORMED;
    }
    long hash = hash(text, from, to);
    int set = ((int) (hash >>> 32) & mask) * WAYS;
    for (int i = set; i < set + WAYS; i++) {
      Known each = known[i];
      if (each != null && each.is(hash, text, from, length)) {
        return each.verdict;
      }
    }
    checked++;
    Verdict verdict = verifyUnknown(text, from, to);
    if (verdict instanceof Verdict.Genuine genuine) {
      System.arraycopy(known, set, known, set + 1, WAYS - 1);
      known[set] = new Known(hash, text.substring(from, to), genuine);
    }
    return verdict;
  }

  /** How many had to be checked anew since this was asked last. */
  public long takeChecked() {
    long was = checked;
    checked = 0;
    return was;
  }

  private Verdict verifyUnknown(String text, int from, int to) {
    int length = Base64Url.decode(text, from, to, token);
    if (length > 0 && CommonAccessToken.begins(token[0])) {
      return verifyCommon(length);
    }
    if (length <= TokenFormat.MAC_BYTES || token[0] != TokenFormat.VERSION) {
      return TokenRefusal.MALFORMED;
    }
    int number = token[TokenFormat.KEY_AT] & 0xFF;
    for (int i = 0; i < macs.length; i++) {
      TokenKey key = keys.newestFirst().get(i);
      if (key.number() == number) {
        return verifyWith(key, macs[i], length);
      }
    }
    return TokenRefusal.UNKNOWN_KEY;
  }

  private Verdict verifyCommon(int length) {
    try {
      common.open(length);
      boolean known = false;
      for (int i = 0; i < macs.length; i++) {
        TokenKey key = keys.newestFirst().get(i);
        if (common.namedKey() != 0 && common.namedKey() != key.number()) {
          continue;
        }
        known = true;
        if (common.isMadeWith(macs[i])) {
          TokenClaims claims = common.claims();
          return claims == null ? TokenRefusal.UNSUPPORTED : new Verdict.Genuine(claims, key);
        }
      }
      return known ? TokenRefusal.FORGED : TokenRefusal.UNKNOWN_KEY;
    } catch (CborReader.Malformed e) {
      return TokenRefusal.MALFORMED;
    }
  }

  private Verdict verifyWith(TokenKey key, Mac ofKey, int length) {
    if (!isMadeWith(ofKey, length)) {
      return TokenRefusal.FORGED;
    }
    TokenClaims claims = TokenFormat.read(Arrays.copyOf(token, length));
    return claims == null ? TokenRefusal.MALFORMED : new Verdict.Genuine(claims, key);
  }

  /** Takes the same time however much of it is right. */
  private boolean isMadeWith(Mac key, int length) {
    int claims = length - TokenFormat.MAC_BYTES;
    key.update(token, 0, claims);
    try {
      key.doFinal(mac, 0);
    } catch (ShortBufferException e) {
      throw new IllegalStateException("a HMAC-SHA-256 has 32 bytes", e);
    }
    int differing = 0;
    for (int i = 0; i < TokenFormat.MAC_BYTES; i++) {
      differing |= mac[i] ^ token[claims + i];
    }
    return differing == 0;
  }

  private long hash(String text, int from, int to) {
    long hash = seed;
    for (int i = from; i < to; i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    return hash ^ (hash >>> 29);
  }
}
