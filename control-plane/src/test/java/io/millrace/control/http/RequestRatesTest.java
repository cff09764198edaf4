package io.millrace.control.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.limits.AddressRate;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How many at once, and how many wait, is {@link AddressRate}'s. */
class RequestRatesTest {
  private static final int PER_SECOND = 5;
  private static final int AT_ONCE_AND_IN_TIME = 4 * PER_SECOND;
  private static final int ASKED = 40;

  private final PrometheusRegistry metrics = new PrometheusRegistry();

  @Test
  void whoAsksForTooMuchWaitsAndIsThenRefusedAndOthersAreServed() throws Exception {
    try (HttpListener listener = listener(limits(PER_SECOND))) {
      List<Socket> sockets = new ArrayList<>();
      try (Socket other = new Socket()) {
        for (int i = 0; i < ASKED; i++) {
          sockets.add(new Socket(InetAddress.getLoopbackAddress(), listener.port()));
        }
        for (Socket socket : sockets) {
          ask(socket);
        }
        other.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 2}), 0));
        other.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.port()));
        ask(other);

        assertThat(status(other)).isEqualTo("HTTP/1.1 200 OK");
        Map<String, Long> statuses = new HashMap<>();
        for (Socket socket : sockets) {
          statuses.merge(status(socket), 1L, Long::sum);
        }
        // A machine that is slow to bring them here makes that more of them are in time.
        assertThat(statuses).containsOnlyKeys("HTTP/1.1 200 OK", "HTTP/1.1 429 Too Many Requests");
        assertThat(statuses.get("HTTP/1.1 200 OK")).isGreaterThanOrEqualTo(AT_ONCE_AND_IN_TIME);
        assertThat(delayed()).isPositive().isLessThanOrEqualTo(ASKED - 2 * PER_SECOND);
      } finally {
        for (Socket socket : sockets) {
          socket.close();
        }
      }
    }
  }

  @Test
  void zeroIsNoLimit() throws Exception {
    try (HttpListener listener = listener(limits(0));
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
      for (int i = 0; i < ASKED; i++) {
        ask(socket);
        assertThat(status(socket)).isEqualTo("HTTP/1.1 200 OK");
      }
      assertThat(delayed()).isZero();
    }
  }

  private HttpListener listener(ApiLimits limits) {
    return TestListener.open(
        limits,
        TestListener.IGNORING,
        routing ->
            routing
                .addFilter(new RequestRates(limits, metrics))
                .get("/", (_, response) -> response.send("ok\n"))
                .error(
                    ProblemException.class,
                    (_, response, e) -> response.status(e.problem().status()).send("no\n")),
        metrics);
  }

  private static void ask(Socket socket) throws IOException {
    socket
        .getOutputStream()
        .write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
  }

  /** The first line of the next answer, which is read to its end. */
  private static String status(Socket socket) throws IOException {
    socket.setSoTimeout(20_000);
    StringBuilder answer = new StringBuilder();
    while (!answer.toString().endsWith("ok\n") && !answer.toString().endsWith("no\n")) {
      int next = socket.getInputStream().read();
      assertThat(next).as("%s", answer).isNotNegative();
      answer.append((char) next);
    }
    return answer.substring(0, answer.indexOf("\r\n"));
  }

  private double delayed() {
    return metrics.scrape(name -> name.equals("millrace_control_http_delayed_requests")).stream()
        .flatMap(each -> ((CounterSnapshot) each).getDataPoints().stream())
        .mapToDouble(CounterSnapshot.CounterDataPointSnapshot::getValue)
        .sum();
  }

  private static ApiLimits limits(int perSecond) {
    ApiLimits usual = ApiLimits.defaults();
    return new ApiLimits(
        usual.mostConnections(),
        usual.mostConnectionsPerAddress(),
        perSecond,
        usual.mostTargetBytes(),
        usual.mostHeadBytes(),
        usual.mostBodyBytes(),
        usual.mostRequestBytes(),
        usual.idleTimeout(),
        usual.headTimeout(),
        usual.requestTimeout(),
        usual.wrongTokensPerMinute());
  }
}
