package io.millrace.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.sdk.internal.TokenWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ViewerTokensTest {
  private static final UUID CHANNEL = UUID.fromString("01993c5e-8a4b-7c31-9d20-b1f6f5a0c9e7");
  private static final String KEY = "mtk_7_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY";
  private static final byte[] ID = {
    0x5e, (byte) 0xed, 0x01, 0x23, 0x45, 0x67, (byte) 0x89, (byte) 0xab
  };

  private static ViewerTokenRequest anHour() {
    return ViewerTokenRequest.lasting(Duration.ofHours(1));
  }

  /** The tests of what edges read tokens with have the same one. */
  @Test
  void writesWhatEdgesRead() {
    ViewerToken token =
        TokenWriter.of(KEY)
            .write(
                CHANNEL,
                anHour().withSession("viewer-42").withAddress("203.0.113.77/20"),
                ID,
                Instant.ofEpochSecond(1_800_000_000L - 3_600));

    assertThat(token.token())
        .isEqualTo(
            "AQcWAGtJ0gABmTxeikt8MZ0gsfb1oMnnCXZpZXdlci00MgQUywBwCF7tASNFZ4mr_nW-Cv2mfmXqj3c7hNaKqA");
    assertThat(token.id()).isEqualTo("5eed0123456789ab");
    assertThat(token.expiresAt()).isEqualTo(Instant.ofEpochSecond(1_800_000_000L));
    assertThat(token.toString()).doesNotContain(token.token());
  }

  @Test
  void makesEachTokenAnother() {
    ViewerTokens tokens = ViewerTokens.with(KEY);

    ViewerToken one = tokens.make(CHANNEL, anHour());
    ViewerToken other = tokens.make(CHANNEL, anHour().withAddress("2001:db8::/48"));

    assertThat(one.token()).isNotEqualTo(other.token()).matches("[A-Za-z0-9_-]{54,}");
    assertThat(one.id()).isNotEqualTo(other.id()).hasSize(16);
    assertThat(one.expiresAt()).isBetween(Instant.now(), Instant.now().plusSeconds(3_601));
    assertThat(tokens).hasToString("ViewerTokens");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "mtk_7_short", "mtk_0_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY", "mat_abc"})
  void refusesWhatIsNoKeyWithoutShowingIt(String key) {
    assertThatThrownBy(() -> ViewerTokens.with(key))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("key: (expected: mtk_NUMBER_SECRET; what was given is not shown)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"localhost", "203.0.113", "203.0.113.256", "203.0.113.0/33", "::/129", "a:b/c"})
  void refusesWhatIsNoAddress(String address) {
    ViewerTokens tokens = ViewerTokens.with(KEY);

    assertThatThrownBy(() -> tokens.make(CHANNEL, anHour().withAddress(address)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("address: " + address);
  }

  @Test
  void refusesWhatNoTokenCanSay() {
    ViewerTokens tokens = ViewerTokens.with(KEY);

    assertThatThrownBy(() -> tokens.make(CHANNEL, anHour().withSession("a b")))
        .hasMessageStartingWith("session: ");
    assertThatThrownBy(() -> tokens.make(CHANNEL, ViewerTokenRequest.lasting(Duration.ofDays(31))))
        .hasMessageStartingWith("expiresIn: PT744H");
  }
}
