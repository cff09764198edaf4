package io.millrace.server.node;

import io.millrace.server.data.Children;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for the signal to stop, and sees to it that stopping ends: a second signal, or three
 * seconds after the first (and after the drain, where the start was over), ends the process and its
 * children at once.
 */
public final class Stopping {
  private static final Logger log = LoggerFactory.getLogger(Stopping.class);

  /** What is left of three seconds is for the JVM's own end. */
  private static final Duration LONGEST = Duration.ofMillis(2_500);

  private static final int FORCED = 1;

  /** Signals no further apart are one. */
  private static final long SAME_NS = 500_000_000;

  /** What a shell says of a program that a signal ended: 128 and the signal's number. */
  private enum Signal {
    INT(130),
    TERM(143);

    private final int status;

    Signal(int status) {
      this.status = status;
    }
  }

  private final CountDownLatch asked = new CountDownLatch(1);
  private final Thread starter;
  private boolean started;
  private long askedNs;
  private volatile int status = FORCED;
  private volatile boolean forced;

  /** The thread that creates it is interrupted where the signal comes before {@link #started}. */
  public Stopping() {
    this.starter = Thread.currentThread();
    for (Signal signal : Signal.values()) {
      Signals.on(signal.name(), () -> come(signal));
    }
  }

  private synchronized void come(Signal signal) {
    long nowNs = System.nanoTime();
    if (isAsked()) {
      // A terminal tells a whole group of processes, and whoever started this one may tell it too.
      if (nowNs - askedNs > SAME_NS) {
        forceEnd();
      }
      return;
    }
    askedNs = nowNs;
    if (!started) {
      log.info("Stopping before the start is over");
      status = signal.status;
      watch(Duration.ZERO);
      starter.interrupt();
    }
    asked.countDown();
  }

  /**
   * Says that the start is over: from now on a signal interrupts nobody.
   *
   * @throws InterruptedException where it came before
   */
  public synchronized void started() throws InterruptedException {
    if (isAsked()) {
      throw new InterruptedException("told to stop while starting");
    }
    started = true;
  }

  public boolean isAsked() {
    return asked.getCount() == 0;
  }

  /** Whether stopping took too long. */
  public boolean isForced() {
    return forced;
  }

  /** The exit status of a start that a signal interrupted, and of an end that was forced. */
  public int status() {
    return status;
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

  private void forceEnd() {
    forced = true; // what waited for the children may come to its end before the process does
    Children.endAll();
    Runtime.getRuntime().halt(status);
  }
}
