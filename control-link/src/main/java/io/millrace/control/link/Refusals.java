package io.millrace.control.link;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts who is let go and why, and tells the operator of nodes that are refused: they try again
 * every few seconds, so of each reason there is one line in a while. Any thread.
 */
final class Refusals {
  private static final Logger log = LoggerFactory.getLogger(Refusals.class);
  private static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(10);

  private final Map<LinkRefusal, Reason> reasons = new EnumMap<>(LinkRefusal.class);

  private static final class Reason {
    private final LongAdder count = new LongAdder();
    private final AtomicLong quietUntilNs = new AtomicLong(System.nanoTime());

    boolean mayBeTold() {
      long nowNs = System.nanoTime();
      long until = quietUntilNs.get();
      return nowNs - until >= 0 && quietUntilNs.compareAndSet(until, nowNs + INTERVAL_NS);
    }
  }

  Refusals() {
    for (LinkRefusal each : LinkRefusal.values()) {
      reasons.put(each, new Reason());
    }
  }

  void count(LinkRefusal why) {
    reason(why).count.increment();
  }

  /** Counts a node that is refused, and tells of it unless one like it was told just before. */
  void countNode(LinkRefusal why, String text) {
    Reason reason = reason(why);
    reason.count.increment();
    if (reason.mayBeTold()) {
      log.warn("A node is refused: {} ({} for such a reason so far)", text, reason.count.sum());
    }
  }

  long sum(LinkRefusal why) {
    return reason(why).count.sum();
  }

  private Reason reason(LinkRefusal why) {
    return Objects.requireNonNull(reasons.get(why));
  }
}
