package io.millrace.conformance.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real sockets; what a hostile server can do costs a bounded time and a bounded memory. */
class JdkFetcherTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final int MAX_BYTES = 100_000;

  private final JdkFetcher fetcher = new JdkFetcher();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch over = new CountDownLatch(1);
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    serve("/text", exchange -> answer(exchange, 200, "hello".getBytes(StandardCharsets.UTF_8)));
    serve(
        "/moved",
        exchange -> {
          exchange.getResponseHeaders().add("Location", "/text");
          answer(exchange, 302, new byte[0]);
        });
    serve(
        "/loop",
        exchange -> {
          exchange.getResponseHeaders().add("Location", "/loop");
          answer(exchange, 302, new byte[0]);
        });
    serve(
        "/file",
        exchange -> {
          exchange.getResponseHeaders().add("Location", "file:///etc/passwd");
          answer(exchange, 302, new byte[0]);
        });
    serve("/large", exchange -> answer(exchange, 200, new byte[MAX_BYTES + 1]));
    serve("/bomb", exchange -> gzip(exchange, new byte[1 << 26]));
    serve("/gzip", exchange -> gzip(exchange, "packed".getBytes(StandardCharsets.UTF_8)));
    serve("/endless", this::endless);
    serve("/silent", exchange -> await());
    serve("/drip", this::drip);
    server.start();
  }

  @AfterEach
  void stop() {
    over.countDown();
    fetcher.close();
    server.stop(0);
    threads.shutdownNow();
  }

  private void serve(String path, HttpHandler handler) {
    server.createContext(path, handler);
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    try (exchange) {
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static void gzip(HttpExchange exchange, byte[] body) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(body);
    }
    exchange.getResponseHeaders().add("Content-Encoding", "gzip");
    answer(exchange, 200, packed.toByteArray());
  }

  private void endless(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.sendResponseHeaders(200, 0);
      OutputStream out = exchange.getResponseBody();
      while (over.getCount() > 0) {
        out.write(new byte[10_000]);
      }
    }
  }

  private void drip(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.sendResponseHeaders(200, 0);
      do {
        exchange.getResponseBody().write('x');
        exchange.getResponseBody().flush();
      } while (!await(20));
    }
  }

  private void await() {
    await(TIMEOUT.toMillis());
  }

  private boolean await(long ms) {
    try {
      return over.await(ms, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private Answer get(String path, Duration timeout) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    return fetcher.get(new Ask(uri, MAX_BYTES, timeout, ""));
  }

  @Test
  void tellsWhatCameAndWhen() throws Exception {
    Answer answer = get("/text", TIMEOUT);

    assertThat(answer.text()).isEqualTo("hello");
    assertThat(answer.version()).isEqualTo("HTTP/1.1");
    assertThat(answer.sentNs()).isLessThanOrEqualTo(answer.headNs());
    assertThat(answer.arrivals().getLast().bytes()).isEqualTo(5);
    assertThat(answer.arrivedNs(5)).isBetween(answer.headNs(), answer.endNs());
    assertThat(answer.status()).isEqualTo(200);
  }

  @Test
  void followsARedirectAndUnpacksGzip() throws Exception {
    assertThat(get("/moved", TIMEOUT).redirects()).isEqualTo(1);
    assertThat(get("/moved", TIMEOUT).text()).isEqualTo("hello");
    assertThat(get("/gzip", TIMEOUT).text()).isEqualTo("packed");
    assertThat(get("/nothing", TIMEOUT).status()).isEqualTo(404);
  }

  @Test
  void givesUpOnRedirectsThatNeverEndOrLeaveTheWeb() {
    assertThatThrownBy(() -> get("/loop", TIMEOUT)).hasMessageContaining("more than 5 redirects");
    assertThatThrownBy(() -> get("/file", TIMEOUT)).hasMessageContaining("file:///etc/passwd");
  }

  @Test
  void takesNoMoreThanTheLimit() {
    assertThatThrownBy(() -> get("/large", TIMEOUT)).hasMessageContaining("up to 100000");
    assertThatThrownBy(() -> get("/endless", TIMEOUT)).hasMessageContaining("up to 100000");
    assertThatThrownBy(() -> get("/bomb", TIMEOUT)).hasMessageContaining("up to 100000");
  }

  @Test
  void waitsNoLongerThanTheLimit() {
    assertThatThrownBy(() -> get("/silent", SHORT)).hasMessageContaining("within 300 ms");
    assertThatThrownBy(() -> get("/drip", SHORT)).hasMessageContaining("within 300 ms");
  }
}
