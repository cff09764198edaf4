package io.millrace.fabric.aeron;

import io.millrace.fabric.link.Lane;
import io.millrace.fabric.wire.ControlMessage;
import io.millrace.fabric.wire.ControlMessage.Answer;
import io.millrace.fabric.wire.ControlMessage.Hello;
import io.millrace.fabric.wire.WireWriter;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers a Hello that gets no link; the publication lives until the answer is out. */
final class Refusal {
  private final PublicationLane lane;
  private final ControlMessage answer;
  private final long untilNs;
  private final WireWriter writer = new WireWriter();
  private boolean sent;

  Refusal(AgentContext context, Hello hello, Answer answer, long nowNs) {
    @Nullable InetSocketAddress peer =
        hello.returnEndpoint().isEmpty() ? null : Endpoints.parse(hello.returnEndpoint());
    this.answer =
        new ControlMessage.HelloAnswer(hello.link(), context.node(), answer, 0, List.of());
    this.lane =
        new PublicationLane(
            context
                .aeron()
                .addExclusivePublication(context.channels().controlTo(peer), hello.firstStream()));
    this.untilNs = nowNs + context.config().times().linkTimeout().toNanos();
  }

  boolean isOf(Hello hello) {
    return answer.link() == hello.link();
  }

  /** True once there is nothing more to do. */
  boolean work(long nowNs) {
    if (!sent && lane.isConnected()) {
      sent = lane.offer(writer.buffer(), writer.write(answer)) == Lane.Offer.SENT;
    }
    return sent || nowNs - untilNs > 0;
  }

  void close() {
    lane.close();
  }
}
