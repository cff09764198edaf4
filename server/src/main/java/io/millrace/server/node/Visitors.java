package io.millrace.server.node;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Knows those who are served from outside: publishers, and connections of viewers. */
final class Visitors {
  private static final Logger log = LoggerFactory.getLogger(Visitors.class);
  private static final long POLL_MS = 50;

  private record Entrance(Runnable closing, IntSupplier present) {}

  private final List<Entrance> entrances = new CopyOnWriteArrayList<>();

  /**
   * Adds those who come by one part of the node.
   *
   * @param closing takes nobody new from then on
   * @param present how many there are
   */
  void add(Runnable closing, IntSupplier present) {
    entrances.add(new Entrance(closing, present));
  }

  /** Takes nobody new, and waits until all have left, or the time is over. */
  void awaitLeaving(Duration longest) throws InterruptedException {
    entrances.forEach(entrance -> entrance.closing().run());
    long endNs = System.nanoTime() + longest.toNanos();
    if (present() > 0) {
      log.info(
          "Waiting up to {} s for {} publisher(s) and connection(s) of viewers to leave; a second"
              + " signal ends at once",
          longest.toSeconds(),
          present());
    }
    while (present() > 0 && System.nanoTime() - endNs < 0) {
      TimeUnit.MILLISECONDS.sleep(POLL_MS);
    }
  }

  private int present() {
    return entrances.stream().mapToInt(entrance -> entrance.present().getAsInt()).sum();
  }
}
