package io.millrace.control.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.control.token.TokenClaims.Times;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TokenTrustTest {
  private static final UUID CHANNEL = new UUID(1, 2);
  private static final TokenKey KEY = new TokenKey(1, new byte[32]);
  private static final TokenClaims CLAIMS =
      new TokenClaims(
          new TokenScope.OfChannel(CHANNEL), new Times(1_000, 2_000), "5eed", "s", null, "");
  private static final Verdict.Genuine TOKEN = new Verdict.Genuine(CLAIMS, KEY);

  private static TokenTrust trust(Set<String> ids, Set<String> sessions) {
    return new TokenTrust(new TokenKeys(List.of(KEY)), ids, sessions);
  }

  @Test
  void revokesByTokenOrSession() {
    assertThat(trust(Set.of("5eee"), Set.of("t")).refusal(TOKEN)).isNull();
    assertThat(trust(Set.of("5eed"), Set.of()).refusal(TOKEN)).isEqualTo(TokenRefusal.REVOKED);
    assertThat(trust(Set.of(), Set.of("s")).refusal(TOKEN)).isEqualTo(TokenRefusal.REVOKED);
    assertThat(TokenTrust.NONE.refusal(TOKEN)).isEqualTo(TokenRefusal.UNKNOWN_KEY);
    TokenKey sameNumber = new TokenKey(1, "x".repeat(32).getBytes(StandardCharsets.US_ASCII));
    assertThat(
            new TokenTrust(new TokenKeys(List.of(sameNumber)), Set.of(), Set.of()).refusal(TOKEN))
        .isEqualTo(TokenRefusal.UNKNOWN_KEY);
  }

  @Test
  void aTokenIsGoodFromItsBeginningToItsEnd() {
    assertThat(CLAIMS.refusalAt(939, 0)).isEqualTo(TokenRefusal.NOT_YET);
    assertThat(CLAIMS.refusalAt(940, 0)).isNull();
    assertThat(CLAIMS.refusalAt(1_999, 0)).isNull();
    assertThat(CLAIMS.refusalAt(2_000, 0)).isEqualTo(TokenRefusal.EXPIRED);
    assertThat(CLAIMS.refusalAt(2_099, 100)).isNull();
    assertThat(CLAIMS.refusalAt(2_100, 100)).isEqualTo(TokenRefusal.EXPIRED);
  }

  @Test
  void aScopeIsOfOneChannelOrPath() {
    String path = "/t/x/live/main/index.m3u8";

    assertThat(new TokenScope.OfChannel(CHANNEL).contains(CHANNEL, path, 4)).isTrue();
    assertThat(new TokenScope.OfChannel(CHANNEL).contains(new UUID(1, 3), path, 4)).isFalse();
    assertThat(new TokenScope.Below("/live/main/").contains(CHANNEL, path, 4)).isTrue();
    assertThat(new TokenScope.Below("/live/mai/").contains(CHANNEL, path, 4)).isFalse();
    assertThat(new TokenScope.Exactly("/live/main/index.m3u8").contains(CHANNEL, path, 4)).isTrue();
    assertThat(new TokenScope.Exactly("/live/main/").contains(CHANNEL, path, 4)).isFalse();
  }

  @Test
  void aPolicyWantsWhatItNames() {
    TokenPolicy address =
        new TokenPolicy(/* required= */ true, Set.of(TokenPolicy.Binding.ADDRESS), 0);
    TokenPolicy session =
        new TokenPolicy(/* required= */ true, Set.of(TokenPolicy.Binding.SESSION), 0);

    assertThat(TokenPolicy.OPEN.refusal(CLAIMS)).isNull();
    assertThat(session.refusal(CLAIMS)).isNull();
    assertThat(address.refusal(CLAIMS)).isEqualTo(TokenRefusal.UNBOUND);
    assertThat(session.refusal(TokenClaims.of(CHANNEL, 5))).isEqualTo(TokenRefusal.UNBOUND);
  }
}
