package io.millrace.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.control.link.ChannelReport;
import io.millrace.control.link.ControlLinkClient;
import io.millrace.control.link.Role;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The control plane as a whole: its pages, its events, and itself after a restart. */
class ControlPlaneTest {
  private static final Duration SOON = Duration.ofSeconds(15);

  @AutoClose private static TestControlPlane control;
  @AutoClose private final TestNodes nodes = new TestNodes(control);

  @BeforeAll
  static void start(@TempDir Path directory) {
    control = new TestControlPlane(directory);
  }

  @Test
  void eventsTellASnapshotAndThenChanges() throws Exception {
    HttpRequest request =
        control
            .request("GET", "/api/v1/events", null)
            .header("Authorization", "Bearer " + control.token())
            .build();
    HttpResponse<InputStream> response =
        control.client().send(request, HttpResponse.BodyHandlers.ofInputStream());
    assertThat(response.headers().firstValue("Content-Type")).contains("text/event-stream");
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      assertThat(nextEvent(lines, "snapshot").has("channels")).isTrue();

      String id =
          control
              .call("POST", "/api/v1/channels", "{\"name\":\"told\"}")
              .json()
              .get("id")
              .stringValue();
      assertThat(nextEvent(lines, "channel").get("name").stringValue()).isEqualTo("told");

      ControlLinkClient node = nodes.join("node-events", Set.of(Role.INGEST));
      assertThat(node.awaitDirectory(SOON)).isTrue();
      node.report(TestNodes.ingest(UUID.fromString(id), ChannelReport.State.LIVE));
      JsonNode changed = nextEvent(lines, "channel");
      assertThat(changed.get("live").get("state").stringValue()).isEqualTo("live");
      assertThat(changed.has("key")).isFalse();

      control.call("DELETE", "/api/v1/channels/told");
      assertThat(nextEvent(lines, "removed").get("id").stringValue()).isEqualTo(id);
    }
  }

  @Test
  void restartedControlPlaneIsRightAgainWithinSeconds() throws Exception {
    JsonNode created = control.call("POST", "/api/v1/channels", "{\"name\":\"restart\"}").json();
    UUID channel = UUID.fromString(created.get("id").stringValue());
    ControlLinkClient node = nodes.join("node-restart", Set.of(Role.INGEST));
    assertThat(node.awaitDirectory(SOON)).isTrue();
    node.report(TestNodes.ingest(channel, ChannelReport.State.LIVE));
    await()
        .atMost(SOON)
        .until(() -> "live".equals(control.live("restart").get("state").stringValue()));

    int[] ports = control.stop();
    await().atMost(SOON).until(() -> !node.connected());
    assertThat(
            node.directory()
                .channelByKeyHash(TestControlPlane.sha256(created.get("key").stringValue())))
        .isPresent();
    control.startAgain(ports);

    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> "live".equals(control.live("restart").get("state").stringValue()));
  }

  @Test
  void pagesAreServedWithTheirPolicy() throws Exception {
    for (String path : List.of("/", "/watch/main", "/embed/main")) {
      var page = control.send(control.request("GET", path, null));
      assertThat(page.status()).as(path).isEqualTo(200);
      assertThat(page.header("Content-Type")).isEqualTo("text/html; charset=utf-8");
      assertThat(page.header("Content-Security-Policy"))
          .contains("default-src 'none'")
          .endsWith(path.startsWith("/embed") ? "frame-ancestors *" : "frame-ancestors 'none'");
      assertThat(page.header("Cache-Control")).isEqualTo("no-cache");
      var again =
          control.send(
              control.request("GET", path, null).header("If-None-Match", page.header("ETag")));
      assertThat(again.status()).isEqualTo(304);
    }
    String console = control.send(control.request("GET", "/", null)).response().body();
    String script = console.replaceAll("(?s).*src=\"(/assets/[^\"]+\\.js)\".*", "$1");
    var asset =
        control.send(control.request("GET", script, null).header("Accept-Encoding", "gzip"));
    assertThat(asset.status()).isEqualTo(200);
    assertThat(asset.header("Content-Type")).isEqualTo("text/javascript; charset=utf-8");
    assertThat(asset.header("Cache-Control")).contains("immutable");
    assertThat(asset.header("Content-Encoding")).isEqualTo("gzip");
    for (String path : List.of("/nothing.js", "/../openapi.yaml", "/watch/a/b", "/assets/")) {
      assertThat(control.send(control.request("GET", path, null)).status()).as(path).isEqualTo(404);
    }
    var missing =
        control.send(control.request("GET", "/channels", null).header("Accept", "text/html"));
    assertThat(missing.status()).isEqualTo(404);
    assertThat(missing.header("Content-Type")).isEqualTo("text/html; charset=utf-8");
    assertThat(missing.response().body()).contains("There is no such page");
  }

  private static JsonNode nextEvent(BufferedReader lines, String name) throws Exception {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.equals("event: " + name)) {
        return TestControlPlane.JSON.readTree(lines.readLine().substring("data: ".length()));
      }
    }
    throw new AssertionError("The events ended before " + name);
  }
}
