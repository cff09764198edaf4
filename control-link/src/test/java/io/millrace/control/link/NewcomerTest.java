package io.millrace.control.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NewcomerTest {
  private static final ControlLinkLimits LIMITS = ControlLinkLimits.defaults();

  private final Refusals refusals = new Refusals();
  private final Newcomer newcomer = new Newcomer(LIMITS, refusals, System.nanoTime());
  private final EmbeddedChannel connection = new EmbeddedChannel(newcomer);

  @AfterEach
  void finish() {
    connection.finishAndReleaseAll();
  }

  /** Else thousands of buffers, each for a large read, would be kept for a byte. */
  @Test
  void keepsOfAReadNoMoreThanCame() {
    connection.writeInbound(connection.alloc().buffer(2_048).writeByte(1));

    ByteBuf kept = connection.readInbound();
    assertThat(kept.capacity()).isEqualTo(1);
    kept.release();
  }

  @Test
  void takesTheLastByteThatIsAllowedAndNoneAfter() {
    send(LIMITS.mostRegisterBytes());
    assertThat(connection.inboundMessages()).hasSize(1);

    send(1);
    send(1);

    assertThat(connection.inboundMessages()).hasSize(1);
    assertThat(connection.outboundMessages()).hasSize(1);
    assertThat(refusals.sum(LinkRefusal.TOO_LARGE)).isEqualTo(1);
    connection.advanceTimeBy(1, TimeUnit.SECONDS);
    connection.runScheduledPendingTasks();
    assertThat(connection.isOpen()).isFalse();
  }

  @Test
  void leavesWhenANodeIsRegistered() {
    newcomer.hasCall();
    newcomer.admitted();
    send(LIMITS.mostRegisterBytes() + 1);

    assertThat(connection.inboundMessages()).hasSize(1);
    assertThat(connection.pipeline().get(Newcomer.class)).isNull();
    expire();
    assertThat(connection.isOpen()).isTrue();
  }

  @Test
  void closesWhoHasNoCallInTime() {
    expire();

    assertThat(connection.isOpen()).isFalse();
    assertThat(refusals.sum(LinkRefusal.NO_CALL)).isEqualTo(1);
    assertThat(refusals.sum(LinkRefusal.NO_REGISTRATION)).isZero();
  }

  private void send(int bytes) {
    connection.writeInbound(connection.alloc().buffer(bytes).writeZero(bytes));
  }

  private void expire() {
    connection.advanceTimeBy(LIMITS.registerTimeout().toNanos(), TimeUnit.NANOSECONDS);
    connection.runScheduledPendingTasks();
  }
}
