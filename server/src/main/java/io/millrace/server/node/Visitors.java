package io.millrace.server.node;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Knows those who are served from outside: publishers, and connections of viewers. */
final class Visitors {
  private static final Logger log = LoggerFactory.getLogger(Visitors.class);
  private static final long POLL_MS = 50;

  /**
   * How many there are of what is called so.
   *
   * @param one as one of them is called
   * @param several as two of them are called
   */
  record Present(String one, String several, IntSupplier count) {
    private String textOrEmpty() {
      int now = count.getAsInt();
      return now == 0 ? "" : now + " " + (now == 1 ? one : several);
    }
  }

  private record Entrance(Runnable closing, Present present) {}

  private final List<Entrance> entrances = new CopyOnWriteArrayList<>();

  /**
   * Adds those who come by one part of the node.
   *
   * @param closing takes nobody new from then on
   */
  void add(Runnable closing, Present present) {
    entrances.add(new Entrance(closing, present));
  }

  /** Takes nobody new, and waits until all have left, or the time is over. */
  void awaitLeaving(Duration longest) throws InterruptedException {
    entrances.forEach(entrance -> entrance.closing().run());
    long endNs = System.nanoTime() + longest.toNanos();
    String present = present();
    if (!present.isEmpty()) {
      log.info(
          "Waiting up to {} s for {} to leave; a second signal ends at once",
          longest.toSeconds(),
          present);
    }
    while (!present().isEmpty() && System.nanoTime() - endNs < 0) {
      TimeUnit.MILLISECONDS.sleep(POLL_MS);
    }
  }

  /** Who is there, by number and name; empty where nobody is. */
  String present() {
    return entrances.stream()
        .map(entrance -> entrance.present().textOrEmpty())
        .filter(text -> !text.isEmpty())
        .collect(Collectors.joining(" and "));
  }
}
