package io.millrace.control.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TokenVerifierTest {
  private static final UUID CHANNEL = UUID.fromString("01993c5e-8a4b-7c31-9d20-b1f6f5a0c9e7");
  private static final TokenClaims CLAIMS =
      new TokenClaims(CHANNEL, 0, 1_800_000_000L, "viewer-42", null, "");
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
    byte[] text = ("/t/" + token + "/live").getBytes(StandardCharsets.UTF_8);
    return verifier.verify(text, 3, text.length - 5);
  }

  @Test
  void takesTokensOfBothKeysWhileOneTakesOver() {
    String old = TokenFormat.write(CLAIMS, OLD);
    String young = TokenFormat.write(CLAIMS, NEW);

    assertThat(verify(old)).isEqualTo(Verdict.Refused.UNKNOWN_KEY);
    verifier.keys(keys(OLD));
    assertThat(verify(old)).isEqualTo(new Verdict.Genuine(CLAIMS));
    assertThat(verify(young)).isEqualTo(Verdict.Refused.UNKNOWN_KEY);
    verifier.keys(keys(NEW, OLD));
    assertThat(verify(old)).isEqualTo(new Verdict.Genuine(CLAIMS));
    assertThat(verify(young)).isEqualTo(new Verdict.Genuine(CLAIMS));
    verifier.keys(keys(NEW));
    assertThat(verify(old)).isEqualTo(Verdict.Refused.UNKNOWN_KEY);
    assertThat(verify(young)).isEqualTo(new Verdict.Genuine(CLAIMS));
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
          assertThat(verify(changed)).as(changed).isInstanceOf(Verdict.Refused.class);
        }
      }
    }
    for (int length = 0; length < token.length(); length++) {
      assertThat(verify(token.substring(0, length))).isInstanceOf(Verdict.Refused.class);
    }
    assertThat(verify(token + "A")).isInstanceOf(Verdict.Refused.class);
    assertThat(verify("A".repeat(10_000))).isEqualTo(Verdict.Refused.MALFORMED);
  }

  @Test
  void refusesAForeignKeyOfTheSameNumber() {
    verifier.keys(keys(OLD));
    byte[] secret = new byte[32];

    assertThat(verify(TokenFormat.write(CLAIMS, new TokenKey(OLD.number(), secret))))
        .isEqualTo(Verdict.Refused.FORGED);
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
        assertThat(verify(tokens.get(i))).isEqualTo(new Verdict.Genuine(claims.get(i)));
      }
    }
    // The very same answer: nothing was made for it.
    assertThat(verify(tokens.getLast())).isSameAs(verify(tokens.getLast()));
  }
}
