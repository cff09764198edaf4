package io.millrace.control.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommonAccessTokenTest {
  private static final byte[] SECRET =
      "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final TokenKey KEY = new TokenKey(7, SECRET);
  private static final TokenKey OTHER = new TokenKey(8, new byte[32]);

  private static final String TAGS = "d83dd1"; // CWT in COSE_Mac0
  private static final String ALG = "43a10105"; // protected: alg HMAC 256/256
  private static final String KID = "a1044137"; // kid "7"
  private static final String EXP = "041a6b49d200";
  private static final String BELOW = // catu: path: prefix: /live/main/
      "190138a103a1016b" + hex("/live/main/");

  private final TokenVerifier verifier = new TokenVerifier(64);

  {
    verifier.keys(new TokenKeys(List.of(OTHER, KEY)));
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  /** A byte string with its head. */
  private static String bstr(String hex) {
    int length = hex.length() / 2;
    String head =
        length < 24
            ? "%02x".formatted(0x40 | length)
            : length < 256 ? "58%02x".formatted(length) : "59%04x".formatted(length);
    return head + hex;
  }

  private static String signed(String protectedHeader, String unprotected, String claims) {
    byte[] mac = KEY.mac().doFinal(bytes("84644d414330" + protectedHeader + "40" + bstr(claims)));
    return TAGS
        + "84"
        + protectedHeader
        + unprotected
        + bstr(claims)
        + bstr(HexFormat.of().formatHex(mac));
  }

  private static String signed(String claims) {
    return signed(ALG, KID, claims);
  }

  private Verdict verify(String hex) {
    return verify(bytes(hex));
  }

  private Verdict verify(byte[] token) {
    String text = Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    return verifier.verify(text, 0, text.length());
  }

  @Test
  void takesTheClaimsThatBindItToAChannelAndATime() {
    String claims =
        "a8"
            + "0165"
            + hex("maker") // iss
            + "0269"
            + hex("viewer-42") // sub
            + EXP
            + "051a6b49c3f0" // nbf
            + "061a6b49c3f0" // iat
            + "07445eed0123" // cti
            + "19013601" // catv 1
            + BELOW;

    assertThat(verify(signed(claims)))
        .isEqualTo(
            new Verdict.Genuine(
                new TokenClaims(
                    new TokenScope.Below("/live/main/"),
                    new TokenClaims.Times(1_799_996_400L, 1_800_000_000L),
                    "5eed0123",
                    "viewer-42",
                    null,
                    ""),
                KEY));
  }

  /** With the tags or without; with the key's number, or tried with each. */
  @Test
  void takesEachFormOfIt() {
    String token = signed("a2" + EXP + BELOW);

    assertThat(verify(token)).isInstanceOf(Verdict.Genuine.class);
    assertThat(verify(token.substring(4))).isInstanceOf(Verdict.Genuine.class);
    assertThat(verify(token.substring(6))).isInstanceOf(Verdict.Genuine.class);
    assertThat(verify(signed(ALG, "a0", "a2" + EXP + BELOW))).isInstanceOf(Verdict.Genuine.class);
    assertThat(verify(signed("46a201050441" + "37", "a0", "a2" + EXP + BELOW)))
        .isInstanceOf(Verdict.Genuine.class);
    String exactly = "190138a103a10075" + hex("/live/main/index.m3u8");
    assertThat(verify(signed("a2" + EXP + exactly))).isInstanceOf(Verdict.Genuine.class);
  }

  @Test
  void refusesAForeignKeyAndAnUnknownOne() {
    assertThat(verify(signed(ALG, "a1044138", "a2" + EXP + BELOW))).isEqualTo(TokenRefusal.FORGED);
    assertThat(verify(signed(ALG, "a1044139", "a2" + EXP + BELOW)))
        .isEqualTo(TokenRefusal.UNKNOWN_KEY);
    verifier.keys(new TokenKeys(List.of(OTHER)));
    assertThat(verify(signed(ALG, "a0", "a2" + EXP + BELOW))).isEqualTo(TokenRefusal.FORGED);
  }

  @ParameterizedTest
  @CsvSource({
    "no end,                   a1, ''",
    "no path,                  a1, 041a6b49d200",
    "aud,                      a3, 041a6b49d2000361782b",
    "catreplay,                a3, 041a6b49d20019013400",
    "catnip,                   a3, 041a6b49d20019013780",
    "catm,                     a3, 041a6b49d2001901398163474554",
    "catif,                    a3, 041a6b49d200190142a0",
    "another version of cat,   a3, 041a6b49d20019013602",
    "a claim by name,          a3, 041a6b49d200617801",
    "a negative label,         a3, 041a6b49d2002001",
  })
  void refusesClaimsThatItDoesNotUnderstand(String what, String map, String claims) {
    boolean path = !what.equals("no path");
    int count = Integer.parseInt(map.substring(1), 16);

    assertThat(verify(signed((path ? "a%x".formatted(count) : map) + claims + (path ? BELOW : ""))))
        .as(what)
        .isEqualTo(TokenRefusal.UNSUPPORTED);
  }

  @ParameterizedTest
  @CsvSource({
    "of every channel,      190138a103a1016100, /live/",
    "of names that begin,   190138a103a1016100, /live/main",
    "of everything,         190138a103a1016100, /",
  })
  void refusesAPathThatIsNotOfOneChannel(String what, String head, String path) {
    String claim =
        head.substring(0, head.length() - 4) + "%02x".formatted(0x60 | path.length()) + hex(path);

    assertThat(verify(signed("a2" + EXP + claim))).as(what).isEqualTo(TokenRefusal.UNSUPPORTED);
  }

  @ParameterizedTest
  @CsvSource({
    "exp twice,                     a3, 041a6b49d200041a6b49d200",
    "exp that is no number,         a2, 046178",
    "exp as a float,                a2, 04fb41dad27480000000",
    "exp in a longer form,          a2, 041b000000006b49d200",
    "an indefinite map,             bf, 041a6b49d200",
    "an array within an array,      a2, 0481818181818181",
    "a map of more than there is,   b9ffff, 041a6b49d200",
    "a text of more than there is,  a3, 017bffffffffffffffff",
    "no map,                        82, 0401",
    "nbf after exp,                 a3, 041a6b49d200051a6b49d201",
  })
  void refusesWhatIsNotWrittenAsItMust(String what, String map, String claims) {
    assertThat(verify(signed(map + claims + BELOW))).as(what).isEqualTo(TokenRefusal.MALFORMED);
  }

  @ParameterizedTest
  @CsvSource({
    "HMAC 256/64,              43a10104, a0",
    "no algorithm,             40, a0",
    "an unprotected algorithm, 40, a10105",
    "crit,                     47a2010502811904d2, a0",
    "two kids,                 43a10105, a2044137044137",
    "a kid that is no number,  43a10105, a1044178",
    "an empty kid,             43a10105, a10440",
    "more than the header,     4443a1010500, a0",
  })
  void refusesOtherHeaders(String what, String protectedHeader, String unprotected) {
    assertThat(verify(signed(protectedHeader, unprotected, "a2" + EXP + BELOW)))
        .as(what)
        .isEqualTo(TokenRefusal.MALFORMED);
  }

  @Test
  void refusesWhateverIsCutOrChanged() {
    byte[] token = bytes(signed("a2" + EXP + BELOW));

    for (int length = 0; length < token.length; length++) {
      assertThat(verify(Arrays.copyOf(token, length))).isInstanceOf(TokenRefusal.class);
    }
    assertThat(verify(Arrays.copyOf(token, token.length + 1))).isEqualTo(TokenRefusal.MALFORMED);
    for (int bit = 0; bit < 8 * token.length; bit++) {
      byte[] changed = token.clone();
      changed[bit >> 3] ^= (byte) (1 << (bit & 7));
      // All but the number of the key, which is not signed: another's is refused, none is tried.
      assertThat(verify(changed)).as("bit %d", bit).isInstanceOf(TokenRefusal.class);
    }
  }

  /** What who has the key signs is read as strictly as what anybody sends. */
  @Test
  void answersWhateverIsShown() {
    Random random = new Random(20_261_128);
    String claims = "a3" + EXP + "07445eed0123" + BELOW;

    for (int i = 0; i < 50_000; i++) {
      byte[] changed = bytes(claims);
      for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
        changed[random.nextInt(changed.length)] = (byte) random.nextInt();
      }
      assertThat(verify(signed(HexFormat.of().formatHex(changed)))).isNotNull();
      byte[] any = new byte[random.nextInt(200)];
      random.nextBytes(any);
      if (any.length > 0) {
        any[0] = (byte) 0x84;
      }
      assertThat(verify(any)).isInstanceOf(TokenRefusal.class);
    }
  }

  /** Example of a MACed CWT, RFC 8392 A.4: its MAC is the first 8 bytes. */
  @Test
  void computesTheMacOfTheStandardsExample() throws Exception {
    byte[] token =
        bytes(
            "d83dd18443a10104a1044c53796d6d65747269633235365850a70175636f61703a2f2f61732e6578616d"
                + "706c652e636f6d02656572696b77037818636f61703a2f2f6c696768742e6578616d706c652e636f"
                + "6d041a5612aeb0051a5610d9f0061a5610d9f007420b7148093101ef6d789200");
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(
        new SecretKeySpec(
            bytes("403697de87af64611c1d32a05dab0fe1fcb715a86ab435f1ec99192d79569388"),
            "HmacSHA256"));
    CommonAccessToken example = new CommonAccessToken(token);

    // A key of another form, and a MAC that is cut to 64 bits.
    assertThatThrownBy(() -> example.open(token.length)).isInstanceOf(CborReader.Malformed.class);

    byte[] whole = mac.doFinal(macStructure(token));
    assertThat(Arrays.copyOf(whole, 8)).isEqualTo(bytes("093101ef6d789200"));
  }

  /** RFC 9052 6.3, of a token of which the parts are where they are in the example. */
  private static byte[] macStructure(byte[] token) {
    String hex = HexFormat.of().formatHex(token);
    String payload = hex.substring(hex.indexOf("5850a7"), hex.length() - 18);
    return bytes("84644d414330" + "43a10104" + "40" + payload);
  }

  /** COSE's example of HMAC 256/256 in a COSE_Mac0, made with a key that all know. */
  @Test
  void knowsAMac0ThatOthersMade() throws Exception {
    byte[] token =
        bytes(
            "d18443a10105a054546869732069732074686520636f6e74656e742e5820"
                + "a1a848d3471f9d61ee49018d244c824772f223ad4f935293f1789fc3a08d8c58");
    byte[] key = Base64.getUrlDecoder().decode("hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg");
    CommonAccessToken example = new CommonAccessToken(token);

    example.open(token.length);

    assertThat(example.isMadeWith(new TokenKey(1, key).mac())).isTrue();
    assertThat(example.isMadeWith(KEY.mac())).isFalse();
    // Its payload is a text: no claims.
    assertThatThrownBy(example::claims).isInstanceOf(CborReader.Malformed.class);
  }
}
