package io.millrace.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.control.link.ControlLinkClient;
import io.millrace.control.link.Role;
import io.millrace.control.token.TokenKey;
import io.millrace.control.token.TokenPolicy;
import io.millrace.control.token.TokenPolicy.Binding;
import io.millrace.control.token.TokenTrust;
import io.millrace.control.token.TokenVerifier;
import io.millrace.control.token.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class TokenKeysTest {
  private static final Duration SOON = Duration.ofSeconds(15);

  private static List<TokenKey> keys(TestNodes nodes, String id) throws InterruptedException {
    ControlLinkClient edge = nodes.join(id, Set.of(Role.EDGE));
    assertThat(edge.awaitDirectory(SOON)).isTrue();
    return edge.directory().tokens().keys().newestFirst();
  }

  @Test
  void edgesGetAKeyThatTheDatabaseDoesNotHave(@TempDir Path directory) throws Exception {
    try (TestControlPlane control = new TestControlPlane(directory);
        TestNodes nodes = new TestNodes(control)) {
      List<TokenKey> keys = keys(nodes, "edge-1");

      assertThat(keys).hasSize(1);
      byte[] secret = keys.getFirst().secret();
      String rows = String.join(" ", control.query("select k::text from token_keys k"));
      assertThat(rows)
          .isNotEmpty()
          .doesNotContain(HexFormat.of().formatHex(secret))
          .doesNotContain(Base64.getEncoder().encodeToString(secret));
      Path file = directory.resolve("token-secret");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
      assertThat(Files.readString(file)).startsWith("mts_");
    }
  }

  @Test
  void aNewKeySignsAndTheOneBeforeChecksStill(@TempDir Path directory) throws Exception {
    try (TestControlPlane control = new TestControlPlane(directory);
        TestNodes nodes = new TestNodes(control)) {
      ControlLinkClient edge = nodes.join("edge-1", Set.of(Role.EDGE));
      assertThat(edge.awaitDirectory(SOON)).isTrue();
      control.call("POST", "/api/v1/channels", "{\"name\":\"main\"}");

      JsonNode second = control.call("POST", "/api/v1/token-keys").json();
      await().atMost(SOON).until(() -> numbers(edge).equals(List.of(2, 1)));
      assertThat(control.call("GET", "/api/v1/token-keys").json().toString())
          .contains("\"number\":2", "\"number\":1")
          .doesNotContain("mtk_");
      TokenKey newest = edge.directory().tokens().keys().newestFirst().getFirst();
      assertThat(second.get("key").stringValue())
          .isEqualTo(
              "mtk_2_" + Base64.getUrlEncoder().withoutPadding().encodeToString(newest.secret()));
      TokenVerifier verifier = new TokenVerifier(16);
      verifier.keys(edge.directory().tokens().keys());
      String token =
          control.call("POST", "/api/v1/channels/main/tokens").json().get("token").stringValue();
      assertThat(verifier.verify(token, 0, token.length()))
          .isInstanceOfSatisfying(
              Verdict.Genuine.class, genuine -> assertThat(genuine.key()).isEqualTo(newest));

      control.call("POST", "/api/v1/token-keys");
      await().atMost(SOON).until(() -> numbers(edge).equals(List.of(3, 2)));
      assertThat(control.query("select count(*) from token_keys")).containsExactly("2");
    }
  }

  private static List<Integer> numbers(ControlLinkClient edge) {
    return edge.directory().tokens().keys().newestFirst().stream().map(TokenKey::number).toList();
  }

  @Test
  void edgesHearOfWhatIsRevokedAndOfWhatAChannelWants(@TempDir Path directory) throws Exception {
    try (TestControlPlane control = new TestControlPlane(directory);
        TestNodes nodes = new TestNodes(control)) {
      ControlLinkClient edge = nodes.join("edge-1", Set.of(Role.EDGE));
      assertThat(edge.awaitDirectory(SOON)).isTrue();
      control.call("POST", "/api/v1/channels", "{\"name\":\"main\"}");
      await().atMost(SOON).until(() -> edge.directory().channel("main").isPresent());
      assertThat(edge.directory().channel("main").orElseThrow().tokens())
          .isEqualTo(TokenPolicy.OPEN);

      assertThat(
              control
                  .call(
                      "PATCH",
                      "/api/v1/channels/main",
                      "{\"tokens\":{\"required\":true,\"bindings\":[\"session\"]}}")
                  .status())
          .isEqualTo(200);
      TokenPolicy wanted =
          new TokenPolicy(true, Set.of(Binding.SESSION), TokenPolicy.USUAL_SESSION_S);
      await()
          .atMost(SOON)
          .until(() -> edge.directory().channel("main").orElseThrow().tokens().equals(wanted));
      assertThat(control.call("POST", "/api/v1/channels/main/tokens", "{}").json().toString())
          .contains("session", "must be bound to it");

      assertThat(revoke(control, "{\"id\":\"5eed\"}").status()).isEqualTo(201);
      assertThat(revoke(control, "{\"session\":\"viewer-42\"}").status()).isEqualTo(201);
      assertThat(revoke(control, "{\"session\":\"viewer-42\",\"forSeconds\":1}").status())
          .isEqualTo(201);
      await()
          .atMost(SOON)
          .until(
              () -> {
                TokenTrust trust = edge.directory().tokens();
                return trust.revokedIds().equals(Set.of("5eed"))
                    && trust.revokedSessions().equals(Set.of("viewer-42"));
              });
      assertThat(
              control.query(
                  "select count(*) from token_revocations where until > now() + '30 days'"))
          .containsExactly("2");
    }
  }

  private static TestControlPlane.Answer revoke(TestControlPlane control, String body)
      throws Exception {
    return control.call("POST", "/api/v1/token-revocations", body);
  }

  @Test
  void saysWhatIsWrongWithARequest(@TempDir Path directory) throws Exception {
    try (TestControlPlane control = new TestControlPlane(directory)) {
      control.call("POST", "/api/v1/channels", "{\"name\":\"main\"}");
      String tokens = "/api/v1/channels/main/tokens";

      for (String[] wrong :
          new String[][] {
            {tokens, "{\"expiresInSeconds\":9}", "expected: 10 to 2592000"},
            {tokens, "{\"address\":\"a.example\"}", "expected: an address"},
            {tokens, "{\"address\":\"203.0.113.0/33\"}", "expected: an address"},
            {tokens, "{\"session\":\"a b\"}", "no space"},
            {"/api/v1/token-revocations", "{}", "and not both"},
            {"/api/v1/token-revocations", "{\"id\":\"5eed\",\"session\":\"a\"}", "not both"},
            {"/api/v1/token-revocations", "{\"id\":\"5EED\"}", "pairs of 0-9 and a-f"},
          }) {
        var answer = control.call("POST", wrong[0], wrong[1]);
        assertThat(answer.status()).as(wrong[1]).isEqualTo(400);
        assertThat(answer.json().toString()).contains(wrong[2]);
      }
      var answer =
          control.call(
              "PATCH", "/api/v1/channels/main", "{\"tokens\":{\"bindings\":[\"country\"]}}");
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.json().toString()).contains("tokens.bindings", "address, session, or both");
    }
  }

  @Test
  void aKeyIsTheSameAfterAStartAndNoneWithAnotherSecret(@TempDir Path directory) throws Exception {
    try (TestControlPlane control = new TestControlPlane(directory);
        TestNodes nodes = new TestNodes(control)) {
      List<TokenKey> keys = keys(nodes, "edge-1");

      int[] ports = control.stop();
      control.startAgain(ports);
      assertThat(keys(nodes, "edge-2")).isEqualTo(keys);

      control.stop();
      Path secret = directory.resolve("token-secret");
      Path away = directory.resolve("away");
      Files.move(secret, away);
      control.startAgain(ports);
      assertThat(keys(nodes, "edge-3")).hasSize(1).doesNotContainAnyElementsOf(keys);

      control.stop();
      Files.move(away, secret, StandardCopyOption.REPLACE_EXISTING);
      control.startAgain(ports);
      assertThat(keys(nodes, "edge-4")).isEqualTo(keys);
    }
  }
}
