package io.millrace.control.http;

import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http1.Http1ConnectionListener;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends requests that take too long: a head from its first line on, then the request until its
 * answer is taken. The server knows a time limit for each read only, within which a client could
 * send a byte each, for hours, and none for a client that reads no answer.
 *
 * <p>First there is no more to read, so that whoever waits for the rest of a request answers 408;
 * who has not come to an end a second later does not wait for that, and is interrupted, which
 * closes the socket.
 */
public final class RequestDeadlines implements Http1ConnectionListener, Filter, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RequestDeadlines.class);
  private static final Duration PERIOD = Duration.ofSeconds(1);

  private final long headNs;
  private final long requestNs;
  private final Counter timeouts;
  private final Map<HttpConnection, Long> deadlinesNs = new ConcurrentHashMap<>();
  private final Thread watch;

  /** Begins to watch. */
  public RequestDeadlines(ApiLimits limits, PrometheusRegistry metrics) {
    headNs = limits.headTimeout().toNanos();
    requestNs = limits.requestTimeout().toNanos();
    timeouts =
        Counter.builder()
            .name("millrace_control_http_timeouts")
            .help("Requests of the API that took too long to come, or their answers to be taken")
            .register(metrics);
    watch = Thread.ofVirtual().name("control-deadlines").start(this::watch);
  }

  @Override
  public void prologue(ConnectionContext connection, HttpPrologue prologue) {
    HttpConnection.current().requestBegins(prologue);
    allow(headNs);
  }

  @Override
  public void headers(ConnectionContext connection, Headers headers) {
    allow(requestNs);
  }

  /** An answer that no filter sees is about to be written: it must be taken in time too. */
  public void refuses() {
    allow(requestNs);
  }

  @Override
  public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
    request.context().register(this);
    HttpConnection.current().requestIsRouted();
    allow(requestNs);
    try {
      chain.proceed();
    } catch (RuntimeException e) {
      // The answer that tells of it is yet to be written, and must be taken in time like another.
      response.whenSent(() -> answered(request));
      throw e;
    }
    answered(request);
  }

  /** Reads a body away that nobody read, for as long as it may come. */
  private void answered(RoutingRequest request) {
    try {
      if (request.content().hasEntity() && !request.content().consumed()) {
        allow(requestNs);
        request.content().consume();
      }
      end();
    } catch (RuntimeException e) {
      // Where the next request begins cannot be known: there is none, and the deadline stays.
      log.trace("A body that nobody reads does not come to its end", e);
      HttpConnection.current().giveUp();
    }
  }

  /** Whether any of our own code has had the request of this thread. */
  public static boolean isRouted() {
    return HttpConnection.current().isRouted();
  }

  /**
   * For an answer that never ends: from now on each write of it must be taken within the time for a
   * request, and between two there may be any time.
   *
   * @param out of the answer to {@code request}, written to by its thread only
   */
  public static OutputStream endless(ServerRequest request, OutputStream out) {
    RequestDeadlines deadlines =
        request
            .context()
            .get(RequestDeadlines.class)
            .orElseThrow(() -> new IllegalStateException("the request has no deadlines"));
    deadlines.forgive();
    return deadlines.new EachWrite(out);
  }

  private final class EachWrite extends FilterOutputStream {
    EachWrite(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      allow(requestNs);
      out.write(bytes, offset, length);
      forgive();
    }

    @Override
    public void flush() throws IOException {
      allow(requestNs);
      out.flush();
      forgive();
    }
  }

  private void end() {
    forgive();
    HttpConnection.current().requestEnds();
  }

  private void forgive() {
    deadlinesNs.remove(HttpConnection.current());
  }

  private void allow(long ns) {
    deadlinesNs.put(HttpConnection.current(), System.nanoTime() + ns);
  }

  private void watch() {
    try {
      while (true) {
        Thread.sleep(PERIOD);
        long nowNs = System.nanoTime();
        deadlinesNs.forEach((connection, atNs) -> look(connection, atNs, nowNs));
      }
    } catch (InterruptedException e) {
      deadlinesNs.clear();
    }
  }

  private void look(HttpConnection connection, Long atNs, long nowNs) {
    boolean over = nowNs - atNs >= 0 || connection.hasEnded();
    // Removed by one of the two only: who is done in this moment is not ended.
    if (!over || !deadlinesNs.remove(connection, atNs) || connection.hasEnded()) {
      return;
    }
    if (connection.endInput()) {
      timeouts.inc();
      deadlinesNs.putIfAbsent(connection, nowNs + PERIOD.toNanos());
    } else {
      connection.end();
    }
  }

  @Override
  public void close() {
    watch.interrupt();
  }
}
