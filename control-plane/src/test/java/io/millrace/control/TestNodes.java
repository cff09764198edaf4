package io.millrace.control;

import io.millrace.control.link.ChannelReport;
import io.millrace.control.link.ControlLinkClient;
import io.millrace.control.link.ControlLinkConfig;
import io.millrace.control.link.NodeAddresses;
import io.millrace.control.link.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Nodes that join a control plane, until the end of a test, and what they report. */
final class TestNodes implements AutoCloseable {
  private final TestControlPlane control;
  private final List<ControlLinkClient> joined = new ArrayList<>();

  TestNodes(TestControlPlane control) {
    this.control = control;
  }

  /** A node with a token of its own, which was never here before. */
  ControlLinkClient join(String id, Set<Role> roles) {
    return join(
        id,
        roles,
        control.controlPlane().issueNodeToken(id, roles, Duration.ofMinutes(5)),
        "node-" + UUID.randomUUID());
  }

  /** A node that keeps its credential in the directory {@code state}. */
  ControlLinkClient join(String id, Set<Role> roles, String token, String state) {
    ControlLinkClient node =
        ControlLinkClient.start(
            ControlLinkConfig.of(
                "127.0.0.1",
                control.controlPlane().grpcPort(),
                new ControlLinkConfig.Node(id, token, roles, NodeAddresses.NONE, "test"),
                control.directory().resolve(state)));
    joined.add(node);
    return node;
  }

  static ChannelReport ingest(UUID channel, ChannelReport.State state) {
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

  static ChannelReport edge(UUID channel, int viewers, double latencyMs) {
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

  @Override
  public void close() {
    joined.reversed().forEach(ControlLinkClient::close);
  }
}
