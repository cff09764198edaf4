package io.millrace.server.node;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for the signal to stop, and sees to it that stopping ends: a second signal, or three
 * seconds after the drain, ends the process and its children at once.
 */
public final class Stopping {
  private static final Logger log = LoggerFactory.getLogger(Stopping.class);
  private static final Duration LONGEST = Duration.ofMillis(2_700);
  private static final int FORCED = 1;

  private final CountDownLatch asked = new CountDownLatch(1);
  private final AtomicInteger signals = new AtomicInteger();
  private final Thread starter;
  private volatile boolean started;

  /** The thread that creates it is interrupted where the signal comes before {@link #started}. */
  public Stopping() {
    this.starter = Thread.currentThread();
    Signals.on("INT", this::signal);
    Signals.on("TERM", this::signal);
  }

  private void signal() {
    if (signals.incrementAndGet() > 1) {
      forceEnd();
    }
    asked.countDown();
    if (!started) {
      starter.interrupt();
    }
  }

  /** Says that the start is over: the next signal interrupts nobody. */
  public void started() {
    started = true;
  }

  public boolean isAsked() {
    return asked.getCount() == 0;
  }

  public void await() throws InterruptedException {
    asked.await();
  }

  /** From now on the process ends in time, whatever hangs. */
  public void watch(Duration drain) {
    Thread.ofPlatform()
        .daemon()
        .name("stop-watch")
        .start(
            () -> {
              try {
                TimeUnit.MILLISECONDS.sleep(drain.plus(LONGEST).toMillis());
              } catch (InterruptedException e) {
                return;
              }
              log.error("Stopping takes too long: ending at once");
              forceEnd();
            });
  }

  private static void forceEnd() {
    ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
    Runtime.getRuntime().halt(FORCED);
  }
}
