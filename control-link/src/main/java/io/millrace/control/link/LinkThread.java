package io.millrace.control.link;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread that a node's end of the link runs on. Any thread may hand it tasks. */
final class LinkThread {
  private static final Logger log = LoggerFactory.getLogger(LinkThread.class);

  private final ScheduledExecutorService executor;

  LinkThread() {
    ScheduledThreadPoolExecutor one =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("control-link").daemon().factory());
    one.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    this.executor = one;
  }

  /** Runs a task soon; one that comes after the end is dropped. */
  void execute(Runnable task) {
    try {
      executor.execute(() -> guarded(task));
    } catch (RejectedExecutionException e) {
      log.debug("A task came after the end");
    }
  }

  /** Runs a task after a while, or never if the end comes before. */
  void later(Runnable task, long delayMs) {
    try {
      var _ = executor.schedule(() -> guarded(task), delayMs, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("A task came after the end");
    }
  }

  void every(Duration period, Runnable task) {
    var _ =
        executor.scheduleWithFixedDelay(
            () -> guarded(task), period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The one catch at the top of the thread: a listener's error must not stop the link. */
  static void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      log.error("A task of the control link failed", e);
    }
  }

  /** Ends after what was handed over already, and after the timeout in any case. */
  void close(Duration timeout) {
    executor.shutdown();
    try {
      if (!executor.awaitTermination(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        executor.shutdownNow();
      }
    } catch (InterruptedException e) {
      executor.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
