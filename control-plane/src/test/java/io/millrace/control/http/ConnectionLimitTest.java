package io.millrace.control.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.helidon.common.socket.SocketOptions;
import io.helidon.webserver.WebServer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConnectionLimitTest {
  private static final int SOON_MS = 20_000;

  private final PrometheusRegistry metrics = new PrometheusRegistry();
  private final WebServer server =
      WebServer.builder()
          .host("127.0.0.1")
          .connectionOptions(
              new ConnectionLimit(
                  SocketOptions.builder().readTimeout(Duration.ofMinutes(1)).build(), 1, metrics))
          .routing(routing -> routing.get("/", (_, response) -> response.send("ok")))
          .build()
          .start();

  @AfterEach
  void stop() {
    server.stop();
  }

  @Test
  void closesOneConnectionMoreThanThereMayBe() throws IOException {
    try (Socket first = connect()) {
      assertThat(status(first)).isEqualTo("HTTP/1.1 200 OK");
      for (int refused = 1; refused <= 3; refused++) {
        try (Socket second = connect()) {
          assertThat(second.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(refused()).isEqualTo(refused);
      }
      assertThat(status(first)).as("the one that was there goes on").isEqualTo("HTTP/1.1 200 OK");
      assertThat(connections()).isEqualTo(1);
    }
    await().atMost(Duration.ofMillis(SOON_MS)).until(() -> connections() == 0);

    try (Socket again = connect()) {
      assertThat(status(again)).isEqualTo("HTTP/1.1 200 OK");
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout(SOON_MS);
    return socket;
  }

  /** Asks, reads the answer to its end, and gives its first line. */
  private static String status(Socket socket) throws IOException {
    socket
        .getOutputStream()
        .write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    StringBuilder answer = new StringBuilder();
    while (!answer.toString().endsWith("\r\n\r\nok")) {
      answer.append((char) socket.getInputStream().read());
    }
    return answer.substring(0, answer.indexOf("\r"));
  }

  private double refused() {
    return metrics.scrape(name -> name.equals("millrace_control_http_refused_connections")).stream()
        .flatMap(snapshot -> snapshot.getDataPoints().stream())
        .mapToDouble(point -> ((CounterSnapshot.CounterDataPointSnapshot) point).getValue())
        .sum();
  }

  private double connections() {
    return metrics.scrape(name -> name.equals("millrace_control_http_connections")).stream()
        .flatMap(snapshot -> snapshot.getDataPoints().stream())
        .mapToDouble(point -> ((GaugeSnapshot.GaugeDataPointSnapshot) point).getValue())
        .sum();
  }
}
