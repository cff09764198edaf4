package io.millrace.server.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.util.LeakPresenceDetector;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HealthServerTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Readiness readiness = new Readiness();
  private final HttpClient http = HttpClient.newHttpClient();
  private HealthServer server;

  @AfterEach
  void stop() {
    http.close();
    server.close();
    await().atMost(Duration.ofSeconds(5)).untilAsserted(LeakPresenceDetector::check);
  }

  private void start(HealthLimits limits) throws IOException {
    Gauge.builder().name("water_level").register(registry).set(7);
    server =
        HealthServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            limits,
            registry,
            readiness);
  }

  private HttpResponse<String> send(String method, String path, String body) throws Exception {
    URI uri = URI.create("http://127.0.0.1:%d%s".formatted(server.port(), path));
    HttpRequest request =
        HttpRequest.newBuilder(uri).method(method, BodyPublishers.ofString(body)).build();
    return http.send(request, BodyHandlers.ofString());
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout((int) SOON.toMillis());
    return socket;
  }

  private static String readAll(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
  }

  private boolean counts(String line) throws Exception {
    return send("GET", "/metrics", "").body().lines().anyMatch(line::equals);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/%zz", "/health/live%", "/metrics?%zz", "/metrics?name[]=%"})
  void refusesATargetThatCannotBeRead(String target) throws Exception {
    start(HealthLimits.defaults());
    try (Socket socket = connect()) {
      socket
          .getOutputStream()
          .write("GET %s HTTP/1.1\r\n\r\n".formatted(target).getBytes(StandardCharsets.US_ASCII));

      assertThat(readAll(socket)).startsWith("HTTP/1.1 400 Bad Request\r\n");
    }
  }

  @Test
  void tellsMetricsAndHealth() throws Exception {
    start(HealthLimits.defaults());
    readiness.notReady("directory", "none yet");

    HttpResponse<String> metrics = send("GET", "/metrics", "");
    assertThat(metrics.statusCode()).isEqualTo(200);
    assertThat(metrics.headers().firstValue("content-type").orElseThrow()).startsWith("text/plain");
    assertThat(metrics.body()).contains("water_level 7.0");
    assertThat(send("GET", "/metrics?name[]=other", "").body()).doesNotContain("water_level");
    assertThat(send("HEAD", "/metrics", "").body()).isEmpty();
    assertThat(send("GET", "/health/live", "").statusCode()).isEqualTo(200);
    HttpResponse<String> ready = send("GET", "/health/ready", "");
    assertThat(ready.statusCode()).isEqualTo(503);
    assertThat(ready.body()).contains("directory: none yet");

    readiness.ready("directory");
    assertThat(send("GET", "/health/ready", "").statusCode()).isEqualTo(200);
  }

  @Test
  void refusesOtherPathsAndMethods() throws Exception {
    start(HealthLimits.defaults());

    assertThat(send("GET", "/", "").statusCode()).isEqualTo(404);
    assertThat(send("GET", "/metrics/more", "").statusCode()).isEqualTo(404);
    HttpResponse<String> post = send("POST", "/metrics", "x".repeat(100));
    assertThat(post.statusCode()).isEqualTo(405);
    assertThat(post.headers().firstValue("Allow")).contains("GET, HEAD");
    assertThat(send("GET", "/health/live", "").headers().firstValue("Allow")).isEmpty();
    assertThat(counts("millrace_metrics_http_requests_total{status=\"404\"} 2.0")).isTrue();
    assertThat(counts("millrace_metrics_http_requests_total{status=\"405\"} 1.0")).isTrue();
  }

  @Test
  void refusesHeadsThatAreTooLongOrNone() throws Exception {
    start(new HealthLimits(64, 64, 256, SOON));
    try (Socket endless = connect();
        Socket line = connect();
        Socket noise = connect()) {
      write(endless, "GET /metrics HTTP/1.1\r\na: " + "b".repeat(1_000));
      assertThat(readAll(endless)).startsWith("HTTP/1.1 431 ").contains("metrics.max-head-bytes");
      write(line, "GET /" + "a".repeat(1_000));
      assertThat(readAll(line)).startsWith("HTTP/1.1 414 ");
      write(noise, "\u0001\u0002 \r\n\r\n");
      assertThat(readAll(noise)).startsWith("HTTP/1.1 400 ");
    }
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void tellsAndClosesWhoTakesTooLong() throws Exception {
    start(new HealthLimits(64, 64, 8_192, Duration.ofMillis(300)));
    try (Socket silent = connect();
        Socket half = connect()) {
      write(half, "GET /metrics HTTP/1.1\r\n");

      for (Socket each : List.of(silent, half)) {
        assertThat(readAll(each))
            .startsWith("HTTP/1.1 408 Request Timeout\r\n")
            .containsIgnoringCase("\r\nconnection: close\r\n")
            .contains("metrics.timeout");
      }
    }
    assertThat(counts("millrace_metrics_http_closed_total{reason=\"timeout\"} 2.0")).isTrue();
  }

  @Test
  void answersInTextWhoWouldRatherHaveProtobuf() throws Exception {
    start(new HealthLimits(2, 2, 8_192, SOON));
    String protobuf =
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";
    for (String also : List.of("", ",text/plain;q=0.5", ",application/openmetrics-text;q=0.5")) {
      try (Socket socket = connect()) {
        write(socket, "GET /metrics HTTP/1.1\r\nAccept: " + protobuf + also + "\r\n\r\n");
        assertThat(readAll(socket))
            .startsWith("HTTP/1.1 200 ")
            .contains(also.contains("openmetrics") ? "openmetrics-text" : "text/plain")
            .contains("\r\n\r\n# ");
      }
    }
  }

  @Test
  void closesOneConnectionMoreThanThereMayBe() throws Exception {
    start(new HealthLimits(1, 1, 8_192, SOON));
    try (Socket first = connect();
        Socket second = connect()) {
      assertThat(readAll(second)).isEmpty();
      write(first, "GET /health/live HTTP/1.1\r\n\r\n");
      assertThat(readAll(first)).startsWith("HTTP/1.1 200 ");
    }
    await()
        .atMost(SOON)
        .ignoreExceptions()
        .until(() -> counts("millrace_metrics_http_closed_total{reason=\"connections\"} 1.0"));
  }

  @Test
  void leavesRoomForOtherAddressesThanTheOneThatHasItsShare() throws Exception {
    start(new HealthLimits(2, 1, 8_192, SOON));
    try (Socket first = connect();
        Socket second = connect();
        Socket other = new Socket()) {
      assertThat(readAll(second)).isEmpty();
      other.bind(new InetSocketAddress("127.0.0.2", 0));
      other.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
      other.setSoTimeout((int) SOON.toMillis());
      for (Socket each : List.of(other, first)) {
        write(each, "GET /health/live HTTP/1.1\r\n\r\n");
        assertThat(readAll(each)).startsWith("HTTP/1.1 200 ");
      }
    }
    await()
        .atMost(SOON)
        .ignoreExceptions()
        .until(() -> counts("millrace_metrics_http_closed_total{reason=\"address\"} 1.0"));
  }
}
