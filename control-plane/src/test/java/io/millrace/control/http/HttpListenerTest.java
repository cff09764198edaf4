package io.millrace.control.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpListenerTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  private final PrometheusRegistry metrics = new PrometheusRegistry();

  @Test
  void closesOneConnectionMoreThanThereMayBe() throws IOException {
    try (HttpListener listener = TestListener.ok(limits(1), metrics)) {
      try (Socket first = connect(listener)) {
        assertThat(status(first)).isEqualTo("HTTP/1.1 200 OK");
        for (int refused = 1; refused <= 3; refused++) {
          try (Socket second = connect(listener)) {
            assertThat(second.getInputStream().read()).isEqualTo(-1);
          }
          assertThat(counted("refused_connections")).isEqualTo(refused);
        }
        assertThat(status(first)).as("the one that was there goes on").isEqualTo("HTTP/1.1 200 OK");
        assertThat(connections()).isEqualTo(1);
      }
      await().atMost(SOON).until(() -> connections() == 0);

      try (Socket again = connect(listener)) {
        assertThat(status(again)).isEqualTo("HTTP/1.1 200 OK");
      }
    }
  }

  @Test
  void goesOnAfterConnectionsThatCannotBeAccepted() throws IOException {
    AtomicInteger failures = new AtomicInteger(3);
    ServerSocket socket =
        new ServerSocket(0, 10, InetAddress.getLoopbackAddress()) {
          @Override
          public Socket accept() throws IOException {
            return switch (failures.getAndDecrement()) {
              case 3, 2 -> throw new SocketException("Too many open files");
              case 1 -> throw new IllegalStateException("of the test");
              default -> super.accept();
            };
          }
        };
    try (HttpListener listener =
        new HttpListener(socket, limits(1), TestListener.servedOk(), metrics)) {
      listener.start();

      try (Socket client = connect(listener)) {
        assertThat(status(client)).isEqualTo("HTTP/1.1 200 OK");
      }
      assertThat(counted("failed_accepts")).isEqualTo(3);
      assertThat(listener.trouble()).isEmpty();
    }
  }

  @Test
  void limitsConnectionsOfOneAddress() throws IOException {
    try (HttpListener listener =
            TestListener.ok(limits(10, /* perAddress= */ 1, Long.MAX_VALUE), metrics);
        Socket first = connect(listener);
        Socket second = connect(listener);
        Socket other = new Socket()) {
      assertThat(status(first)).isEqualTo("HTTP/1.1 200 OK");
      assertThat(second.getInputStream().read()).isEqualTo(-1);
      other.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 2}), 0));
      other.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.port()));
      assertThat(status(other)).isEqualTo("HTTP/1.1 200 OK");
    }
  }

  @Test
  void closesAfterTheLastAnswer() throws IOException {
    String last = "GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n";
    try (HttpListener listener = TestListener.ok(limits(10), metrics)) {
      String answers = exchange(listener, last + "GET / HTTP/1.1\r\nHost: a\r\n\r\n");

      assertThat(answers).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\nok");
      assertThat(answers.split("HTTP/1.1", -1)).as("no answer to what follows").hasSize(2);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET * HTTP/1.1|Host: a|",
        "CONNECT a:1 HTTP/1.1|Host: a|",
        "GET /# HTTP/1.1|Host: a|",
        "GET /a##b HTTP/1.1|Host: a|",
        "GET /a?b#c HTTP/1.1|Host: a|",
        "GET / HTTP/1.1|",
        "GET / HTTP/1.1|Host: a|Host: b|",
        "POST / HTTP/1.1|Host: a|Content-Length: -4|",
        "POST / HTTP/1.1|Host: a|Content-Length: 2|Content-Length: 45|",
        "POST / HTTP/1.1|Host: a|Content-Length: 2|Transfer-Encoding: chunked|",
        "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked|Transfer-Encoding: chunked|",
        "POST / HTTP/1.1|Host: a|Transfer-Encoding: gzip|",
        "POST / HTTP/1.1|Host: a|Transfer-Encoding: gzip, chunked|",
        "POST / HTTP/1.1|Host: a|Transfer-Encoding: Chunked|",
        "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked||2|{}XX0|",
        "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked||+2|{}|0|",
      })
  void refusesWhatTwoReadersCouldReadDifferently(String head) throws IOException {
    try (HttpListener listener = TestListener.reading(limits(10), metrics)) {
      String answer =
          exchange(listener, head.replace("|", "\r\n") + "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");

      assertThat(answer)
          .startsWith(head.matches(".*(gzip|Chunked).*") ? "HTTP/1.1 501 " : "HTTP/1.1 400 ");
      assertThat(answer.split("HTTP/1.1", -1)).as("nothing is served after it").hasSize(2);
    }
  }

  @Test
  void refusesLargeRequestsWhereAllTogetherKeepTooMuch() throws IOException {
    String begun =
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;" + "x".repeat(100_000);
    List<Socket> large = new ArrayList<>();
    try (HttpListener listener = TestListener.reading(limits(100, 100, 1 << 20), metrics)) {
      for (int i = 0; i < 20; i++) {
        Socket socket = connect(listener);
        large.add(socket);
        send(socket, begun);
      }

      await().atMost(SOON).until(() -> answered(large).startsWith("HTTP/1.1 503 "));
      await().atMost(SOON).until(() -> gauge("request_bytes") <= 1 << 20);
      assertThat(gauge("request_bytes")).as("the others go on").isGreaterThan(500_000);
      try (Socket small = connect(listener)) {
        assertThat(status(small)).isEqualTo("HTTP/1.1 200 OK");
      }
    } finally {
      for (Socket socket : large) {
        socket.close();
      }
    }
    await().atMost(SOON).until(() -> gauge("request_bytes") == 0);
  }

  @Test
  void closesWhoSaysNothing() throws IOException {
    ApiLimits usual = limits(10);
    ApiLimits soon =
        new ApiLimits(
            usual.mostConnections(),
            usual.mostConnectionsPerAddress(),
            usual.mostTargetBytes(),
            usual.mostHeadBytes(),
            usual.mostBodyBytes(),
            usual.mostRequestBytes(),
            usual.idleTimeout(),
            Duration.ofMillis(200),
            usual.requestTimeout(),
            usual.wrongTokensPerMinute());
    try (HttpListener listener = TestListener.ok(soon, metrics);
        Socket silent = connect(listener)) {
      assertThat(silent.getInputStream().read()).isEqualTo(-1);
      await().atMost(SOON).until(() -> counted("idle_closed") == 1);
    }
  }

  /** In a process of its own, which may open few files. */
  @Test
  void survivesThatNoFileCanBeOpened() throws Exception {
    List<String> command =
        List.of(
            "sh",
            "-c",
            "ulimit -n 256 && exec \"$@\"",
            "sh",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            FullOfFiles.class.getName());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(process.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(output).contains("Too many open files", "served again");
      assertThat(process.exitValue()).as(output).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  private static ApiLimits limits(int mostConnections) {
    return limits(mostConnections, mostConnections, ApiLimits.defaults().mostRequestBytes());
  }

  private static ApiLimits limits(int mostConnections, int perAddress, long mostRequestBytes) {
    ApiLimits usual = ApiLimits.defaults();
    return new ApiLimits(
        mostConnections,
        perAddress,
        usual.mostTargetBytes(),
        usual.mostHeadBytes(),
        usual.mostBodyBytes(),
        mostRequestBytes,
        usual.idleTimeout(),
        usual.headTimeout(),
        usual.requestTimeout(),
        usual.wrongTokensPerMinute());
  }

  /** What the first that has an answer is told; empty while none has. */
  private static String answered(List<Socket> sockets) throws IOException {
    for (Socket socket : sockets) {
      int length = socket.getInputStream().available();
      if (length > 0) {
        return new String(socket.getInputStream().readNBytes(length), StandardCharsets.US_ASCII);
      }
    }
    return "";
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Sends, and reads until the server closes, be it with more of ours to read. */
  private static String exchange(HttpListener listener, String request) throws IOException {
    StringBuilder answer = new StringBuilder();
    try (Socket socket = connect(listener)) {
      send(socket, request);
      for (int next = socket.getInputStream().read(); next >= 0; ) {
        answer.append((char) next);
        next = socket.getInputStream().read();
      }
    } catch (SocketException e) {
      assertThat(e).hasMessageContaining("reset");
    }
    return answer.toString();
  }

  private static Socket connect(HttpListener listener) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), listener.port());
    socket.setSoTimeout((int) SOON.toMillis());
    return socket;
  }

  /** Asks, reads the answer to its end, and gives its first line. */
  private static String status(Socket socket) throws IOException {
    socket
        .getOutputStream()
        .write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    StringBuilder answer = new StringBuilder();
    while (!answer.toString().endsWith("\r\n\r\nok")) {
      int next = socket.getInputStream().read();
      if (next < 0) {
        throw new EOFException("after " + answer);
      }
      answer.append((char) next);
    }
    return answer.substring(0, answer.indexOf("\r"));
  }

  private double counted(String what) {
    return metrics.scrape(name -> name.equals("millrace_control_http_" + what)).stream()
        .flatMap(snapshot -> snapshot.getDataPoints().stream())
        .mapToDouble(point -> ((CounterSnapshot.CounterDataPointSnapshot) point).getValue())
        .sum();
  }

  private double connections() {
    return gauge("connections");
  }

  private double gauge(String what) {
    return metrics.scrape(name -> name.equals("millrace_control_http_" + what)).stream()
        .flatMap(snapshot -> snapshot.getDataPoints().stream())
        .mapToDouble(point -> ((GaugeSnapshot.GaugeDataPointSnapshot) point).getValue())
        .sum();
  }

  /** Opens files until there is no more, and lets go of them. */
  static final class FullOfFiles {
    private FullOfFiles() {}

    @SuppressWarnings("SystemOut")
    public static void main(String[] args) throws IOException {
      try (HttpListener listener = TestListener.ok(limits(2_000), new PrometheusRegistry())) {
        try (Socket first = connect(listener)) {
          System.out.println(status(first));
        }
        List<Socket> clients = new ArrayList<>();
        String trouble = fill(listener, clients);
        System.out.println(trouble);
        for (Socket client : clients) {
          client.close();
        }
        long endNs = System.nanoTime() + SOON.toNanos();
        while (listener.trouble().isPresent() && System.nanoTime() < endNs) {
          LockSupport.parkNanos(1_000_000);
        }
        try (Socket again = connect(listener)) {
          System.out.println("served again: " + status(again));
        }
      }
      System.exit(0);
    }

    private static String fill(HttpListener listener, List<Socket> clients) {
      long endNs = System.nanoTime() + SOON.toNanos();
      while (listener.trouble().isEmpty() && System.nanoTime() < endNs) {
        try {
          clients.add(connect(listener));
        } catch (IOException e) {
          LockSupport.parkNanos(1_000_000);
        }
      }
      return listener.trouble().orElse("no trouble");
    }
  }
}
