package io.millrace.delivery.http;

import io.millrace.delivery.DeliveryMetrics;
import io.millrace.limits.AddressRate;
import io.millrace.limits.OnceInAWhile;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets requests wait whose address asks for more than it may, until it may again: first come, first
 * served. Confined to an event loop.
 */
final class AddressTurns {
  private static final Logger log = LoggerFactory.getLogger(AddressTurns.class);
  private static final OnceInAWhile WARNINGS =
      new OnceInAWhile(Duration.ofMinutes(1), System.nanoTime());

  private final int perSecond;
  private final DeliveryMetrics metrics;
  private final Map<AddressRate, Turns> waiting = new LinkedHashMap<>();

  /**
   * Nobody waits.
   *
   * @param perSecond what the rates of addresses are, for the log
   */
  AddressTurns(int perSecond, DeliveryMetrics metrics) {
    this.perSecond = perSecond;
    this.metrics = metrics;
  }

  /** Whether the exchange's request is to be served now; if not it is kept for its turn. */
  boolean isNow(Request request, Exchange exchange, long nowNs) {
    AddressRate rate = exchange.rate();
    Turns turns = waiting.isEmpty() ? null : waiting.get(rate);
    if ((turns == null || turns.size() == 0) && rate.take(nowNs)) {
      return true;
    }
    exchange.delayed = request;
    (turns == null ? line(rate) : turns).add(exchange);
    metrics.delayed();
    if (WARNINGS.isDue(nowNs)) {
      log.warn(
          "{} asks for more than an address may ({} requests a second,"
              + " edge.http.max-requests-per-second): further ones wait",
          rate.address().map(Object::toString).orElse("an address"),
          perSecond);
    }
    return false;
  }

  private Turns line(AddressRate rate) {
    Turns turns = new Turns(rate);
    waiting.put(rate, turns);
    rate.lines(1);
    return turns;
  }

  /**
   * Serves those whose turn it is: those that were there first, and who asks again stands behind
   * all others.
   *
   * @param sinceNs since the last time
   * @param serve throws nothing
   */
  void give(long sinceNs, long nowNs, BiConsumer<Request, Exchange> serve) {
    for (Turns turns : List.copyOf(waiting.values())) {
      give(turns, turns.rate().shareOfLine(sinceNs), nowNs, serve);
      if (turns.size() == 0) {
        waiting.remove(turns.rate());
        turns.rate().lines(-1);
      }
    }
  }

  private static void give(
      Turns turns, long most, long nowNs, BiConsumer<Request, Exchange> serve) {
    Exchange next = turns.first();
    for (long left = most; next != null && left > 0 && turns.rate().take(nowNs); left--) {
      turns.remove(next);
      Request request = next.delayed;
      next.delayed = null;
      if (request != null) {
        serve.accept(request, next);
      }
      next = turns.first();
    }
  }
}
