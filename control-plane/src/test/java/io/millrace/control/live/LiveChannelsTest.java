package io.millrace.control.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.control.link.ChannelReport;
import io.millrace.control.link.Role;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LiveChannelsTest {
  private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
  private static final UUID CHANNEL = UUID.randomUUID();

  private final LiveChannels live = new LiveChannels(100);

  @BeforeEach
  void connect() {
    live.connected("ingest", 0);
    live.connected("edge-1", 0);
    live.connected("edge-2", 0);
  }

  @Test
  void viewersAreSummedAndTheSlowestEdgeGivesTheLatency() {
    live.report("ingest", List.of(report(Role.INGEST, ChannelReport.State.LIVE, 0, -1)), 1);
    live.report("edge-1", List.of(report(Role.EDGE, ChannelReport.State.LIVE, 3, 5.5)), 1);
    live.report("edge-2", List.of(report(Role.EDGE, ChannelReport.State.LIVE, 4, 9)), 1);

    assertThat(live.of(CHANNEL).viewers()).isEqualTo(7);
    assertThat(live.of(CHANNEL).latencyMs()).isEqualTo(9);
    assertThat(live.onAir()).isEqualTo(1);
  }

  @Test
  void hintsOfAllRolesAreShownOnceWhileSomethingIsOnAir() {
    String hint = "Set in the encoder: Keyframe interval: 2 s.";
    live.report("packager", List.of(packager(ChannelReport.State.LIVE, hint, hint)), 1);
    assertThat(live.of(CHANNEL)).isEqualTo(LiveState.OFFLINE);

    live.report("ingest", List.of(report(Role.INGEST, ChannelReport.State.LIVE, 0, -1)), 1);
    assertThat(live.of(CHANNEL).hints()).containsExactly(hint);
    live.report("packager", List.of(packager(ChannelReport.State.ENDED)), 2);
    assertThat(live.of(CHANNEL).hints()).isEmpty();
  }

  private static ChannelReport packager(ChannelReport.State state, String... hints) {
    return new ChannelReport(
        CHANNEL, Role.PACKAGER, state, null, 0, 0, List.of(), "", 0, -1, List.of(hints));
  }

  @Test
  void nodeThatIsGoneCountsForTenSecondsMore() {
    live.report("ingest", List.of(report(Role.INGEST, ChannelReport.State.LIVE, 0, -1)), 1);

    live.disconnected("ingest", 5 * SECOND_NS);

    assertThat(live.expire(15 * SECOND_NS)).isEmpty();
    assertThat(live.of(CHANNEL).isOnAir()).isTrue();
    assertThat(live.expire(15 * SECOND_NS + 1)).containsExactly(CHANNEL);
    assertThat(live.of(CHANNEL)).isEqualTo(LiveState.OFFLINE);
  }

  @Test
  void whatANodeDoesNotRepeatAfterItCameBackIsDropped() {
    UUID other = UUID.randomUUID();
    live.report(
        "ingest",
        List.of(
            report(Role.INGEST, ChannelReport.State.LIVE, 0, -1),
            report(other, Role.INGEST, ChannelReport.State.LIVE, 0, -1)),
        1);
    live.disconnected("ingest", SECOND_NS);
    live.connected("ingest", 2 * SECOND_NS);
    live.report(
        "ingest", List.of(report(Role.INGEST, ChannelReport.State.LIVE, 0, -1)), 2 * SECOND_NS + 1);

    assertThat(live.expire(4 * SECOND_NS)).isEmpty();
    assertThat(live.expire(4 * SECOND_NS + 1)).containsExactly(other);
    assertThat(live.of(CHANNEL).isOnAir()).isTrue();
  }

  @Test
  void ingestThatIsLiveGoesBeforeOneThatWaits() {
    live.report("ingest", List.of(report(Role.INGEST, ChannelReport.State.WAITING, 0, -1)), 1);
    live.report("edge-1", List.of(report(Role.INGEST, ChannelReport.State.LIVE, 0, -1)), 1);
    assertThat(LiveView.of(live.of(CHANNEL)).state()).isEqualTo("live");

    live.report("edge-1", List.of(report(Role.INGEST, ChannelReport.State.ENDED, 0, -1)), 2);
    assertThat(LiveView.of(live.of(CHANNEL)).state()).isEqualTo("waiting");

    live.report("ingest", List.of(report(Role.INGEST, ChannelReport.State.ENDED, 0, -1)), 2);
    assertThat(LiveView.of(live.of(CHANNEL)).state()).isEqualTo("offline");
    assertThat(live.onAir()).isZero();
  }

  @Test
  void reportsAboveTheLimitAreNotKept() {
    LiveChannels small = new LiveChannels(1);
    UUID other = UUID.randomUUID();
    small.connected("ingest", 0);

    small.report(
        "ingest",
        List.of(
            report(Role.INGEST, ChannelReport.State.LIVE, 0, -1),
            report(other, Role.INGEST, ChannelReport.State.LIVE, 0, -1)),
        1);

    assertThat(small.of(CHANNEL).isOnAir()).isTrue();
    assertThat(small.of(other).isOnAir()).isFalse();
    small.forget(CHANNEL);
    small.report("ingest", List.of(report(other, Role.INGEST, ChannelReport.State.LIVE, 0, -1)), 2);
    assertThat(small.of(other).isOnAir()).isTrue();
  }

  private static ChannelReport report(
      Role role, ChannelReport.State state, int viewers, double latencyMs) {
    return report(CHANNEL, role, state, viewers, latencyMs);
  }

  private static ChannelReport report(
      UUID channel, Role role, ChannelReport.State state, int viewers, double latencyMs) {
    return new ChannelReport(
        channel, role, state, null, 1, 1, List.of(), "", viewers, latencyMs, List.of());
  }
}
