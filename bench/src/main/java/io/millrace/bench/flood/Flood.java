package io.millrace.bench.flood;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** Attacks with many connections at once, and waits until the server has closed them all. */
public final class Flood {
  /** Beyond its limit: for a busy machine, and for what was sent before and must be read first. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /**
   * How an attack ended.
   *
   * @param connections that attacked
   * @param longestOpenMs how long the longest of them was open
   * @param leftOpen that the server had not closed when its limit, and some, was over
   */
  public record Outcome(int connections, long longestOpenMs, int leftOpen) {}

  private record One(Attack attack, long openMs, boolean closed) {}

  private Flood() {}

  /**
   * Attacks in all the ways at once.
   *
   * @param connections how many of each attack
   * @param addresses gives the address of a port by its name in {@code endpoints.json}
   */
  public static Map<Attack, Outcome> run(
      Map<Attack, Integer> connections, Function<String, InetSocketAddress> addresses)
      throws InterruptedException, IOException {
    List<Future<One>> running = new ArrayList<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      connections.forEach(
          (attack, count) -> {
            InetSocketAddress server = addresses.apply(attack.port());
            for (int i = 0; i < count; i++) {
              int number = running.size();
              running.add(executor.submit(() -> attack(attack, server, number)));
            }
          });
      Map<Attack, Outcome> outcomes = new LinkedHashMap<>();
      for (Future<One> each : running) {
        One one = each.get();
        outcomes.merge(
            one.attack(), new Outcome(1, one.openMs(), one.closed() ? 0 : 1), Flood::together);
      }
      return outcomes;
    } catch (ExecutionException e) {
      throw new IOException("an attack could not be made: " + e.getCause(), e);
    }
  }

  private static Outcome together(Outcome a, Outcome b) {
    return new Outcome(
        a.connections() + b.connections(),
        Math.max(a.longestOpenMs(), b.longestOpenMs()),
        a.leftOpen() + b.leftOpen());
  }

  private static One attack(Attack attack, InetSocketAddress server, int number)
      throws IOException, InterruptedException {
    Duration limit = attack.limit().plus(PATIENCE);
    try (Attacker attacker = new Attacker(server, number)) {
      long startNs = System.nanoTime();
      Thread watch = Thread.ofVirtual().start(() -> closeAfter(limit, attacker));
      try {
        attack.conduct().on(attacker);
        boolean closed = attacker.awaitClose(limit);
        return new One(attack, openMs(startNs), closed);
      } catch (IOException e) {
        // Either the server has closed, or the watch because it had not.
        long openMs = openMs(startNs);
        return new One(attack, openMs, openMs < limit.toMillis());
      } finally {
        watch.interrupt();
      }
    }
  }

  /** Ends a connection whose attacker is stuck in a write that nobody reads. */
  private static void closeAfter(Duration limit, Attacker attacker) {
    try {
      Thread.sleep(limit);
      attacker.close();
    } catch (InterruptedException | IOException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static long openMs(long startNs) {
    return (System.nanoTime() - startNs) / 1_000_000;
  }
}
