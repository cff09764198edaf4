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
 * Keeps the readiness true to the control plane's database. It asks by a thread of its own, for an
 * answer takes seconds where the database is away.
 */
final class DatabaseWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DatabaseWatch.class);
  private static final String PART = "database";
  private static final long EVERY_MS = 2_000;

  private final Supplier<Optional<String>> trouble;
  private final Readiness readiness;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("database-watch").daemon().factory());
  private volatile boolean closed;

  // Confined to the timer's thread.
  private boolean away;

  DatabaseWatch(Supplier<Optional<String>> trouble, Readiness readiness) {
    this.trouble = trouble;
    this.readiness = readiness;
  }

  /**
   * Begins to ask.
   *
   * @param trouble says why the database cannot be worked with; may block
   */
  static DatabaseWatch start(Supplier<Optional<String>> trouble, Readiness readiness) {
    DatabaseWatch watch = new DatabaseWatch(trouble, readiness);
    var _ =
        watch.timer.scheduleWithFixedDelay(watch::look, EVERY_MS, EVERY_MS, TimeUnit.MILLISECONDS);
    return watch;
  }

  /** Asks once. */
  void look() {
    Optional<String> why = trouble.get();
    if (closed) {
      return; // what the database is while it is being stopped is no news
    }
    if (why.isPresent()) {
      readiness.notReady(PART, why.get());
      if (!away) {
        log.warn("Not ready: {}", why.get());
      }
    } else if (readiness.ready(PART)) {
      log.info("Ready again: the database answers");
    }
    away = why.isPresent();
  }

  @Override
  public void close() {
    closed = true;
    timer.shutdownNow();
  }
}
