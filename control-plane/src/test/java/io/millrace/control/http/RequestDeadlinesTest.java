package io.millrace.control.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that send a byte now and then: each read is in time, the whole is not. */
class RequestDeadlinesTest {
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final int BETWEEN_BYTES_MS = 20;
  private static final String TOLD = "HTTP/1.1 408 Request Timeout\r\n";
  private static final long LIMIT_NS = 20_000_000_000L;

  private final PrometheusRegistry metrics = new PrometheusRegistry();
  private final RequestDeadlines deadlines = new RequestDeadlines(limits(), metrics);
  private final HttpListener server = TestListener.open(limits(), deadlines, this::route, metrics);

  private void route(HttpRouting.Builder routing) {
    routing
        .addFilter(deadlines)
        .addFilter(
            (chain, in, out) -> {
              if (in.path().path().equals("/filtered")) {
                refuse();
              }
              if (in.path().path().equals("/denied")) {
                throw new IllegalArgumentException("denied");
              }
              chain.proceed();
            })
        .error(IllegalArgumentException.class, (_, out, _) -> out.status(401).send("no"))
        .any("/large", (_, out) -> out.send(new byte[LARGE_BYTES]))
        .any("/refused", (_, _) -> refuse())
        .error(
            IllegalStateException.class, (_, out, _) -> out.status(404).send(new byte[LARGE_BYTES]))
        .any("/endless", RequestDeadlinesTest::sendLate)
        .any("/endless/large", RequestDeadlinesTest::sendMuch)
        .any("/unread", (_, out) -> out.send("not read"))
        .any("/*", (in, out) -> out.send(in.content().as(byte[].class)));
  }

  @AfterEach
  void stop() {
    server.close();
    deadlines.close();
  }

  @Test
  void endsAHeadThatDoesNotEnd() throws IOException {
    assertThat(answerToLate("GET / HTTP/1.1\r\nHost: a\r\nX: ")).startsWith(TOLD);
    await().atMost(Duration.ofSeconds(20)).until(() -> timeouts() == 1);
  }

  @Test
  void endsABodyThatDoesNotEnd() throws IOException {
    assertThat(answerToLate("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n"))
        .startsWith(TOLD);
    await().atMost(Duration.ofSeconds(20)).until(() -> timeouts() == 1);
  }

  @Test
  void endsABodyThatNobodyReads() throws IOException {
    assertThat(answerToLate("GET /unread HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n"))
        .startsWith("HTTP/1.1 200 OK\r\n")
        .doesNotContain("408");
    await().atMost(Duration.ofSeconds(20)).until(() -> timeouts() == 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/unread", "/denied"})
  void doesNotWaitForMoreOfABodyThatCannotBeRead(String path) throws IOException {
    String another = "0\r\n\r\nGET /denied HTTP/1.1\r\nHost: a\r\n\r\n";
    for (String line : List.of("+1", "-1", "1;a=b", "123456789", "80000000", "", "0\r\nabc")) {
      for (String rest : List.of("", line + "\r\n", another)) {
        assertThat(chunked(path, line + "\r\n" + rest)).as(line).containsOnlyOnce("HTTP/1.1 ");
      }
    }
    assertThat(timeouts()).isZero();
  }

  private String chunked(String path, String body) throws IOException {
    try (Socket socket = connect()) {
      socket.setSoTimeout(10_000);
      send(
          socket,
          "POST %s HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n%s"
              .formatted(path, body));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  @Test
  void endsABodyThatIsTooLargeAndThatNobodyReads() throws IOException {
    String chunk = "8000\r\n" + "a".repeat(0x8000) + "\r\n";

    assertThat(chunked("/unread", chunk.repeat(10) + "0\r\n\r\n")).containsOnlyOnce("HTTP/1.1 ");
    assertThat(timeouts()).isZero();
  }

  /** Else its client, which is still sending, would be reset and never see the answer. */
  @Test
  void anAnswerToABodyThatIsFarTooLargeArrives() throws IOException {
    int length = 8 << 20;
    String head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n".formatted(length);
    byte[] request = (head + "a".repeat(length)).getBytes(StandardCharsets.US_ASCII);
    try (Socket socket = connect()) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request);

      assertThat(socket.getInputStream().readAllBytes())
          .asString(StandardCharsets.ISO_8859_1)
          .startsWith("HTTP/1.1 413 ");
    }
  }

  @Test
  void readsABodyAwayThatWasNotToBeSentYet() throws IOException {
    String body = "GET /denied HTTP/1.1\r\nHost: a\r\n\r\n";
    try (Socket socket = connect()) {
      socket.setSoTimeout(10_000);
      send(
          socket,
          "POST /denied HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n%s"
              .formatted(body.length(), body));
      readUpTo("no", socket);
      send(socket, "GET /unread HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

      assertThat(socket.getInputStream().readAllBytes())
          .asString(StandardCharsets.ISO_8859_1)
          .startsWith("HTTP/1.1 200 OK")
          .containsOnlyOnce("HTTP/1.1 ");
    }
  }

  @Test
  void endsABodyThatNobodyReadsOfARequestThatIsRefused() throws IOException {
    try (Socket socket = connect()) {
      socket.setSoTimeout(BETWEEN_BYTES_MS);
      send(socket, "POST /filtered HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n");

      await()
          .atMost(Duration.ofNanos(LIMIT_NS))
          .pollInterval(Duration.ofMillis(BETWEEN_BYTES_MS))
          .until(() -> isClosedAfterAByte(socket));
    }
    await().atMost(Duration.ofNanos(LIMIT_NS)).until(() -> timeouts() == 1);
  }

  private static boolean isClosedAfterAByte(Socket socket) throws IOException {
    byte[] some = new byte[1 << 16];
    try {
      send(socket, "x");
      while (socket.getInputStream().read(some) >= 0) {
        // The answer, which is larger than what it is about.
      }
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (SocketException e) {
      return true; // reset
    }
  }

  /** Beyond what the sockets of both sides take for a client that does not read. */
  private static final int LARGE_BYTES = 64 << 20;

  private static final int PIECE_BYTES = 64 << 10;

  private static void sendLate(ServerRequest request, ServerResponse response) throws IOException {
    try (OutputStream out = RequestDeadlines.endless(request, response.outputStream())) {
      for (String text : List.of("soon", "late")) {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
        out.flush();
        LockSupport.parkNanos(SHORT.multipliedBy(8).toNanos());
      }
    }
  }

  private static void sendMuch(ServerRequest request, ServerResponse response) throws IOException {
    try (OutputStream out = RequestDeadlines.endless(request, response.outputStream())) {
      while (true) {
        out.write(new byte[PIECE_BYTES]);
        out.flush();
      }
    }
  }

  @Test
  void endsAnAnswerThatNobodyTakes() throws IOException {
    try (Socket socket = connect()) {
      send(socket, "GET /large HTTP/1.1\r\nHost: a\r\n\r\n");

      await().atMost(Duration.ofSeconds(20)).until(() -> timeouts() == 1);
    }
  }

  private static void refuse() {
    throw new IllegalStateException("refused");
  }

  @Test
  void endsARefusalThatNobodyTakes() throws IOException {
    try (Socket socket = connect()) {
      send(socket, "GET /refused HTTP/1.1\r\nHost: a\r\n\r\n");

      await().atMost(Duration.ofSeconds(20)).until(() -> timeouts() == 1);
    }
  }

  @Test
  void leavesAnAnswerAloneThatNeverEnds() throws IOException {
    try (Socket socket = connect()) {
      send(socket, "GET /endless HTTP/1.1\r\nHost: a\r\n\r\n");

      readUpTo("late\r\n", socket);
    }
    assertThat(timeouts()).isZero();
  }

  @Test
  void endsAnAnswerThatNeverEndsWhenNobodyTakesIt() throws IOException {
    try (Socket socket = connect()) {
      send(socket, "GET /endless/large HTTP/1.1\r\nHost: a\r\n\r\n");

      await().atMost(Duration.ofSeconds(20)).until(() -> timeouts() == 1);
    }
  }

  @Test
  void leavesARequestAloneThatCameInTime() throws IOException {
    try (Socket socket = connect()) {
      for (int i = 0; i < 3; i++) {
        send(socket, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok");
        readUpTo("ok", socket);
        // Longer than what is allowed for a request: a connection may rest between two.
        socket.setSoTimeout((int) SHORT.multipliedBy(8).toMillis());
        assertThatThrownBy(() -> socket.getInputStream().read())
            .isInstanceOf(SocketTimeoutException.class);
      }
    }
    assertThat(timeouts()).isZero();
  }

  @Test
  void leavesAConnectionAloneWhoseRefusedRequestCameToItsEnd() throws IOException {
    try (Socket socket = connect()) {
      for (int i = 0; i < 2; i++) {
        send(socket, "POST /denied HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok");
        readUpTo("no", socket);
        socket.setSoTimeout((int) SHORT.multipliedBy(8).toMillis());
        assertThatThrownBy(() -> socket.getInputStream().read())
            .isInstanceOf(SocketTimeoutException.class);
      }
    }
    assertThat(timeouts()).isZero();
  }

  private static void readUpTo(String end, Socket socket) throws IOException {
    socket.setSoTimeout(10_000);
    byte[] answer = new byte[512];
    int length = 0;
    while (!new String(answer, 0, length, StandardCharsets.US_ASCII).endsWith(end)) {
      int read = socket.getInputStream().read(answer, length, answer.length - length);
      if (read < 0) {
        throw new EOFException("before " + end);
      }
      length += read;
    }
  }

  private static ApiLimits limits() {
    ApiLimits usual = ApiLimits.defaults();
    return new ApiLimits(
        usual.mostConnections(),
        usual.mostConnectionsPerAddress(),
        usual.requestsPerSecondPerAddress(),
        usual.mostTargetBytes(),
        usual.mostHeadBytes(),
        usual.mostBodyBytes(),
        usual.mostRequestBytes(),
        usual.idleTimeout(),
        /* headTimeout= */ Duration.ofSeconds(1),
        /* requestTimeout= */ SHORT,
        usual.wrongTokensPerMinute());
  }

  private double timeouts() {
    return metrics.scrape().stream()
        .filter(each -> each.getMetadata().getName().equals("millrace_control_http_timeouts"))
        .flatMap(each -> each.getDataPoints().stream())
        .mapToDouble(point -> ((CounterSnapshot.CounterDataPointSnapshot) point).getValue())
        .sum();
  }

  /** Sends a byte now and then until there is an end; gives what was answered. */
  private String answerToLate(String begin) throws IOException {
    StringBuilder answer = new StringBuilder();
    try (Socket socket = connect()) {
      send(socket, begin);
      socket.setSoTimeout(BETWEEN_BYTES_MS);
      long endNs = System.nanoTime() + LIMIT_NS;
      while (System.nanoTime() < endNs) {
        try {
          if (answer.isEmpty()) {
            sendUnlessClosed(socket);
          }
          int next = socket.getInputStream().read();
          if (next < 0) {
            return answer.toString();
          }
          answer.append((char) next);
        } catch (SocketTimeoutException e) {
          // Still open: the next byte.
        } catch (IOException e) {
          return answer.toString(); // reset
        }
      }
      throw new AssertionError("still open, after " + answer);
    }
  }

  /** The answer may have come, and the end, since it was looked for. */
  private static void sendUnlessClosed(Socket socket) throws IOException {
    try {
      send(socket, "x");
    } catch (SocketException e) {
      // what was answered is still to be read
    }
  }

  private Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), server.port());
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }
}
