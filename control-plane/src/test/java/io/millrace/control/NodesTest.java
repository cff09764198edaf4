package io.millrace.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.control.link.ChannelReport;
import io.millrace.control.link.ControlLinkClient;
import io.millrace.control.link.DirectoryNode;
import io.millrace.control.link.MarkedRange;
import io.millrace.control.link.NodeAddresses;
import io.millrace.control.link.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Nodes that join, and what becomes of what they report. */
class NodesTest {
  private static final Duration SOON = Duration.ofSeconds(15);

  @AutoClose private static TestControlPlane control;
  @AutoClose private final TestNodes nodes = new TestNodes(control);

  @BeforeAll
  static void start(@TempDir Path directory) {
    control = new TestControlPlane(directory);
  }

  @Test
  void whatANodeReportsIsLiveAndWhatIsEndedReachesIt() throws Exception {
    JsonNode created = control.call("POST", "/api/v1/channels", "{\"name\":\"on-air\"}").json();
    UUID channel = UUID.fromString(created.get("id").stringValue());
    ControlLinkClient node = nodes.join("node-live", Set.of(Role.INGEST, Role.EDGE));
    List<UUID> ended = new CopyOnWriteArrayList<>();
    node.directory().onEndBroadcast(ended::add);
    assertThat(node.awaitDirectory(SOON)).isTrue();
    assertThat(
            node.directory()
                .channelByKeyHash(TestControlPlane.sha256(created.get("key").stringValue())))
        .isPresent();
    var idle = control.call("POST", "/api/v1/channels/on-air/end");
    assertThat(idle.status()).isEqualTo(409);
    assertThat(idle.json().get("type").stringValue())
        .isEqualTo("urn:millrace:problem:nothing-on-air");

    node.report(TestNodes.ingest(channel, ChannelReport.State.LIVE));
    node.report(TestNodes.edge(channel, 3, 6.34));

    await().atMost(SOON).until(() -> control.live("on-air").get("viewers").intValue() == 3);
    JsonNode live = control.live("on-air");
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
    node.report(TestNodes.ingest(channel, ChannelReport.State.WAITING));
    await()
        .atMost(SOON)
        .until(() -> "waiting".equals(control.live("on-air").get("state").stringValue()));
    node.report(TestNodes.ingest(channel, ChannelReport.State.ENDED));
    await()
        .atMost(SOON)
        .until(() -> "offline".equals(control.live("on-air").get("state").stringValue()));
  }

  @Test
  void aDateRangeReachesNodesAsPlaylistsHaveIt() throws Exception {
    UUID channel = create("marked");
    ControlLinkClient node = nodes.join("node-marked", Set.of(Role.INGEST));
    List<MarkedRange> marked = new CopyOnWriteArrayList<>();
    node.directory().onDateRange(marked::add);
    assertThat(node.awaitDirectory(SOON)).isTrue();
    var idle = mark("marked", "{}");
    assertThat(idle.status()).isEqualTo(409);
    assertThat(idle.json().get("detail").stringValue()).contains("publish first");
    node.report(TestNodes.ingest(channel, ChannelReport.State.LIVE));
    await()
        .atMost(SOON)
        .until(() -> "live".equals(control.live("marked").get("state").stringValue()));
    Instant start = Instant.now().plusSeconds(30).truncatedTo(ChronoUnit.MICROS);

    JsonNode full =
        mark(
                "marked",
                """
                {"class": "com.apple.hls.interstitial", "start": "%s", "durationSeconds": 15.0000049,
                 "plannedDurationSeconds": 100, "attributes": {"X-ASSET-URI": "https://a.example/é.m3u8",
                 "X-RESUME-OFFSET": 1.50, "X-BIG": 1e3, "X-HASH": "0xab1f", "CUE": "PRE,ONCE", "SCTE35-OUT": "0Xfc"}}
                """
                    .formatted(start))
            .json();
    JsonNode least = mark("marked", "{}").json();

    assertThat(full.get("class").stringValue()).isEqualTo("com.apple.hls.interstitial");
    assertThat(full.get("start").stringValue())
        .isEqualTo(start.truncatedTo(ChronoUnit.MILLIS).toString());
    assertThat(full.get("durationSeconds").doubleValue()).isEqualTo(15);
    assertThat(full.get("attributes").toString())
        .isEqualTo(
            "{\"CUE\":\"PRE,ONCE\",\"SCTE35-OUT\":\"0xFC\","
                + "\"X-ASSET-URI\":\"https://a.example/é.m3u8\",\"X-BIG\":1000,"
                + "\"X-HASH\":\"0xAB1F\",\"X-RESUME-OFFSET\":1.5}");
    assertThat(least.propertyNames()).containsExactly("id", "start", "attributes");
    assertThat(least.get("id")).isNotEqualTo(full.get("id"));
    await().atMost(SOON).until(() -> marked.size() == 2);
    MarkedRange first =
        marked.stream().filter(range -> range.durationNs() >= 0).findFirst().orElseThrow();
    assertThat(first)
        .isEqualTo(
            new MarkedRange(
                channel,
                full.get("id").stringValue(),
                "com.apple.hls.interstitial",
                start.truncatedTo(ChronoUnit.MILLIS).toEpochMilli() * 1_000_000,
                15_000_000_000L,
                Map.of(
                    "X-ASSET-URI", "\"https://a.example/é.m3u8\"",
                    "X-RESUME-OFFSET", "1.5",
                    "X-BIG", "1000",
                    "X-HASH", "0xAB1F",
                    "CUE", "\"PRE,ONCE\"",
                    "SCTE35-OUT", "0xFC",
                    "PLANNED-DURATION", "100")));
  }

  @Test
  void noMoreDateRangesAreTakenThanPlaylistsList() throws Exception {
    UUID channel = create("many-ranges");
    ControlLinkClient node = nodes.join("node-many-ranges", Set.of(Role.INGEST));
    assertThat(node.awaitDirectory(SOON)).isTrue();
    node.report(TestNodes.ingest(channel, ChannelReport.State.LIVE));
    await()
        .atMost(SOON)
        .until(() -> "live".equals(control.live("many-ranges").get("state").stringValue()));
    for (int i = 0; i < MarkedRange.MOST_AT_ONCE; i++) {
      assertThat(mark("many-ranges", "{\"durationSeconds\":0}").status()).isEqualTo(202);
    }

    var refused = mark("many-ranges", "{}");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.json().get("type").stringValue())
        .isEqualTo("urn:millrace:problem:limit-reached");
    assertThat(refused.json().get("detail").stringValue()).contains("50 date ranges");

    // Another broadcast has another playlist.
    node.report(TestNodes.ingest(channel, ChannelReport.State.LIVE));
    await().atMost(SOON).until(() -> mark("many-ranges", "{}").status() == 202);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"class\":\"ad\"}|class|reverse domain name",
        "{\"class\":\"a.b\\n\"}|class|reverse domain name",
        "{\"start\":\"tomorrow\"}|start|date-time such as 2",
        "{\"start\":\"2020-01-01T00:00:00Z\"}|start|60 s before now",
        "{\"start\":\"+999999999-01-01T00:00:00Z\"}|start|3600 s after",
        "{\"durationSeconds\":-1}|durationSeconds|0 to 86400",
        "{\"durationSeconds\":86400.1}|durationSeconds|0 to 86400",
        "{\"durationSeconds\":1e999}|durationSeconds|a number",
        "{\"plannedDurationSeconds\":\"5\"}|plannedDurationSeconds|a number",
        "{\"attributes\":[]}|attributes|an object",
        "{\"attributes\":{\"ID\":\"x\"}}|attributes.ID|X- and A-Z",
        "{\"attributes\":{\"X-a\":\"x\"}}|attributes.X-a|X- and A-Z",
        "{\"attributes\":{\"X-A\":true}}|attributes.X-A|a string or a number",
        "{\"attributes\":{\"X-A\":\"a\\\"b\"}}|attributes.X-A|without quotation marks",
        "{\"attributes\":{\"X-A\":\"a\\nb\"}}|attributes.X-A|one line",
        "{\"attributes\":{\"X-A\":\"\\u2028\"}}|attributes.X-A|one line",
        "{\"attributes\":{\"X-A\":\"\\ud800\"}}|attributes.X-A|one line",
        "{\"attributes\":{\"X-A\":-1}}|attributes.X-A|0 to 1000000000000000",
        "{\"attributes\":{\"X-A\":1e300}}|attributes.X-A|0 to 1000000000000000",
        "{\"attributes\":{\"X-A\":1e-12}}|attributes.X-A|at most 9 decimals",
        "{\"attributes\":{\"SCTE35-OUT\":\"FC30\"}}|attributes.SCTE35-OUT|splice_info_section",
        "{\"attributes\":{\"SCTE35-OUT\":\"0xFC3\"}}|attributes.SCTE35-OUT|even number",
        "{\"attributes\":{\"SCTE35-IN\":1}}|attributes.SCTE35-IN|a string",
        "{\"attributes\":{\"CUE\":\"PRE,POST\"}}|attributes.CUE|PRE or POST",
        "{\"class\":\"com.apple.hls.interstitial\"}|attributes|X-ASSET-URI or X-ASSET-LIST",
        "{\"end\":1}|end|not known",
      })
  void aDateRangeThatCannotBeIsToldWhatIsWrong(String body, String field, String expected)
      throws Exception {
    var answer = mark("unmarked", body);

    assertThat(answer.status()).isEqualTo(400);
    JsonNode error = answer.json().get("errors").get(0);
    assertThat(error.get("field").stringValue()).isEqualTo(field);
    assertThat(error.get("detail").stringValue()).contains("expected: ").contains(expected);
  }

  @Test
  void attributesOfADateRangeAreBounded() throws Exception {
    String seventeen =
        IntStream.range(0, 17)
            .mapToObj(i -> "\"X-%d\":1".formatted(i))
            .collect(Collectors.joining(","));
    String scte35 = "\"SCTE35-CMD\":\"0x%s\"".formatted("ab".repeat(4_096));
    String tooMuch = scte35 + "," + scte35.replace("CMD", "OUT");

    for (String attributes :
        List.of(
            seventeen,
            tooMuch,
            scte35.replace("0x", "0xab"),
            "\"X-A\":\"%s\"".formatted("a".repeat(1_025)))) {
      assertThat(mark("unmarked", "{\"attributes\":{%s}}".formatted(attributes)).status())
          .isEqualTo(400);
    }
    // Good, but for the channel.
    assertThat(mark("unmarked", "{\"attributes\":{%s}}".formatted(scte35)).status()).isEqualTo(404);
  }

  private static UUID create(String name) throws Exception {
    JsonNode created =
        control.call("POST", "/api/v1/channels", "{\"name\":\"%s\"}".formatted(name)).json();
    return UUID.fromString(created.get("id").stringValue());
  }

  private static TestControlPlane.Answer mark(String channel, String body) throws Exception {
    return control.call("POST", "/api/v1/channels/%s/date-ranges".formatted(channel), body);
  }

  @Test
  void addressesAreThoseThatNodesRegisteredAtTheHostThatWasAsked() throws Exception {
    control.call("POST", "/api/v1/channels", "{\"name\":\"addressed\"}");
    ControlLinkClient node = nodes.join("node-addresses", Set.of(Role.INGEST, Role.EDGE));
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
    assertThat(channel.get("watch").get("dash").stringValue())
        .isEqualTo("http://cdn.example:8080/live/addressed/manifest.mpd");
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
                node.directory()
                    .nodes(Role.INGEST)
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

    ControlLinkClient wrongRoles = nodes.join("node-roles", Set.of(Role.INGEST), token, "roles-1");
    assertThat(wrongRoles.awaitDirectory(SOON)).isFalse();
    assertThat(wrongRoles.refusal().orElse("")).contains("roles: ingest").contains("edge");
    ControlLinkClient edge = nodes.join("node-edge", Set.of(Role.EDGE), token, "roles-2");
    assertThat(edge.awaitDirectory(SOON)).isTrue();
    ControlLinkClient second = nodes.join("node-second", Set.of(Role.EDGE), token, "roles-3");
    assertThat(second.awaitDirectory(SOON)).isFalse();
    assertThat(second.refusal().orElse("")).contains("node.token").contains("used");

    assertThat(control.call("DELETE", "/api/v1/nodes/node-edge").status()).isEqualTo(409);
    edge.close();
    ControlLinkClient moreRoles = nodes.join("node-edge", Set.of(Role.ORIGIN), "", "roles-2");
    assertThat(moreRoles.awaitDirectory(SOON)).isFalse();
    assertThat(moreRoles.refusal().orElse("")).contains("roles: origin").contains("edge");
    moreRoles.close();
    ControlLinkClient withToken =
        nodes.join(
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

  private boolean isConnected(String id) throws Exception {
    for (JsonNode node : control.call("GET", "/api/v1/nodes").json().get("nodes")) {
      if (node.get("id").stringValue().equals(id)) {
        return node.get("connected").booleanValue();
      }
    }
    return false;
  }
}
