package io.millrace.control.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.control.token.TokenClaims.Times;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TokenFormatTest {
  private static final UUID CHANNEL = UUID.fromString("01993c5e-8a4b-7c31-9d20-b1f6f5a0c9e7");
  private static final long EXPIRES_S = 1_800_000_000L;
  private static final TokenKey KEY =
      new TokenKey(7, "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII));

  private static final TokenClaims PLAIN = TokenClaims.of(CHANNEL, EXPIRES_S);

  private static TokenClaims whole() throws Exception {
    return new TokenClaims(
        new TokenScope.OfChannel(CHANNEL),
        new Times(EXPIRES_S - 3_600, EXPIRES_S),
        "5eed0123456789ab",
        "viewer-42",
        AddressPrefix.of(InetAddress.getByName("203.0.113.77"), 20),
        "NO");
  }

  @Test
  void writesWhatIsClaimedInItsPlaces() throws Exception {
    String expected =
        "01" // version
            + "07" // number of the key
            + "1f" // not before, session, addresses, country and id follow
            + "006b49d200" // expiry
            + "01993c5e8a4b7c319d20b1f6f5a0c9e7" // channel
            + "006b49c3f0" // not before
            + "09"
            + "7669657765722d3432" // session
            + "04"
            + "14"
            + "cb0070" // 203.0.112.0/20
            + "4e4f" // country
            + "08"
            + "5eed0123456789ab"; // id

    byte[] token = Base64.getUrlDecoder().decode(TokenFormat.write(whole(), KEY));

    assertThat(HexFormat.of().formatHex(token, 0, token.length - 16)).isEqualTo(expected);
    assertThat(HexFormat.of().formatHex(token, token.length - 16, token.length))
        .isEqualTo(
            HexFormat.of().formatHex(KEY.mac().doFinal(HexFormat.of().parseHex(expected)), 0, 16));
  }

  static Stream<TokenClaims> claims() throws Exception {
    return Stream.of(
        PLAIN,
        whole(),
        claims(1, TokenClaims.LATEST_S, "", "", null, ""),
        claims(0, 1, "", "x".repeat(32), null, ""),
        claims(0, 1, "00".repeat(16), "", null, ""),
        claims(0, 1, "", "", AddressPrefix.parse("2001:db8::1"), ""),
        claims(0, 1, "", "", AddressPrefix.parse("::/0"), ""),
        claims(0, 1, "", "", null, "DE"));
  }

  private static TokenClaims claims(
      long notBeforeS,
      long expiresAtS,
      String id,
      String session,
      @Nullable AddressPrefix addresses,
      String country) {
    return new TokenClaims(
        new TokenScope.OfChannel(CHANNEL),
        new Times(notBeforeS, expiresAtS),
        id,
        session,
        addresses,
        country);
  }

  @ParameterizedTest
  @MethodSource("claims")
  void readsWhatItWrites(TokenClaims claims) {
    String text = TokenFormat.write(claims, KEY);

    assertThat(text.length()).isBetween(TokenFormat.LEAST_CHARS, TokenFormat.MOST_CHARS);
    assertThat(TokenFormat.read(Base64.getUrlDecoder().decode(text))).isEqualTo(claims);
  }

  /** The tests of the client library, which makes tokens too, have the same one. */
  @Test
  void writesWhatTheClientLibraryWrites() {
    TokenClaims claims =
        new TokenClaims(
            new TokenScope.OfChannel(CHANNEL),
            new Times(0, EXPIRES_S),
            "5eed0123456789ab",
            "viewer-42",
            AddressPrefix.parse("203.0.113.77/20"),
            "");

    assertThat(TokenFormat.write(claims, KEY))
        .isEqualTo(
            "AQcWAGtJ0gABmTxeikt8MZ0gsfb1oMnnCXZpZXdlci00MgQUywBwCF7tASNFZ4mr_nW-Cv2mfmXqj3c7hNaKqA");
  }

  @ParameterizedTest
  @MethodSource("claims")
  void readsNothingOfWhatIsCut(TokenClaims claims) {
    byte[] token = Base64.getUrlDecoder().decode(TokenFormat.write(claims, KEY));

    for (int length = 0; length < token.length; length++) {
      assertThat(TokenFormat.read(Arrays.copyOf(token, length))).as("%d bytes", length).isNull();
    }
    assertThat(TokenFormat.read(Arrays.copyOf(token, token.length + 1))).isNull();
  }

  /** Whatever is read is what would be written: no two tokens claim the same. */
  @Test
  void readsOneFormOnly() throws Exception {
    byte[] token = Base64.getUrlDecoder().decode(TokenFormat.write(whole(), KEY));
    Random random = new Random(20_261_127);
    int read = 0;
    for (int i = 0; i < 50_000; i++) {
      byte[] changed = token.clone();
      for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
        changed[random.nextInt(changed.length - 16)] = (byte) random.nextInt();
      }
      TokenClaims claims = TokenFormat.read(changed);
      if (claims == null) {
        continue;
      }
      read++;
      TokenKey key = new TokenKey(Math.max(1, changed[1] & 0xFF), new byte[32]);
      byte[] again = Base64.getUrlDecoder().decode(TokenFormat.write(claims, key));
      changed[1] = again[1];
      assertThat(Arrays.copyOf(again, again.length - 16))
          .isEqualTo(Arrays.copyOf(changed, changed.length - 16));
    }
    assertThat(read).isPositive();
  }

  @Test
  void refusesClaimsThatNoTokenCanHave() {
    assertThatThrownBy(() -> new Times(5, 5))
        .hasMessage("expiresAt: 5 (expected: after notBefore, 5)");
    assertThatThrownBy(() -> new Times(0, 1L << 40))
        .hasMessage("expiresAt: 1099511627776 (expected: 0..1099511627775)");
    assertThatThrownBy(() -> claims(0, 1, "5EED", "", null, ""))
        .hasMessage("id: 4 characters (expected: at most 32, pairs of 0-9 and a-f)");
    assertThatThrownBy(() -> claims(0, 1, "", "a b", null, ""))
        .hasMessage("session: 3 characters (expected: at most 32, printable, of ASCII, no space)");
    assertThatThrownBy(() -> claims(0, 1, "", "", null, "no"))
        .hasMessage("country: no (expected: two upper-case letters, ISO 3166-1)");
    assertThatThrownBy(() -> new TokenScope.Below("/live/main"))
        .hasMessage("path: (expected: /live/CHANNEL/, or more of it)");
  }

  @Test
  void refusesKeysThatAreNone() {
    assertThatThrownBy(() -> new TokenKey(0, new byte[32]))
        .hasMessage("number: 0 (expected: 1..255)");
    assertThatThrownBy(() -> new TokenKey(1, new byte[31]))
        .hasMessage("secret: 31 bytes (expected: 32..256)");
    assertThat(KEY).hasToString("key 7");
  }
}
