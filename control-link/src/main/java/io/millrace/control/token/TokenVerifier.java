package io.millrace.control.token;

import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
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

  private final @Nullable Known[] known;
  private final int mask;

  /** So that nobody can choose texts of one hash. */
  private final int seed = ThreadLocalRandom.current().nextInt();

  private final byte[] token = new byte[TokenFormat.MOST_CHARS];
  private final byte[] mac = new byte[MAC_BYTES];
  private TokenKeys keys = TokenKeys.NONE;
  private Mac[] macs = new Mac[0];

  private static final class Known {
    final byte[] text;
    final Verdict.Genuine verdict;

    Known(byte[] text, Verdict.Genuine verdict) {
      this.text = text;
      this.verdict = verdict;
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

  /** From now on these keys are in force: what another proved is forgotten. */
  public void keys(TokenKeys newKeys) {
    if (newKeys.equals(keys)) {
      return;
    }
    keys = newKeys;
    macs = newKeys.newestFirst().stream().map(TokenKey::mac).toArray(Mac[]::new);
    Arrays.fill(known, null);
  }

  /** Checks {@code text[from, to)}, characters of ASCII. */
  public Verdict verify(byte[] text, int from, int to) {
    if (to - from < TokenFormat.LEAST_CHARS || to - from > TokenFormat.MOST_CHARS) {
      return Verdict.Refused.MALFORMED;
    }
    int set = (hash(text, from, to) & mask) * WAYS;
    for (int i = set; i < set + WAYS; i++) {
      Known each = known[i];
      if (each != null && Arrays.equals(each.text, 0, each.text.length, text, from, to)) {
        return each.verdict;
      }
    }
    Verdict verdict = verifyUnknown(text, from, to);
    if (verdict instanceof Verdict.Genuine genuine) {
      System.arraycopy(known, set, known, set + 1, WAYS - 1);
      known[set] = new Known(Arrays.copyOfRange(text, from, to), genuine);
    }
    return verdict;
  }

  private Verdict verifyUnknown(byte[] text, int from, int to) {
    int length = Base64Url.decode(text, from, to, token);
    if (length < TokenFormat.MAC_BYTES || token[0] != TokenFormat.VERSION) {
      return Verdict.Refused.MALFORMED;
    }
    Mac ofKey = mac(token[TokenFormat.KEY_AT] & 0xFF);
    if (ofKey == null) {
      return Verdict.Refused.UNKNOWN_KEY;
    }
    if (!isMadeWith(ofKey, length)) {
      return Verdict.Refused.FORGED;
    }
    TokenClaims claims = TokenFormat.read(Arrays.copyOf(token, length));
    return claims == null ? Verdict.Refused.MALFORMED : new Verdict.Genuine(claims);
  }

  private @Nullable Mac mac(int number) {
    for (int i = 0; i < macs.length; i++) {
      if (keys.newestFirst().get(i).number() == number) {
        return macs[i];
      }
    }
    return null;
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

  private int hash(byte[] text, int from, int to) {
    int hash = seed;
    for (int i = from; i < to; i++) {
      hash = (hash ^ text[i]) * 0x01000193;
    }
    return hash ^ (hash >>> 15);
  }
}
