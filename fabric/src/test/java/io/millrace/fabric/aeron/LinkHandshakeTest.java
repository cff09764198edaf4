package io.millrace.fabric.aeron;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fabric.aeron.LinkHandshake.State;
import io.millrace.fabric.wire.ControlMessage.Answer;
import io.millrace.fabric.wire.ControlMessage.HelloAnswer;
import io.millrace.fabric.wire.WireVersion;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinkHandshakeTest {
  private static final long MS = 1_000_000;
  private static final long TIMEOUT_NS = 2_000 * MS;

  private final LinkHandshake handshake = new LinkHandshake(TIMEOUT_NS);

  private static HelloAnswer answer(Answer kind, int version, int... sessions) {
    List<Integer> list = Arrays.stream(sessions).boxed().toList();
    return new HelloAnswer(7, 1, kind, version, list);
  }

  @Test
  void saysHelloAgainUntilItIsAnswered() {
    assertThat(handshake.mayCall(0)).isTrue();
    handshake.call(7, 0);
    assertThat(handshake.link()).isEqualTo(7);
    assertThat(handshake.isHelloDue(0)).isTrue();

    handshake.helloSent(0);
    assertThat(handshake.isHelloDue(50 * MS - 1)).isFalse();
    assertThat(handshake.isHelloDue(50 * MS)).isTrue();

    handshake.answered(answer(Answer.ACCEPTED, WireVersion.MOST, 1, 2));
    assertThat(handshake.isHelloDue(100 * MS)).isFalse();
    assertThat(handshake.answer()).isPresent();
  }

  @Test
  void takesAnAnswerOnlyWhileItCalls() {
    handshake.answered(answer(Answer.ACCEPTED, WireVersion.MOST, 1, 2));
    assertThat(handshake.answer()).isEmpty();

    handshake.call(7, 0);
    handshake.goUp(0);
    handshake.answered(answer(Answer.TOO_MANY_LINKS, 0));
    assertThat(handshake.answer()).isEmpty();
  }

  @Test
  void acceptsWhatItUnderstandsOnly() {
    assertThat(LinkHandshake.isAccepted(answer(Answer.ACCEPTED, WireVersion.MOST, 1, 2), 2))
        .isTrue();
    assertThat(LinkHandshake.isAccepted(answer(Answer.ACCEPTED, WireVersion.MOST, 1), 2)).isFalse();
    assertThat(LinkHandshake.isAccepted(answer(Answer.ACCEPTED, WireVersion.MOST + 1, 1, 2), 2))
        .isFalse();
    assertThat(LinkHandshake.isAccepted(answer(Answer.TOO_MANY_LINKS, WireVersion.MOST, 1, 2), 2))
        .isFalse();
  }

  @Test
  void restsLongerAfterEachFailureAndShortAgainAfterALink() {
    long nowNs = 0;
    for (long restMs : new long[] {50, 100, 200, 400, 800, 1_000, 1_000}) {
      handshake.call(7, nowNs);
      assertThat(handshake.isOverdue(nowNs + TIMEOUT_NS)).isFalse();
      nowNs += TIMEOUT_NS + 1;
      assertThat(handshake.isOverdue(nowNs)).isTrue();
      handshake.backOff(nowNs);
      assertThat(handshake.mayCall(nowNs + restMs * MS - 1)).isFalse();
      nowNs += restMs * MS;
      assertThat(handshake.mayCall(nowNs)).isTrue();
    }
    handshake.call(8, nowNs);
    handshake.goUp(nowNs);
    handshake.goDown(nowNs);

    assertThat(handshake.state()).isEqualTo(State.WAITING);
    assertThat(handshake.mayCall(nowNs + 50 * MS - 1)).isFalse();
    assertThat(handshake.mayCall(nowNs + 50 * MS)).isTrue();
  }

  @Test
  void tellsSilenceAndForgivesItsOwnStandstill() {
    handshake.call(7, 0);
    handshake.goUp(0);
    assertThat(handshake.isSilent(TIMEOUT_NS)).isFalse();
    assertThat(handshake.isSilent(TIMEOUT_NS + 1)).isTrue();

    handshake.forgive(5_000 * MS);
    assertThat(handshake.isSilent(5_000 * MS + TIMEOUT_NS)).isFalse();

    handshake.heard(9_000 * MS);
    assertThat(handshake.isSilent(9_000 * MS + TIMEOUT_NS + 1)).isTrue();
  }

  @Test
  void sendsAHeartbeatAtOnceAndEightInATimeout() {
    handshake.call(7, 0);
    handshake.goUp(0);
    assertThat(handshake.isHeartbeatDue(0)).isTrue();

    handshake.heartbeatSent(0);
    assertThat(handshake.isHeartbeatDue(TIMEOUT_NS / 8 - 1)).isFalse();
    assertThat(handshake.isHeartbeatDue(TIMEOUT_NS / 8)).isTrue();
  }

  @Test
  void doesNothingOnceItIsClosed() {
    handshake.close();

    assertThat(handshake.isClosed()).isTrue();
    assertThat(handshake.mayCall(Long.MAX_VALUE)).isFalse();
  }
}
