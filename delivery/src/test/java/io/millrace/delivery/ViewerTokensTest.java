package io.millrace.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.control.token.AddressPrefix;
import io.millrace.control.token.TokenClaims;
import io.millrace.control.token.TokenClaims.Times;
import io.millrace.control.token.TokenFormat;
import io.millrace.control.token.TokenKey;
import io.millrace.control.token.TokenKeys;
import io.millrace.control.token.TokenPolicy;
import io.millrace.control.token.TokenPolicy.Binding;
import io.millrace.control.token.TokenRefusal;
import io.millrace.control.token.TokenScope;
import io.millrace.control.token.TokenTrust;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a channel whose viewers need a token answers to whom. */
class ViewerTokensTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final TokenKey OLD = key(1);
  private static final TokenKey NEW = key(2);
  private static final String INDEX = "/live/show/index.m3u8";

  private final Served served = new Served().onAir(3, 2);
  private final UUID channel = served.stream.channel().value();

  private static TokenKey key(int number) {
    byte[] secret = new byte[32];
    secret[0] = (byte) number;
    return new TokenKey(number, secret);
  }

  private static TokenPolicy required(Binding... bindings) {
    return new TokenPolicy(/* required= */ true, Set.of(bindings), /* longestSessionS= */ 600);
  }

  private static TokenTrust trust(Set<String> ids, Set<String> sessions) {
    return new TokenTrust(new TokenKeys(List.of(NEW, OLD)), ids, sessions);
  }

  @BeforeEach
  void requireTokens() {
    served.trust = trust(Set.of(), Set.of());
    served.channel.tokens(required());
  }

  @AfterEach
  void close() {
    served.close();
  }

  private static long inS(long seconds) {
    return System.currentTimeMillis() / 1_000 + seconds;
  }

  private String token(long expiresInS, String id, String session, @Nullable String addresses) {
    return TokenFormat.write(
        new TokenClaims(
            new TokenScope.OfChannel(channel),
            new Times(0, inS(expiresInS)),
            id,
            session,
            addresses == null ? null : AddressPrefix.parse(addresses),
            ""),
        NEW);
  }

  private String token() {
    return token(3_600, "", "", null);
  }

  private HttpResponse<String> get(String token, String path) {
    return served.get("/t/" + token + path);
  }

  private void assertRefused(HttpResponse<String> answer, TokenRefusal why) {
    assertThat(answer.statusCode()).as("%s", why).isEqualTo(403);
    assertThat(answer.body()).isEqualTo(why.why() + "\n");
    assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
    assertThat(answer.headers().firstValue("Referrer-Policy")).contains("no-referrer");
  }

  @Test
  void servesWhoHasATokenAndRefusesOthers() {
    String token = token();

    for (String path :
        List.of(
            INDEX,
            "/live/show/manifest.mpd",
            served.path("v1", "index.m3u8"),
            served.path("v1", "0.m4s"),
            served.path("v1", "0.0.m4s"))) {
      HttpResponse<String> answer = get(token, path);
      assertThat(answer.statusCode()).as(path).isEqualTo(200);
      assertThat(answer.headers().firstValue("Cache-Control").orElseThrow())
          .as(path)
          .startsWith("private, max-age=");
      assertThat(answer.headers().firstValue("Referrer-Policy")).contains("no-referrer");
      assertThat(answer.body()).doesNotContain(token).doesNotContain("/t/");
      assertRefused(served.get(path), TokenRefusal.MISSING);
    }
    assertThat(get(token, served.path("v1", "9999.m4s")).headers().firstValue("Cache-Control"))
        .contains("private, max-age=1");
    assertThat(served.get("/t/" + token + "/time").statusCode()).isEqualTo(404);
    assertThat(served.get("/time").statusCode()).isEqualTo(200);
  }

  @Test
  void takesATokenFromHeaderAndCookie() throws Exception {
    String token = token();

    for (String[] header :
        new String[][] {
          {"Authorization", "Bearer " + token},
          {"Authorization", "bearer   " + token},
          {"Cookie", "millrace-token=" + token},
          {"Cookie", "a=b; millrace-token=" + token + "; c=d"},
        }) {
      var request = served.request(INDEX).header(header[0], header[1]).build();
      assertThat(served.send(request).statusCode()).as(header[1]).isEqualTo(200);
      assertThat(served.laterBytesHttp2(request).get(10, TimeUnit.SECONDS).statusCode())
          .as("h2c: %s", header[1])
          .isEqualTo(200);
    }
    for (String[] header :
        new String[][] {
          {"Authorization", "Basic " + token},
          {"Cookie", "not-millrace-token=" + token},
          {"Cookie", "a=" + token},
        }) {
      assertRefused(
          served.send(served.request(INDEX).header(header[0], header[1]).build()),
          TokenRefusal.MISSING);
    }
    // What is before the path counts, whatever else is shown.
    assertRefused(
        served.send(
            served.request("/t/x" + INDEX).header("Authorization", "Bearer " + token).build()),
        TokenRefusal.MALFORMED);
  }

  @Test
  void refusesWhatIsNotGood() throws Exception {
    String other = TokenFormat.write(TokenClaims.of(new UUID(1, 1), inS(60)), NEW);
    String unknown = TokenFormat.write(TokenClaims.of(channel, inS(60)), key(9));
    String forged =
        TokenFormat.write(TokenClaims.of(channel, inS(60)), new TokenKey(2, new byte[32]));
    String later =
        TokenFormat.write(
            new TokenClaims(
                new TokenScope.OfChannel(channel), new Times(inS(600), inS(700)), "", "", null, ""),
            NEW);
    String country =
        TokenFormat.write(
            new TokenClaims(
                new TokenScope.OfChannel(channel), new Times(0, inS(60)), "", "", null, "NO"),
            NEW);
    served.trust = trust(Set.of("5eed"), Set.of("gone"));

    assertRefused(get("nonsense", INDEX), TokenRefusal.MALFORMED);
    assertRefused(get("", INDEX), TokenRefusal.MALFORMED);
    assertRefused(get(other, INDEX), TokenRefusal.OTHER_CHANNEL);
    assertRefused(get(unknown, INDEX), TokenRefusal.UNKNOWN_KEY);
    assertRefused(get(forged, INDEX), TokenRefusal.FORGED);
    assertRefused(get(later, INDEX), TokenRefusal.NOT_YET);
    assertRefused(get(country, INDEX), TokenRefusal.OTHER_COUNTRY);
    assertRefused(get(token(-1, "", "", null), INDEX), TokenRefusal.EXPIRED);
    assertRefused(get(token(60, "5eed", "", null), INDEX), TokenRefusal.REVOKED);
    assertRefused(get(token(60, "", "gone", null), INDEX), TokenRefusal.REVOKED);
    assertRefused(get(token(60, "", "", "203.0.113.0/24"), INDEX), TokenRefusal.OTHER_ADDRESS);
    assertThat(get(token(60, "", "", "127.0.0.0/8"), INDEX).statusCode()).isEqualTo(200);
    HttpResponse<String> http2 = served.laterHttp2("/t/" + other + INDEX).get(10, TimeUnit.SECONDS);
    assertRefused(http2, TokenRefusal.OTHER_CHANNEL);
  }

  @Test
  void aSessionThatHasBegunOutlastsItsToken() {
    String expired = token(-500, "", "", null);
    String longAgo = token(-700, "", "", null);
    String playlist = served.path("v1", "index.m3u8");

    assertRefused(get(expired, INDEX), TokenRefusal.EXPIRED);
    assertThat(get(expired, playlist).statusCode()).isEqualTo(200);
    assertRefused(get(longAgo, playlist), TokenRefusal.EXPIRED);
  }

  @Test
  void takesWhatBothKeysMadeUntilOneGoes() {
    String old = TokenFormat.write(TokenClaims.of(channel, inS(60)), OLD);
    assertThat(get(old, INDEX).statusCode()).isEqualTo(200);
    assertThat(get(token(), INDEX).statusCode()).isEqualTo(200);

    served.trust = new TokenTrust(new TokenKeys(List.of(key(3), NEW)), Set.of(), Set.of());

    assertRefused(get(old, INDEX), TokenRefusal.UNKNOWN_KEY);
    assertThat(get(token(), INDEX).statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @EnumSource(Binding.class)
  void wantsTheBindingsThatItsPolicyNames(Binding binding) {
    served.channel.tokens(required(binding));

    assertRefused(get(token(), INDEX), TokenRefusal.UNBOUND);
    assertThat(get(token(60, "", "viewer-42", "127.0.0.1"), INDEX).statusCode()).isEqualTo(200);
  }

  @Test
  void anOpenChannelTakesWhateverTokenAndSaysNothingOfIt() {
    served.channel.tokens(TokenPolicy.OPEN);

    for (String path : List.of(INDEX, "/t/nonsense" + INDEX, "/t/" + token() + INDEX)) {
      HttpResponse<String> answer = served.get(path);
      assertThat(answer.statusCode()).as(path).isEqualTo(200);
      assertThat(answer.headers().firstValue("Cache-Control").orElseThrow()).startsWith("public");
      assertThat(answer.headers().firstValue("Referrer-Policy")).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whoWaitsIsRefusedWhenItsTokenIsRevokedAndNobodyElseIs(boolean http2) throws Exception {
    String next = served.path("v1", "index.m3u8") + "?_HLS_msn=3&_HLS_part=2";
    CompletableFuture<HttpResponse<String>> one = later(token(60, "5eed", "", null), next, http2);
    CompletableFuture<HttpResponse<String>> other = later(token(60, "aa", "s", null), next, http2);
    await().atMost(SOON).until(() -> served.waiters() == 2);

    served.trust = trust(Set.of("5eed"), Set.of());

    assertRefused(one.get(10, TimeUnit.SECONDS), TokenRefusal.REVOKED);
    assertThat(served.waiters()).isEqualTo(1);
    assertThat(other).isNotDone();
    served.feed(served.stream.parts(1));
    assertThat(other.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    assertRefused(get(token(60, "5eed", "", null), next), TokenRefusal.REVOKED);
  }

  private CompletableFuture<HttpResponse<String>> later(String token, String path, boolean http2) {
    String address = "/t/" + token + path;
    return http2 ? served.laterHttp2(address) : served.later(address);
  }

  @Test
  void whoWaitsIsAskedForATokenWhenTheChannelIsOpenNoMore() throws Exception {
    served.channel.tokens(TokenPolicy.OPEN);
    String next = served.path("v1", "index.m3u8") + "?_HLS_msn=3&_HLS_part=2";
    CompletableFuture<HttpResponse<String>> waiting = served.later(next);
    await().atMost(SOON).until(() -> served.waiters() == 1);

    served.channel.tokens(required());

    HttpResponse<String> answer = waiting.get(10, TimeUnit.SECONDS);
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).isEqualTo("token: needed from now on, ask again\n");
    assertRefused(served.get(next), TokenRefusal.MISSING);
  }

  @Test
  void anOpenSegmentEndsWhenItsTokenIsRevoked() throws Exception {
    String open = "/t/" + token(60, "5eed", "", null) + served.path("v1", "3.m4s");
    CompletableFuture<HttpResponse<byte[]>> following = served.laterBytes(open);
    await().atMost(SOON).until(() -> served.waiters() == 1);

    served.trust = trust(Set.of("5eed"), Set.of());

    assertThat(following).failsWithin(SOON);
    assertThat(served.waiters()).isZero();
  }
}
