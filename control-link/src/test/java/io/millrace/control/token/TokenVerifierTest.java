package io.millrace.control.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TokenVerifierTest {
  private static final UUID CHANNEL = UUID.fromString("01993c5e-8a4b-7c31-9d20-b1f6f5a0c9e7");
  private static final TokenClaims CLAIMS =
      new TokenClaims(
          new TokenScope.OfChannel(CHANNEL),
          new TokenClaims.Times(0, 1_800_000_000L),
          "",
          "viewer-42",
          null,
          "");
  private static final TokenKey OLD = key(1);
  private static final TokenKey NEW = key(2);

  private final TokenVerifier verifier = new TokenVerifier(64);

  private static TokenKey key(int number) {
    byte[] secret = new byte[32];
    Arrays.fill(secret, (byte) (number * 31));
    return new TokenKey(number, secret);
  }

  private static TokenKeys keys(TokenKey... newestFirst) {
    return new TokenKeys(List.of(newestFirst));
  }

  private Verdict verify(String token) {
    String text = "/t/" + token + "/live";
    return verifier.verify(text, 3, text.length() - 5);
  }

  @Test
  void takesTokensOfBothKeysWhileOneTakesOver() {
    String old = TokenFormat.write(CLAIMS, OLD);
    String young = TokenFormat.write(CLAIMS, NEW);

    assertThat(verify(old)).isEqualTo(TokenRefusal.UNKNOWN_KEY);
    verifier.keys(keys(OLD));
    assertThat(verify(old)).isEqualTo(new Verdict.Genuine(CLAIMS, OLD));
    assertThat(verify(young)).isEqualTo(TokenRefusal.UNKNOWN_KEY);
    verifier.keys(keys(NEW, OLD));
    assertThat(verify(old)).isEqualTo(new Verdict.Genuine(CLAIMS, OLD));
    assertThat(verify(young)).isEqualTo(new Verdict.Genuine(CLAIMS, NEW));
    verifier.keys(keys(NEW));
    assertThat(verify(old)).isEqualTo(TokenRefusal.UNKNOWN_KEY);
    assertThat(verify(young)).isEqualTo(new Verdict.Genuine(CLAIMS, NEW));
  }

  /** Also the last bits of the last character, which no byte is made of. */
  @Test
  void refusesEveryTextThatDiffersInOneCharacter() {
    verifier.keys(keys(OLD));
    String token = TokenFormat.write(CLAIMS, OLD);
    assertThat(verify(token)).isInstanceOf(Verdict.Genuine.class);
    String others =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/ .\u00e4\u0000";

    for (int at = 0; at < token.length(); at++) {
      for (int i = 0; i < others.length(); i++) {
        char other = others.charAt(i);
        String changed = token.substring(0, at) + other + token.substring(at + 1);
        if (!changed.equals(token)) {
          assertThat(verify(changed)).as(changed).isInstanceOf(TokenRefusal.class);
        }
      }
    }
    for (int length = 0; length < token.length(); length++) {
      assertThat(verify(token.substring(0, length))).isInstanceOf(TokenRefusal.class);
    }
    assertThat(verify(token + "A")).isInstanceOf(TokenRefusal.class);
    assertThat(verify("A".repeat(10_000))).isEqualTo(TokenRefusal.MALFORMED);
  }

  @Test
  void refusesAForeignKeyOfTheSameNumber() {
    verifier.keys(keys(OLD));
    byte[] secret = new byte[32];

    assertThat(verify(TokenFormat.write(CLAIMS, new TokenKey(OLD.number(), secret))))
        .isEqualTo(TokenRefusal.FORGED);
  }

  /** However many there are, each is told apart, remembered or not. */
  @Test
  void tellsMoreTokensApartThanItRemembers() {
    verifier.keys(keys(OLD));
    List<TokenClaims> claims = new ArrayList<>();
    List<String> tokens = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      claims.add(TokenClaims.of(new UUID(i, ~i), 1_800_000_000L));
      tokens.add(TokenFormat.write(claims.get(i), OLD));
    }

    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < tokens.size(); i++) {
        assertThat(verify(tokens.get(i))).isEqualTo(new Verdict.Genuine(claims.get(i), OLD));
      }
    }
    // The very same answer: nothing was made for it.
    assertThat(verify(tokens.getLast())).isSameAs(verify(tokens.getLast()));
  }

  /** Whatever is shown, there is an answer, and only what was made is genuine. */
  @Test
  void answersWhateverIsShown() {
    verifier.keys(keys(NEW, OLD));
    Random random = new Random(20_261_128);
    byte[] token = Base64.getUrlDecoder().decode(TokenFormat.write(CLAIMS, OLD));

    for (int i = 0; i < 50_000; i++) {
      byte[] changed = Arrays.copyOf(token, random.nextInt(2 * token.length));
      for (int changes = 1 + random.nextInt(4); changes > 0 && changed.length > 0; changes--) {
        changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
      }
      if (!Arrays.equals(changed, token)) {
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(changed);
        assertThat(verify(text)).as(text).isInstanceOf(TokenRefusal.class);
      }
    }
  }

  /** Of who has the key: what is signed is still read strictly. */
  @Test
  void refusesWhatIsSignedAndNotWrittenAsItShould() {
    verifier.keys(keys(OLD));
    byte[] token = Base64.getUrlDecoder().decode(TokenFormat.write(CLAIMS, OLD));
    byte[] claims = Arrays.copyOf(token, token.length - 16);

    assertThat(verify(signed(claims))).isInstanceOf(Verdict.Genuine.class);
    // The session twice, and a flag that nothing has.
    byte[] twice = Arrays.copyOf(claims, claims.length + 10);
    System.arraycopy(claims, claims.length - 10, twice, claims.length, 10);
    assertThat(verify(signed(twice))).isEqualTo(TokenRefusal.MALFORMED);
    claims[2] |= 32;
    assertThat(verify(signed(claims))).isEqualTo(TokenRefusal.MALFORMED);
    Random random = new Random(20_261_129);
    for (int i = 0; i < 20_000; i++) {
      byte[] any = new byte[random.nextInt(100)];
      random.nextBytes(any);
      System.arraycopy(token, 0, any, 0, Math.min(any.length, 2));
      assertThat(verify(signed(any))).isNotEqualTo(TokenRefusal.FORGED);
    }
  }

  @Test
  void allocatesNothingForWhatItRemembers() {
    verifier.keys(keys(OLD));
    String text = "/t/" + TokenFormat.write(CLAIMS, OLD) + "/live";
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = 0;
    for (int i = 0; i < 20_000; i++) {
      if (i == 10_000) { // the first one is remembered, and all classes are there
        before = thread.getCurrentThreadAllocatedBytes();
      }
      var _ = verifier.verify(text, 3, text.length() - 5);
    }

    // What the measuring itself takes, and not a byte for each.
    assertThat(thread.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000);
    assertThat(verifier.takeChecked()).isEqualTo(1);
  }

  private static String signed(byte[] claims) {
    byte[] token = Arrays.copyOf(claims, claims.length + 16);
    System.arraycopy(OLD.mac().doFinal(claims), 0, token, claims.length, 16);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
  }
}
