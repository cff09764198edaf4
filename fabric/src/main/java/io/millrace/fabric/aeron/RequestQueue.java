package io.millrace.fabric.aeron;

import io.millrace.fabric.link.Lane;
import io.millrace.fabric.wire.ControlMessage;
import io.millrace.fabric.wire.WireWriter;
import java.util.ArrayDeque;

/**
 * Sends a link's requests in order, and keeps those that have to wait, up to a limit. Confined to
 * the agent thread.
 */
final class RequestQueue {
  private static final int MOST_REQUESTS = 65_536;

  private final WireWriter writer = new WireWriter();
  private final ArrayDeque<ControlMessage> waiting = new ArrayDeque<>();
  private boolean overflowed;

  void add(ControlMessage message) {
    if (waiting.size() < MOST_REQUESTS) {
      waiting.add(message);
    } else {
      overflowed = true;
    }
  }

  /** Whether a message was lost because too many waited: the link cannot go on. */
  boolean hasOverflowed() {
    return overflowed;
  }

  /** Sends what the lane takes now and returns how many messages it took. */
  int flush(Lane lane) {
    int sent = 0;
    ControlMessage next = waiting.peek();
    while (next != null && offer(lane, next)) {
      waiting.poll();
      sent++;
      next = waiting.peek();
    }
    return sent;
  }

  private boolean offer(Lane lane, ControlMessage message) {
    return lane.offer(writer.buffer(), writer.write(message)) == Lane.Offer.SENT;
  }

  void clear() {
    waiting.clear();
    overflowed = false;
  }
}
