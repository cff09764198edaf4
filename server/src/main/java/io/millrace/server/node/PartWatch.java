package io.millrace.server.node;

import io.millrace.server.health.Readiness;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the readiness true to a part of the control plane. It asks by a thread of its own, for an
 * answer may take seconds where something is away.
 */
final class PartWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PartWatch.class);
  private static final long EVERY_MS = 2_000;

  private final String part;
  private final Supplier<Optional<String>> trouble;
  private final Readiness readiness;
  private final ScheduledExecutorService timer;
  private volatile boolean closed;

  // Confined to the timer's thread.
  private boolean away;

  PartWatch(String part, Supplier<Optional<String>> trouble, Readiness readiness) {
    this.part = part;
    this.trouble = trouble;
    this.readiness = readiness;
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name(part + "-watch").daemon().factory());
  }

  /**
   * Begins to ask.
   *
   * @param trouble says why the part cannot be worked with; may block
   */
  static PartWatch start(String part, Supplier<Optional<String>> trouble, Readiness readiness) {
    PartWatch watch = new PartWatch(part, trouble, readiness);
    var _ =
        watch.timer.scheduleWithFixedDelay(watch::look, EVERY_MS, EVERY_MS, TimeUnit.MILLISECONDS);
    return watch;
  }

  /** Asks once. */
  void look() {
    Optional<String> why = trouble.get();
    if (closed) {
      return; // what the part is while it is being stopped is no news
    }
    if (why.isPresent()) {
      readiness.notReady(part, why.get());
      if (!away) {
        log.warn("Not ready: {}", why.get());
      }
    } else if (readiness.ready(part)) {
      log.info("Ready again: {}", part);
    }
    away = why.isPresent();
  }

  @Override
  public void close() {
    closed = true;
    timer.shutdownNow();
  }
}
