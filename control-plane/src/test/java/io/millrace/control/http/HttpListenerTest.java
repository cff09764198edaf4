package io.millrace.control.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
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
    ApiLimits usual = ApiLimits.defaults();
    return new ApiLimits(
        mostConnections,
        usual.mostTargetBytes(),
        usual.mostHeadBytes(),
        usual.mostBodyBytes(),
        usual.idleTimeout(),
        usual.headTimeout(),
        usual.requestTimeout(),
        usual.wrongTokensPerMinute());
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
    return metrics.scrape(name -> name.equals("millrace_control_http_connections")).stream()
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
