package io.millrace.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may call the API: the token from anywhere, the cookie from our own pages. */
class SignInTest {
  /** Less than until the next comment line. */
  private static final Duration SOON = Duration.ofSeconds(5);

  @AutoClose private static TestControlPlane control;

  @BeforeAll
  static void start(@TempDir Path directory) {
    control = new TestControlPlane(directory);
  }

  @Test
  void everythingButWatchingNeedsTheToken() throws Exception {
    control.call("POST", "/api/v1/channels", "{\"name\":\"guarded\"}");

    for (String path : List.of("/api/v1/channels", "/api/v1/nodes", "/api/v1/events")) {
      var answer = control.send(control.request("GET", path, null));
      assertThat(answer.status()).as(path).isEqualTo(401);
      assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer");
    }
    assertThat(
            control
                .send(
                    control
                        .request("GET", "/api/v1/channels", null)
                        .header("Authorization", "Bearer " + "x".repeat(36)))
                .status())
        .isEqualTo(401);
    for (String path :
        List.of("/api/v1/public/channels/guarded", "/health/live", "/health/ready")) {
      assertThat(control.send(control.request("GET", path, null)).status()).as(path).isEqualTo(200);
    }
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(control.directory().resolve("admin-token"))))
        .isEqualTo("rw-------");
  }

  @Test
  void whoHasNotSignedInIsToldSo() throws Exception {
    var nobody = control.send(control.request("GET", "/api/v1/session", null));
    assertThat(nobody.status()).isEqualTo(200);
    assertThat(nobody.json()).hasToString("{\"signedIn\":false}");
    assertThat(control.call("GET", "/api/v1/session").json().get("signedIn").booleanValue())
        .isTrue();

    var wrong =
        control.send(
            control
                .request("GET", "/api/v1/session", null)
                .header("Authorization", "Bearer " + "x".repeat(36)));
    assertThat(wrong.status()).isEqualTo(401);
  }

  @Test
  void cookieWorksForOurOwnPagesOnly() throws Exception {
    String body = "{\"token\":\"%s\"}".formatted(control.token());
    String origin = "http://127.0.0.1:" + control.controlPlane().port();
    assertThat(
            control
                .send(
                    control
                        .request("POST", "/api/v1/session", body)
                        .header("Origin", "http://evil.example"))
                .status())
        .isEqualTo(403);
    assertThat(
            control
                .send(control.request("POST", "/api/v1/session", "{\"token\":\"wrong\"}"))
                .status())
        .isEqualTo(401);

    var session =
        control.send(control.request("POST", "/api/v1/session", body).header("Origin", origin));

    assertThat(session.status()).isEqualTo(200);
    assertThat(session.header("Set-Cookie")).contains("HttpOnly", "SameSite=Strict", "Path=/");
    String cookie = session.header("Set-Cookie").replaceAll(";.*", "");
    var who =
        control.send(control.request("GET", "/api/v1/session", null).header("Cookie", cookie));
    assertThat(who.json().get("via").stringValue()).isEqualTo("cookie");
    String channel = "{\"name\":\"by-cookie\"}";
    assertThat(create(channel, cookie, Map.of()).status()).isEqualTo(403);
    assertThat(create(channel, cookie, Map.of("Origin", "http://evil.example")).status())
        .isEqualTo(403);
    assertThat(
            create(channel, cookie, Map.of("Origin", origin, "Sec-Fetch-Site", "cross-site"))
                .status())
        .isEqualTo(403);
    assertThat(
            create(channel, cookie, Map.of("Origin", origin, "Sec-Fetch-Site", "same-origin"))
                .status())
        .isEqualTo(201);
    assertThat(control.query("select string_agg(sessions::text, ' ') from sessions").getFirst())
        .doesNotContain(cookie.substring(cookie.indexOf('=') + 1));

    var signedOut =
        control.send(
            control
                .request("DELETE", "/api/v1/session", null)
                .header("Cookie", cookie)
                .header("Origin", origin));

    assertThat(signedOut.status()).isEqualTo(204);
    assertThat(
            control
                .send(control.request("GET", "/api/v1/channels", null).header("Cookie", cookie))
                .status())
        .isEqualTo(401);
  }

  @Test
  void signingOutEndsTheEventsOfThatSessionOnly() throws Exception {
    String cookie = signIn();
    CompletableFuture<String> first = events("Cookie", cookie);
    CompletableFuture<String> second = events("Cookie", cookie);
    CompletableFuture<String> otherSession = events("Cookie", signIn());
    CompletableFuture<String> token = events("Authorization", "Bearer " + control.token());

    assertThat(
            control
                .send(control.request("DELETE", "/api/v1/session", null).header("Cookie", cookie))
                .status())
        .isEqualTo(204);

    assertThat(first).succeedsWithin(SOON);
    assertThat(second).succeedsWithin(SOON);
    control.call("POST", "/api/v1/channels", "{\"name\":\"after-signing-out\"}");
    assertThat(first.join()).doesNotContain("after-signing-out");
    assertThat(otherSession).isNotDone();
    assertThat(token).isNotDone();
  }

  @Test
  void eventsEndWhenTheirSessionExpires() throws Exception {
    String cookie = signIn();
    control.update(
        "update sessions set expires_at = now() + interval '2 seconds' where hash = '%s'"
            .formatted(TestControlPlane.sha256(cookie.substring(cookie.indexOf('=') + 1))));

    CompletableFuture<String> events = events("Cookie", cookie);

    assertThat(events).isNotDone();
    assertThat(events).succeedsWithin(SOON);
  }

  @Test
  void eventsOfASessionThatANewOneReplacesEnd() throws Exception {
    String cookie = signIn();
    CompletableFuture<String> events = events("Cookie", cookie);
    control.update(
        "insert into sessions (hash, token_hash, created_at, expires_at)"
            + " select repeat('0', 56) || to_char(i, 'FM00000000'), repeat('0', 64),"
            + " now() + interval '1 hour', now() + interval '2 hours'"
            + " from generate_series(1, 1000) as i");
    try {
      signIn();

      assertThat(events).succeedsWithin(SOON);
    } finally {
      control.update("delete from sessions where token_hash = repeat('0', 64)");
    }
  }

  private String signIn() throws Exception {
    String body = "{\"token\":\"%s\"}".formatted(control.token());
    var session = control.send(control.request("POST", "/api/v1/session", body));
    assertThat(session.status()).isEqualTo(200);
    return session.header("Set-Cookie").replaceAll(";.*", "");
  }

  /** Opens the stream; done when it has ended as it should, with the text of it. */
  private CompletableFuture<String> events(String header, String value) throws Exception {
    HttpResponse<InputStream> response =
        control
            .client()
            .send(
                control.request("GET", "/api/v1/events", null).header(header, value).build(),
                HttpResponse.BodyHandlers.ofInputStream());
    assertThat(response.statusCode()).isEqualTo(200);
    CompletableFuture<String> text = new CompletableFuture<>();
    var _ =
        Thread.ofVirtual()
            .start(
                () -> {
                  try (InputStream in = response.body()) {
                    text.complete(new String(in.readAllBytes(), StandardCharsets.UTF_8));
                  } catch (IOException e) {
                    text.completeExceptionally(e);
                  }
                });
    return text;
  }

  private TestControlPlane.Answer create(String body, String cookie, Map<String, String> headers)
      throws Exception {
    HttpRequest.Builder request =
        control.request("POST", "/api/v1/channels", body).header("Cookie", cookie);
    headers.forEach(request::header);
    return control.send(request);
  }
}
