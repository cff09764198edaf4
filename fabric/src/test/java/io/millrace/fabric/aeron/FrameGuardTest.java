package io.millrace.fabric.aeron;

import static org.assertj.core.api.Assertions.assertThat;

import io.aeron.protocol.DataHeaderFlyweight;
import io.aeron.protocol.HeaderFlyweight;
import io.aeron.protocol.SetupFlyweight;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FrameGuardTest {
  private static final int TERM = 1 << 16;
  private static final int STREAM = 1;
  private static final int SESSION = 7;
  private static final int HEADER = DataHeaderFlyweight.HEADER_LENGTH;

  private final FrameGuard guard = FrameGuard.of(TERM, 32);
  private final UnsafeBuffer datagram = new UnsafeBuffer(new byte[2_048]);
  private final DataHeaderFlyweight data = new DataHeaderFlyweight(datagram);
  private final SetupFlyweight setup = new SetupFlyweight(datagram);

  @BeforeEach
  void listen() {
    guard.open(STREAM);
  }

  @Test
  void letsFramesPassAsSendersPackThem() {
    frame(0, HeaderFlyweight.HDR_TYPE_DATA, 50);
    frame(64, HeaderFlyweight.HDR_TYPE_DATA, 96);
    frame(160, HeaderFlyweight.HDR_TYPE_PAD, TERM);

    assertThat(passes(64)).as("one").isTrue();
    assertThat(passes(160)).as("two").isTrue();
    assertThat(passes(160 + HEADER)).as("and the rest of a term").isTrue();
  }

  @Test
  void letsAHeartbeatPass() {
    frame(0, HeaderFlyweight.HDR_TYPE_DATA, 0);

    assertThat(passes(HEADER)).isTrue();
    assertThat(passes(64)).as("one with something behind it").isFalse();
  }

  @Test
  void keepsOutWhatDoesNotEndWithItsDatagram() {
    for (int length : new int[] {65, Integer.MAX_VALUE, -1, Integer.MIN_VALUE, 31, 0, 32}) {
      frame(0, HeaderFlyweight.HDR_TYPE_DATA, length);
      assertThat(passes(64)).as("%d", length).isFalse();
    }
    frame(0, HeaderFlyweight.HDR_TYPE_DATA, 50);
    assertThat(passes(50)).as("not aligned").isFalse();
    frame(0, HeaderFlyweight.HDR_TYPE_PAD, TERM + 32);
    assertThat(passes(HEADER)).as("more than a term").isFalse();
    frame(0, HeaderFlyweight.HDR_TYPE_PAD, 64);
    assertThat(passes(64)).as("padding and more").isFalse();
  }

  @Test
  void keepsOutWhatStandsWhereNoFrameCan() {
    frame(0, HeaderFlyweight.HDR_TYPE_DATA, 64);
    for (int offset : new int[] {-32, 8, Integer.MIN_VALUE}) {
      data.termOffset(offset);
      assertThat(passes(64)).as("%d", offset).isFalse();
    }
  }

  @Test
  void letsStreamsPassForAsLongAsTheyAreListenedTo() {
    frame(0, HeaderFlyweight.HDR_TYPE_DATA, 64);
    assertThat(passes(HEADER - 1)).as("cut off").isFalse();
    guard.close(STREAM);

    assertThat(passes(64)).isFalse();
    setup.sessionId(SESSION).streamId(STREAM).termLength(TERM);
    assertThat(guard.passes(setup, SetupFlyweight.HEADER_LENGTH, 0)).isFalse();
    guard.open(STREAM);
    assertThat(guard.passes(setup, SetupFlyweight.HEADER_LENGTH - 1, 0)).isFalse();
    assertThat(guard.sessions()).isZero();
    assertThat(guard.passes(setup, SetupFlyweight.HEADER_LENGTH, 0)).isTrue();
    assertThat(guard.sessions()).isEqualTo(1);
  }

  private boolean passes(int length) {
    return guard.passes(data, datagram, length, 0);
  }

  private void frame(int at, int type, int length) {
    data.wrap(datagram, at, HEADER);
    data.sessionId(SESSION).streamId(STREAM).termOffset(at).headerType(type).frameLength(length);
    data.wrap(datagram, 0, HEADER);
  }
}
