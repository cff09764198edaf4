package io.millrace.control.http;

import io.helidon.common.context.Context;
import io.helidon.common.socket.SocketOptions;
import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.http.encoding.ContentEncodingContext;
import io.helidon.http.media.MediaContext;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerConfig;
import io.helidon.webserver.Router;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionListener;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnectionSelector;
import io.millrace.limits.ConnectionLimiter;
import io.millrace.limits.FairBudget;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts the API's connections and has Helidon's HTTP/1.1 serve each, on a virtual thread of its
 * own. Helidon's own listener ends for good at the first connection that cannot be accepted, makes
 * those beyond its limit wait unseen, and gives nobody a hand on what it reads.
 *
 * <p>Accepts on a thread of its own; everything else from any.
 */
public final class HttpListener implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HttpListener.class);

  /** Those beyond the limit must come in to be sent away: a queue that overflows is silent. */
  private static final int BACKLOG = 1_024;

  private static final Duration RETRY = Duration.ofMillis(100);
  private static final Duration BETWEEN_WARNINGS = Duration.ofMinutes(1);
  private static final Duration STOP_TIMEOUT = Duration.ofMillis(500);

  private final ServerSocket server;
  private final ApiLimits limits;
  private final ServerConnectionSelector protocol;
  private final Router router;
  private final HttpConnection.Shared shared;
  private final SocketOptions options;
  private final Counter refused;
  private final Counter failures;
  private final Counter idle;
  private final ConnectionLimiter limiter;
  private final FairBudget budget;
  private final Set<HttpConnection> connections = ConcurrentHashMap.newKeySet();
  private final Thread acceptor;
  private final Thread idleWatch;
  private volatile boolean closed;
  private volatile Optional<String> trouble = Optional.empty();

  // Confined to the acceptor.
  private long warnedNs = System.nanoTime() - BETWEEN_WARNINGS.toNanos();

  /**
   * Says what is served.
   *
   * @param heads hears of each request's first line and of its headers
   * @param refusals answers what no route sees
   */
  public record Served(Router router, Http1ConnectionListener heads, DirectHandlers refusals) {}

  HttpListener(ServerSocket server, ApiLimits limits, Served served, PrometheusRegistry metrics) {
    this.server = server;
    this.limits = limits;
    this.limiter =
        new ConnectionLimiter(limits.mostConnections(), limits.mostConnectionsPerAddress());
    this.budget = new FairBudget(limits.mostRequestBytes(), limiter::count);
    this.protocol =
        Http1ConnectionSelector.builder()
            .config(
                Http1Config.builder()
                    // More than one of them Helidon would take, and tell none.
                    .addReceiveListener(new Requests(served.heads()))
                    .addSendListener(new Answers())
                    // Else a body that came unasked would be read as the next request.
                    .continueImmediately(true)
                    .maxHeadersSize(limits.mostHeadBytes())
                    .maxPrologueLength(limits.mostTargetBytes() + 1) // the first that is refused
                    .build())
            .build();
    this.router = served.router();
    this.shared =
        new HttpConnection.Shared(
            Context.create(),
            MediaContext.create(),
            ContentEncodingContext.create(),
            served.refusals(),
            ListenerConfig.builder()
                .maxPayloadSize(limits.mostBodyBytes())
                .errorHandling(errors -> errors.includeEntity(true)) // tells them the message
                .buildPrototype(),
            Executors.newVirtualThreadPerTaskExecutor());
    this.options = SocketOptions.create();
    this.refused =
        Counter.builder()
            .name("millrace_control_http_refused_connections")
            .help(
                "Connections to the API that were closed because of how many there were, by limit")
            .labelNames("limit")
            .register(metrics);
    this.failures =
        Counter.builder()
            .name("millrace_control_http_failed_accepts")
            .help("Times that no connection to the API could be accepted, such as for open files")
            .register(metrics);
    this.idle =
        Counter.builder()
            .name("millrace_control_http_idle_closed")
            .help("Connections to the API that were closed because nothing was asked for")
            .register(metrics);
    GaugeWithCallback.builder()
        .name("millrace_control_http_request_bytes")
        .help("What the requests to the API that are being read keep")
        .callback(callback -> callback.call((double) budget.usedBytes()))
        .register(metrics);
    GaugeWithCallback.builder()
        .name("millrace_control_http_connections")
        .help("Connections to the API")
        .callback(callback -> callback.call(connections.size()))
        .register(metrics);
    this.acceptor = Thread.ofPlatform().name("control-accept").daemon().unstarted(this::accept);
    this.idleWatch = Thread.ofVirtual().name("control-idle").unstarted(this::endIdle);
  }

  /** Looks at what Helidon does not, before any route does. */
  private record Requests(Http1ConnectionListener next) implements Http1ConnectionListener {
    @Override
    public void prologue(ConnectionContext connection, HttpPrologue prologue) {
      next.prologue(connection, prologue);
      RequestFraming.require(prologue);
    }

    @Override
    public void headers(ConnectionContext connection, Headers headers) {
      next.headers(connection, headers);
      RequestFraming.require(headers);
      if (RequestFraming.isLast(headers)) {
        HttpConnection.current().finish();
      }
    }
  }

  private static final class Answers implements Http1ConnectionListener {
    @Override
    public void headers(ConnectionContext connection, Headers headers) {
      if (RequestFraming.isLast(headers)) {
        HttpConnection.current().finish();
      }
    }
  }

  /** Loads what a listener needs. */
  public static void load() {
    var _ = MediaContext.create();
    var _ = ContentEncodingContext.create();
    var _ = ListenerConfig.create();
    var _ = Http1ConnectionSelector.builder().config(Http1Config.create()).build();
  }

  /** Listens, and serves from now on. */
  public static HttpListener open(
      String host, int port, ApiLimits limits, Served served, PrometheusRegistry metrics)
      throws IOException {
    ServerSocket server = new ServerSocket();
    try {
      server.bind(new InetSocketAddress(host, port), BACKLOG);
    } catch (IOException e) {
      server.close();
      throw e;
    }
    return open(server, limits, served, metrics);
  }

  /** Serves whom {@code server}, which is closed with it, accepts. */
  public static HttpListener open(
      ServerSocket server, ApiLimits limits, Served served, PrometheusRegistry metrics) {
    HttpListener listener = new HttpListener(server, limits, served, metrics);
    listener.start();
    return listener;
  }

  void start() {
    acceptor.start();
    idleWatch.start();
  }

  public int port() {
    return server.getLocalPort();
  }

  /** Why nobody can connect; empty where everybody can. */
  public Optional<String> trouble() {
    return trouble;
  }

  private void accept() {
    while (!closed) {
      try {
        serve(server.accept());
      } catch (IOException | RuntimeException | Error e) { // such as for no memory for a thread
        if (!closed) {
          failed(e);
        }
      }
    }
  }

  /** Waits until files can be opened again: that they cannot is why accepting fails. */
  private void failed(Throwable e) {
    failures.inc();
    trouble = Optional.of("connections to the API cannot be accepted: " + e.getMessage());
    long nowNs = System.nanoTime();
    if (nowNs - warnedNs >= BETWEEN_WARNINGS.toNanos()) {
      warnedNs = nowNs;
      log.warn("Connections to the API cannot be accepted: {}; tried again", e.getMessage());
    }
    do {
      try {
        Thread.sleep(RETRY);
      } catch (InterruptedException _) {
        return; // closed
      }
    } while (!closed && !canOpenFiles());
    trouble = Optional.empty();
  }

  private static boolean canOpenFiles() {
    try (SocketChannel probe = SocketChannel.open()) {
      return probe.isOpen();
    } catch (IOException _) {
      return false;
    }
  }

  private void serve(Socket socket) {
    InetAddress address = socket.getInetAddress();
    switch (limiter.admit(address)) {
      case ADMITTED -> serve(socket, address);
      case TOO_MANY -> refuse(socket, "control.max-connections");
      case TOO_MANY_OF_ADDRESS -> refuse(socket, "control.max-connections-per-address");
    }
  }

  private void refuse(Socket socket, String limit) {
    refused.labelValues(limit).inc();
    closeQuietly(socket);
  }

  private void serve(Socket socket, InetAddress address) {
    HttpConnection connection = null;
    boolean served = false;
    try {
      options.configureSocket(socket);
      connection =
          new HttpConnection(
              socket, protocol, router, shared, limits, budget, each -> ended(each, address));
      connections.add(connection);
      connection.start();
      served = true;
      if (closed) {
        connection.end();
      }
    } catch (RuntimeException e) {
      log.debug("A connection broke as it was accepted", e);
    } finally {
      if (!served) {
        if (connection != null) {
          connections.remove(connection);
        }
        limiter.leave(address);
        closeQuietly(socket);
      }
    }
  }

  private void ended(HttpConnection connection, InetAddress address) {
    connections.remove(connection);
    limiter.leave(address);
  }

  private static void closeQuietly(Closeable socket) {
    try {
      socket.close();
    } catch (IOException e) {
      log.debug("A socket did not close in order", e);
    }
  }

  /** A request's first line has no deadline of its own: here ends who takes forever over it. */
  private void endIdle() {
    Duration shorter =
        limits.headTimeout().compareTo(limits.idleTimeout()) < 0
            ? limits.headTimeout()
            : limits.idleTimeout();
    Duration between = shorter.dividedBy(6);
    try {
      while (true) {
        Thread.sleep(between);
        for (HttpConnection connection : connections) {
          if (connection.finishIfIdle(limits)) {
            idle.inc();
          }
        }
      }
    } catch (InterruptedException e) {
      log.trace("No idle connection is ended any more", e);
    }
  }

  /** Accepts nobody any more; answers that are under way have half a second to be taken. */
  @Override
  public void close() {
    closed = true;
    closeQuietly(server);
    acceptor.interrupt();
    idleWatch.interrupt();
    connections.forEach(HttpConnection::finish);
    long untilNs = System.nanoTime() + STOP_TIMEOUT.toNanos();
    try {
      for (HttpConnection connection : connections) {
        connection.awaitEnd(Duration.ofNanos(Math.max(0, untilNs - System.nanoTime())));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    connections.forEach(HttpConnection::end);
    shared.executor().shutdown();
  }
}
