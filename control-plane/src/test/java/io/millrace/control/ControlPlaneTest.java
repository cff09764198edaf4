package io.millrace.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.control.link.ChannelReport;
import io.millrace.control.link.ControlLinkClient;
import io.millrace.control.link.ControlLinkConfig;
import io.millrace.control.link.DirectoryNode;
import io.millrace.control.link.NodeAddresses;
import io.millrace.control.link.Role;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ControlPlaneTest {
  private static final Duration SOON = Duration.ofSeconds(15);

  private final List<AutoCloseable> open = new ArrayList<>();
  private Path directory;
  private TestControlPlane control;

  @BeforeAll
  void start(@TempDir Path temporary) {
    directory = temporary;
    control = new TestControlPlane(directory);
  }

  @AfterAll
  void stop() {
    control.close();
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
    open.clear();
  }

  @Test
  void keyIsShownOnceAndOnlyItsHashIsKept() throws Exception {
    var created =
        control.call("POST", "/api/v1/channels", "{\"name\":\"once\",\"title\":\"Once\"}");

    assertThat(created.status()).isEqualTo(201);
    String key = created.json().get("key").stringValue();
    assertThat(key).matches("mk_[0-9a-z]{32}");
    assertThat(created.header("Location"))
        .isEqualTo("/api/v1/channels/" + created.json().get("id").stringValue());
    JsonNode shown = control.call("GET", "/api/v1/channels/once").json();
    assertThat(shown.has("key")).isFalse();
    assertThat(shown.toString()).doesNotContain(key);
    assertThat(shown.get("keyHint").stringValue()).isEqualTo(key.substring(0, 7) + "…");
    assertThat(
            query(
                "select hash from stream_keys k join channels c on c.id = k.channel where c.name ="
                    + " 'once'"))
        .containsExactly(sha256(key));
    assertThat(query("select string_agg(stream_keys::text, ' ') from stream_keys").getFirst())
        .doesNotContain(key);

    var rotated = control.call("POST", "/api/v1/channels/once/key");

    String newKey = rotated.json().get("key").stringValue();
    assertThat(newKey).isNotEqualTo(key);
    assertThat(
            query(
                "select hash from stream_keys k join channels c on c.id = k.channel where c.name ="
                    + " 'once'"))
        .containsExactly(sha256(newKey));
  }

  @Test
  void channelsAreListedInOrderPageByPage() throws Exception {
    for (String name : List.of("page-c", "page-a", "page-b")) {
      control.call("POST", "/api/v1/channels", "{\"name\":\"%s\"}".formatted(name));
    }

    JsonNode first = control.call("GET", "/api/v1/channels?limit=2&after=page").json();
    JsonNode second =
        control
            .call("GET", "/api/v1/channels?limit=2&after=" + first.get("next").stringValue())
            .json();

    assertThat(names(first)).containsExactly("page-a", "page-b");
    assertThat(names(second)).startsWith("page-c");
    for (String limit : List.of("0", "501", "many")) {
      assertThat(control.call("GET", "/api/v1/channels?limit=" + limit).status()).isEqualTo(400);
    }
  }

  @Test
  void wrongValuesAreNamedAllAtOnce() throws Exception {
    var answer =
        control.call(
            "POST",
            "/api/v1/channels",
            "{\"name\":\"Main"
                + " Stage\",\"titel\":\"x\",\"settings\":{\"partMs\":10,\"segmentMs\":\"long\",\"windowMs\":1}}");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    List<String> fields = new ArrayList<>();
    answer.json().get("errors").forEach(error -> fields.add(error.get("field").stringValue()));
    assertThat(fields)
        .containsExactlyInAnyOrder(
            "name", "titel", "settings.partMs", "settings.segmentMs", "settings.windowMs");
    assertThat(answer.json().get("detail").stringValue())
        .contains("name: \"Main Stage\" (expected: 1 to 63 of a-z, 0-9 and -")
        .contains("settings.partMs: 10 (expected: 50 to 5000)")
        .contains("titel: not known (expected: name, settings, title)");
  }

  @Test
  void malformedAndOversizedBodiesAreProblems() throws Exception {
    assertThat(control.call("POST", "/api/v1/channels", "{\"name\":").status()).isEqualTo(400);
    assertThat(control.call("POST", "/api/v1/channels", "[1]").status()).isEqualTo(400);
    var large =
        control.call("POST", "/api/v1/channels", "{\"name\":\"" + "a".repeat(70_000) + "\"}");
    assertThat(large.status()).isEqualTo(413);
    assertThat(large.header("Content-Type")).isEqualTo("application/problem+json");
    var unknown = control.call("GET", "/api/v1/nonsense");
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.json().get("status").intValue()).isEqualTo(404);
    var malformedPath = control.call("GET", "/api/v1/channels/%00");
    assertThat(malformedPath.status()).isIn(400, 404);
  }

  @Test
  void nameIsUniqueAndCanChangeWhileTheIdStays() throws Exception {
    String id =
        control
            .call("POST", "/api/v1/channels", "{\"name\":\"before\"}")
            .json()
            .get("id")
            .stringValue();
    control.call("POST", "/api/v1/channels", "{\"name\":\"taken\"}");

    assertThat(control.call("POST", "/api/v1/channels", "{\"name\":\"before\"}").status())
        .isEqualTo(409);
    var conflict = control.call("PATCH", "/api/v1/channels/before", "{\"name\":\"taken\"}");
    assertThat(conflict.status()).isEqualTo(409);
    assertThat(conflict.json().get("type").stringValue())
        .isEqualTo("urn:millrace:problem:name-taken");
    assertThat(conflict.json().get("detail").stringValue())
        .contains("\"taken\"")
        .startsWith("name:");
    var changed =
        control.call(
            "PATCH",
            "/api/v1/channels/before",
            "{\"name\":\"after\",\"settings\":{\"graceMs\":5000}}");

    assertThat(changed.status()).isEqualTo(200);
    assertThat(changed.json().get("settings").get("graceMs").intValue()).isEqualTo(5_000);
    assertThat(changed.json().get("settings").get("partMs").intValue()).isEqualTo(200);
    assertThat(control.call("GET", "/api/v1/channels/before").status()).isEqualTo(404);
    assertThat(control.call("GET", "/api/v1/channels/" + id).json().get("name").stringValue())
        .isEqualTo("after");
    assertThat(control.call("DELETE", "/api/v1/channels/" + id).status()).isEqualTo(204);
    assertThat(control.call("GET", "/api/v1/channels/after").status()).isEqualTo(404);
  }

  @Test
  void everythingButWatchingNeedsTheToken() throws Exception {
    control.call("POST", "/api/v1/channels", "{\"name\":\"guarded\"}");

    for (String path :
        List.of("/api/v1/channels", "/api/v1/nodes", "/api/v1/events", "/api/v1/session")) {
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
                Files.getPosixFilePermissions(directory.resolve("admin-token"))))
        .isEqualTo("rw-------");
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
    assertThat(query("select string_agg(sessions::text, ' ') from sessions").getFirst())
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
  void whatANodeReportsIsLiveAndWhatIsEndedReachesIt() throws Exception {
    JsonNode created = control.call("POST", "/api/v1/channels", "{\"name\":\"on-air\"}").json();
    UUID channel = UUID.fromString(created.get("id").stringValue());
    ControlLinkClient node = node("node-live", Set.of(Role.INGEST, Role.EDGE));
    List<UUID> ended = new CopyOnWriteArrayList<>();
    node.onEndBroadcast(ended::add);
    assertThat(node.awaitDirectory(SOON)).isTrue();
    assertThat(node.channelByKeyHash(sha256(created.get("key").stringValue()))).isPresent();
    var idle = control.call("POST", "/api/v1/channels/on-air/end");
    assertThat(idle.status()).isEqualTo(409);
    assertThat(idle.json().get("type").stringValue())
        .isEqualTo("urn:millrace:problem:nothing-on-air");

    node.report(ingest(channel, ChannelReport.State.LIVE));
    node.report(edge(channel, 3, 6.34));

    await().atMost(SOON).until(() -> live("on-air").get("viewers").intValue() == 3);
    JsonNode live = live("on-air");
    assertThat(live.get("state").stringValue()).isEqualTo("live");
    assertThat(live.get("bitrateBps").longValue()).isEqualTo(3_000_000);
    assertThat(live.get("latencyMs").doubleValue()).isEqualTo(6.3);
    assertThat(live.get("tracks").get(0).get("frameRate").doubleValue()).isEqualTo(29.97);
    assertThat(live.get("tracks").get(0).has("sampleRate")).isFalse();
    assertThat(live.get("hints").get(0).stringValue()).contains("keyframe");
    JsonNode seen =
        control.send(control.request("GET", "/api/v1/public/channels/on-air", null)).json();
    assertThat(seen.get("live").booleanValue()).isTrue();
    assertThat(control.call("POST", "/api/v1/channels/on-air/end").status()).isEqualTo(202);
    await().atMost(SOON).until(() -> ended.contains(channel));
    node.report(ingest(channel, ChannelReport.State.WAITING));
    await().atMost(SOON).until(() -> "waiting".equals(live("on-air").get("state").stringValue()));
    node.report(ingest(channel, ChannelReport.State.ENDED));
    await().atMost(SOON).until(() -> "offline".equals(live("on-air").get("state").stringValue()));
  }

  @Test
  void addressesAreThoseThatNodesRegisteredAtTheHostThatWasAsked() throws Exception {
    control.call("POST", "/api/v1/channels", "{\"name\":\"addressed\"}");
    ControlLinkClient node = node("node-addresses", Set.of(Role.INGEST, Role.EDGE));
    assertThat(node.awaitDirectory(SOON)).isTrue();

    node.announce(
        new NodeAddresses(
            "127.0.0.1",
            8092,
            Map.of(
                NodeAddresses.RTMP, new NodeAddresses.Endpoint("", 21_935),
                NodeAddresses.HTTP, new NodeAddresses.Endpoint("cdn.example", 8080))));

    await()
        .atMost(SOON)
        .until(
            () -> control.call("GET", "/api/v1/channels/addressed").json().get("watch").has("hls"));
    JsonNode channel = control.call("GET", "/api/v1/channels/addressed").json();
    assertThat(channel.get("publish").get("rtmp").stringValue())
        .isEqualTo("rtmp://127.0.0.1:21935/live");
    assertThat(channel.get("publish").has("srt")).isFalse();
    assertThat(channel.get("watch").get("hls").stringValue())
        .isEqualTo("http://cdn.example:8080/live/addressed/index.m3u8");
    assertThat(channel.get("watch").get("page").stringValue())
        .isEqualTo("http://127.0.0.1:" + control.controlPlane().port() + "/watch/addressed");
    String key = "mk_";
    JsonNode rotated = control.call("POST", "/api/v1/channels/addressed/key").json();
    assertThat(rotated.get("publish").get("rtmp").stringValue())
        .isEqualTo("rtmp://127.0.0.1:21935/live/" + rotated.get("key").stringValue())
        .contains(key);
    await()
        .atMost(SOON)
        .until(
            () ->
                node.nodes(Role.INGEST)
                    .contains(
                        new DirectoryNode(
                            "node-addresses", Set.of(Role.INGEST, Role.EDGE), "127.0.0.1", 8092)));
  }

  @Test
  void tokenIsForOneNodeAndItsRoles() throws Exception {
    String token =
        control
            .call("POST", "/api/v1/node-tokens", "{\"roles\":[\"edge\"]}")
            .json()
            .get("token")
            .stringValue();

    ControlLinkClient wrongRoles = node("node-roles", Set.of(Role.INGEST), token, "roles-1");
    assertThat(wrongRoles.awaitDirectory(SOON)).isFalse();
    assertThat(wrongRoles.refusal().orElse("")).contains("roles: ingest").contains("edge");
    ControlLinkClient edge = node("node-edge", Set.of(Role.EDGE), token, "roles-2");
    assertThat(edge.awaitDirectory(SOON)).isTrue();
    ControlLinkClient second = node("node-second", Set.of(Role.EDGE), token, "roles-3");
    assertThat(second.awaitDirectory(SOON)).isFalse();
    assertThat(second.refusal().orElse("")).contains("node.token").contains("used");

    assertThat(control.call("DELETE", "/api/v1/nodes/node-edge").status()).isEqualTo(409);
    edge.close();
    ControlLinkClient moreRoles = node("node-edge", Set.of(Role.ORIGIN), "", "roles-2");
    assertThat(moreRoles.awaitDirectory(SOON)).isFalse();
    assertThat(moreRoles.refusal().orElse("")).contains("roles: origin").contains("edge");
    moreRoles.close();
    ControlLinkClient withToken =
        node(
            "node-edge",
            Set.of(Role.ORIGIN),
            control
                .controlPlane()
                .issueNodeToken("node-edge", Set.of(Role.ORIGIN), Duration.ofMinutes(5)),
            "roles-2");
    assertThat(withToken.awaitDirectory(SOON)).isTrue();
    withToken.close();
    await().atMost(SOON).until(() -> !isConnected("node-edge"));
    assertThat(control.call("DELETE", "/api/v1/nodes/node-edge").status()).isEqualTo(204);
    assertThat(control.call("POST", "/api/v1/node-tokens", "{\"roles\":[\"boss\"]}").status())
        .isEqualTo(400);
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

      ControlLinkClient node = node("node-events", Set.of(Role.INGEST));
      assertThat(node.awaitDirectory(SOON)).isTrue();
      node.report(ingest(UUID.fromString(id), ChannelReport.State.LIVE));
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
    ControlLinkClient node = node("node-restart", Set.of(Role.INGEST));
    assertThat(node.awaitDirectory(SOON)).isTrue();
    node.report(ingest(channel, ChannelReport.State.LIVE));
    await().atMost(SOON).until(() -> "live".equals(live("restart").get("state").stringValue()));

    int[] ports = control.stop();
    await().atMost(SOON).until(() -> !node.connected());
    assertThat(node.channelByKeyHash(sha256(created.get("key").stringValue()))).isPresent();
    control.startAgain(ports);

    await()
        .atMost(Duration.ofSeconds(5))
        .until(() -> "live".equals(live("restart").get("state").stringValue()));
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

  private ControlLinkClient node(String id, Set<Role> roles) {
    return node(
        id,
        roles,
        control.controlPlane().issueNodeToken(id, roles, Duration.ofMinutes(5)),
        "node-" + UUID.randomUUID());
  }

  private ControlLinkClient node(String id, Set<Role> roles, String token, String state) {
    ControlLinkClient node =
        ControlLinkClient.start(
            ControlLinkConfig.of(
                    "127.0.0.1",
                    control.controlPlane().grpcPort(),
                    id,
                    roles,
                    directory.resolve(state))
                .withJoinToken(token));
    open.add(node);
    return node;
  }

  private TestControlPlane.Answer create(String body, String cookie, Map<String, String> headers)
      throws Exception {
    HttpRequest.Builder request =
        control.request("POST", "/api/v1/channels", body).header("Cookie", cookie);
    headers.forEach(request::header);
    return control.send(request);
  }

  private JsonNode live(String channel) throws Exception {
    return control.call("GET", "/api/v1/channels/" + channel).json().get("live");
  }

  private boolean isConnected(String id) throws Exception {
    for (JsonNode node : control.call("GET", "/api/v1/nodes").json().get("nodes")) {
      if (node.get("id").stringValue().equals(id)) {
        return node.get("connected").booleanValue();
      }
    }
    return false;
  }

  private List<String> query(String sql) throws Exception {
    var database = (io.millrace.control.database.DatabaseConfig.External) control.database();
    List<String> values = new ArrayList<>();
    try (Connection connection =
            DriverManager.getConnection(database.url(), database.user(), database.password());
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
    }
    return values;
  }

  private static JsonNode nextEvent(BufferedReader lines, String name) throws Exception {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.equals("event: " + name)) {
        return TestControlPlane.JSON.readTree(lines.readLine().substring("data: ".length()));
      }
    }
    throw new AssertionError("The events ended before " + name);
  }

  private static List<String> names(JsonNode page) {
    List<String> names = new ArrayList<>();
    page.get("channels").forEach(channel -> names.add(channel.get("name").stringValue()));
    return names;
  }

  private static ChannelReport ingest(UUID channel, ChannelReport.State state) {
    return new ChannelReport(
        channel,
        Role.INGEST,
        state,
        UUID.randomUUID(),
        1_700_000_000_000L,
        3_000_000,
        List.of(
            new ChannelReport.TrackReport(
                "VIDEO", "avc1.64001f", 1280, 720, 29.97003, 2000, 0, 0, 2_800_000)),
        "192.0.2.1 OBS",
        0,
        -1,
        List.of("Set the keyframe interval to 2 s."));
  }

  private static ChannelReport edge(UUID channel, int viewers, double latencyMs) {
    return new ChannelReport(
        channel,
        Role.EDGE,
        ChannelReport.State.LIVE,
        null,
        0,
        0,
        List.of(),
        "",
        viewers,
        latencyMs,
        List.of());
  }

  private static String sha256(String text) throws Exception {
    return HexFormat.of()
        .formatHex(
            MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
  }
}
