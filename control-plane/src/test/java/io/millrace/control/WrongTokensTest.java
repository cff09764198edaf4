package io.millrace.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Guessing the token is slow, wherever it is shown, and whoever has it is let in all the same. */
class WrongTokensTest {
  private static final int MOST = 20;

  @AutoClose private static TestControlPlane control;

  @BeforeAll
  static void start(@TempDir Path directory) {
    control = new TestControlPlane(directory);
  }

  @Test
  void areLimitedTogetherAndLockNobodyOut() throws Exception {
    for (int i = 0; i < MOST / 2; i++) {
      assertThat(list("x".repeat(36)).status()).isEqualTo(401);
      assertThat(signIn("wrong").status()).isEqualTo(401);
    }

    var tooMany = list("x".repeat(36));

    assertThat(tooMany.status()).isEqualTo(429);
    assertThat(Integer.parseInt(tooMany.header("Retry-After"))).isBetween(1, 60);
    assertThat(tooMany.json().get("detail").stringValue())
        .contains("control.wrong-tokens-per-minute");
    assertThat(signIn("wrong").status()).isEqualTo(429);
    assertThat(signIn("wrong").header("Retry-After")).isNotEmpty();
    assertThat(list(control.token()).status()).isEqualTo(200);
    assertThat(signIn(control.token()).status()).isEqualTo(200);
    await().atMost(Duration.ofSeconds(5)).until(() -> control.answers("429") == 3);
    assertThat(control.answers("401")).isEqualTo(MOST);
  }

  private TestControlPlane.Answer list(String token) throws Exception {
    return control.send(
        control
            .request("GET", "/api/v1/channels", null)
            .header("Authorization", "Bearer " + token));
  }

  private TestControlPlane.Answer signIn(String token) throws Exception {
    String body = "{\"token\":\"%s\"}".formatted(token);
    return control.send(control.request("POST", "/api/v1/session", body));
  }
}
