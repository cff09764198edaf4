package io.millrace.ingest;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the operator of publishers that were refused: encoders try again every few seconds, so of
 * each reason there is one line in a while, and it counts those that got none. Any thread.
 */
final class RefusalLog {
  private static final Logger log = LoggerFactory.getLogger(RefusalLog.class);
  private static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(10);

  private final IngestClock clock;
  private final Map<Admission.Reason, Pause> refused = new EnumMap<>(Admission.Reason.class);
  private final Pause unsupported = new Pause();

  RefusalLog(IngestClock clock) {
    this.clock = clock;
    for (Admission.Reason reason : Admission.Reason.values()) {
      refused.put(reason, new Pause());
    }
  }

  void refused(Admission.Reason reason, PublisherAddress address) {
    Pause pause = Objects.requireNonNull(refused.get(reason));
    if (pause.isOver(clock.utcNs())) {
      log.info(
          "publisher refused: peer={} protocol={} reason=\"{}\" others={}",
          address.peer(),
          address.protocol(),
          reason.text(),
          pause.silenced());
    }
  }

  void unsupported(String why, String channel, PublisherAddress address) {
    if (unsupported.isOver(clock.utcNs())) {
      log.info(
          "publisher refused: channel={} peer={} protocol={} reason=\"{}\" others={}",
          channel,
          address.peer(),
          address.protocol(),
          why,
          unsupported.silenced());
    }
  }

  /** Passes one of many in an interval, and counts the others. */
  private static final class Pause {
    private final AtomicLong nextNs = new AtomicLong(Long.MIN_VALUE);
    private final AtomicLong silenced = new AtomicLong();

    boolean isOver(long nowNs) {
      long next = nextNs.get();
      if (nowNs >= next && nextNs.compareAndSet(next, nowNs + INTERVAL_NS)) {
        return true;
      }
      silenced.incrementAndGet();
      return false;
    }

    long silenced() {
      return silenced.getAndSet(0);
    }
  }
}
