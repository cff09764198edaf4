package io.millrace.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.control.link.ChannelReport;
import io.millrace.control.link.ControlLinkClient;
import io.millrace.control.link.DirectoryNode;
import io.millrace.control.link.NodeAddresses;
import io.millrace.control.link.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
