package io.millrace.control.http;

import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.millrace.limits.AddressRate;
import io.millrace.limits.AddressRates;
import io.millrace.limits.OnceInAWhile;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds how many requests one address, or IPv6 prefix, has answered in a second. Those beyond wait
 * for their turn on the thread of their connection, which is read no further meanwhile; those whose
 * turn is too far away wait as long and are refused, so that refusals cost little too. Any thread.
 */
public final class RequestRates implements Filter {
  private static final Logger log = LoggerFactory.getLogger(RequestRates.class);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

  private final int perSecond;
  private final Duration longestWait;
  private final AddressRates rates;
  private final Counter delayed;
  private final OnceInAWhile cleaning = new OnceInAWhile(Duration.ofSeconds(10), System.nanoTime());
  private final OnceInAWhile warnings = new OnceInAWhile(Duration.ofMinutes(1), System.nanoTime());

  /** Nobody has asked for anything yet. */
  public RequestRates(ApiLimits limits, PrometheusRegistry metrics) {
    perSecond = limits.requestsPerSecondPerAddress();
    Duration half = limits.requestTimeout().dividedBy(2); // in which it is to be answered as well
    longestWait = half.compareTo(LONGEST_WAIT) < 0 ? half : LONGEST_WAIT;
    rates = new AddressRates(perSecond);
    delayed =
        Counter.builder()
            .name("millrace_control_http_delayed_requests")
            .help(
                "Requests of the API that had to wait because their address asked for more than it"
                    + " may, those too that were then refused (control.max-requests-per-second)")
            .register(metrics);
  }

  @Override
  public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
    awaitTurn(request);
    chain.proceed();
  }

  private void awaitTurn(ServerRequest request) {
    long nowNs = System.nanoTime();
    AddressRate rate =
        rates.enter(((InetSocketAddress) request.remotePeer().address()).getAddress(), nowNs);
    try {
      long waitNs = rate.takeTurn(nowNs, longestWait.toNanos());
      if (waitNs != 0) {
        late(rate, waitNs, nowNs);
      }
    } finally {
      rates.leave(rate);
      if (cleaning.isDue(nowNs)) {
        rates.forget(nowNs);
      }
    }
  }

  private void late(AddressRate rate, long waitNs, long nowNs) {
    delayed.inc();
    if (warnings.isDue(nowNs)) {
      log.warn(
          "{} asks the API for more than an address may ({} requests a second,"
              + " control.max-requests-per-second): further ones wait",
          rate.address().map(Object::toString).orElse("an address"),
          perSecond);
    }
    try {
      TimeUnit.NANOSECONDS.sleep(waitNs < 0 ? longestWait.toNanos() : waitNs);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw Problem.requestTimeout();
    }
    if (waitNs < 0) {
      throw Problem.tooMany(
          "Too many requests from this address: %d a second at most (control.max-requests-per-second)"
              .formatted(perSecond),
          LONGEST_WAIT);
    }
  }
}
