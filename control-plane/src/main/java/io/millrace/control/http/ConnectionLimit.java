package io.millrace.control.http;

import io.helidon.common.socket.SocketOptions;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.Socket;
import java.net.SocketOption;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Closes connections beyond a number at once. The server's own limit stops accepting: whoever comes
 * next waits, unseen, for as long as others stay. What it is told of each connection that it
 * accepts are the socket's options, so it is refused there; the server closes it for that, and says
 * nothing of it.
 */
public final class ConnectionLimit implements SocketOptions {
  private final SocketOptions options;
  private final int most;
  private final Counter refused;
  private final Set<Socket> open = Collections.newSetFromMap(new IdentityHashMap<>());

  /**
   * Limits a server.
   *
   * @param options of the sockets that are not refused
   * @param most connections at a time
   */
  public ConnectionLimit(SocketOptions options, int most, PrometheusRegistry metrics) {
    this.options = options;
    this.most = most;
    this.refused =
        Counter.builder()
            .name("millrace_control_http_refused_connections")
            .help("Connections to the API that were closed because there were as many as may be")
            .register(metrics);
    GaugeWithCallback.builder()
        .name("millrace_control_http_connections")
        .help("Connections to the API")
        .callback(callback -> callback.call(count()))
        .register(metrics);
  }

  private synchronized int count() {
    open.removeIf(Socket::isClosed);
    return open.size();
  }

  @Override
  public void configureSocket(Socket socket) {
    admit(socket);
    options.configureSocket(socket);
  }

  private synchronized void admit(Socket socket) {
    if (count() >= most) {
      refused.inc();
      throw new IllegalStateException("connections: %d (at most %d)".formatted(most + 1, most));
    }
    open.add(socket);
  }

  @Override
  public Map<SocketOption<?>, Object> socketOptions() {
    return options.socketOptions();
  }

  @Override
  public Duration connectTimeout() {
    return options.connectTimeout();
  }

  @Override
  public Duration readTimeout() {
    return options.readTimeout();
  }

  @Override
  public Optional<Integer> socketReceiveBufferSize() {
    return options.socketReceiveBufferSize();
  }

  @Override
  public Optional<Integer> socketSendBufferSize() {
    return options.socketSendBufferSize();
  }

  @Override
  public boolean socketReuseAddress() {
    return options.socketReuseAddress();
  }

  @Override
  public boolean socketKeepAlive() {
    return options.socketKeepAlive();
  }

  @Override
  public boolean tcpNoDelay() {
    return options.tcpNoDelay();
  }
}
