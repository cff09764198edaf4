package io.millrace.control.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ReportOutboxTest {
  private static final UUID ONE = new UUID(1, 1);
  private static final UUID TWO = new UUID(2, 2);

  private final ReportOutbox outbox = new ReportOutbox(2);

  @Test
  void keepsTheNewestOfEachChannel() {
    outbox.put(report(ONE, ChannelReport.State.LIVE, 1));
    outbox.put(report(ONE, ChannelReport.State.LIVE, 2));

    assertThat(outbox.take(10)).containsExactly(report(ONE, ChannelReport.State.LIVE, 2));
    assertThat(outbox.isEmpty()).isTrue();
  }

  @Test
  void takesNoMoreThanAMessageHolds() {
    outbox.put(report(ONE, ChannelReport.State.LIVE, 1));
    outbox.put(report(TWO, ChannelReport.State.LIVE, 1));

    assertThat(outbox.take(1)).hasSize(1);
    assertThat(outbox.isEmpty()).isFalse();
    assertThat(outbox.take(1)).hasSize(1);
    assertThat(outbox.isEmpty()).isTrue();
  }

  @Test
  void refusesAndCountsChannelsBeyondTheLimitButNotNewsOfThoseItHas() {
    outbox.put(report(ONE, ChannelReport.State.LIVE, 1));
    outbox.put(report(TWO, ChannelReport.State.LIVE, 1));

    assertThat(outbox.put(report(new UUID(3, 3), ChannelReport.State.LIVE, 1))).isFalse();
    assertThat(outbox.put(report(ONE, ChannelReport.State.LIVE, 2))).isTrue();
    assertThat(outbox.dropped()).isEqualTo(1);
  }

  @Test
  void sendsAgainWhatIsStillOnAir() {
    ChannelReport live = report(ONE, ChannelReport.State.LIVE, 1);
    outbox.put(live);
    outbox.put(report(TWO, ChannelReport.State.ENDED, 0));
    outbox.sent(outbox.take(10));

    outbox.sendAllAgain();

    assertThat(outbox.take(10)).containsExactly(live);
  }

  @Test
  void keepsAChannelThatWentOnAirAgainWhileItsEndWasSent() {
    outbox.put(report(ONE, ChannelReport.State.ENDED, 0));
    List<ChannelReport> batch = outbox.take(10);
    ChannelReport again = report(ONE, ChannelReport.State.LIVE, 1);
    outbox.put(again);

    outbox.sent(batch);

    assertThat(outbox.take(10)).containsExactly(again);
  }

  private static ChannelReport report(UUID channel, ChannelReport.State state, int viewers) {
    return new ChannelReport(
        channel, Role.EDGE, state, null, 0, 0, List.of(), "", viewers, -1, List.of());
  }
}
