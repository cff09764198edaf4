package io.millrace.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How viewers leave a server that drains. */
class DrainTest {
  private static final String CLOSE = "\r\nConnection: close\r\n";

  private final Served served = new Served();

  @AfterEach
  void close() {
    served.close();
  }

  private Socket client() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), served.server.port());
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static void ask(Socket socket, String path) throws IOException {
    socket
        .getOutputStream()
        .write(
            ("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
  }

  private static String readAll(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  private void awaitNobody() {
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(served.server.connections()).isZero());
  }

  @Test
  void saysThatTheConnectionEndsWithTheLastRequestThatIsThere() throws IOException {
    served.onAir(3, 2);
    try (Socket socket = client()) {
      ask(socket, served.path("v1", "index.m3u8?_HLS_msn=3&_HLS_part=2"));
      await().until(() -> served.waiters() == 1);
      ask(socket, "/time");
      await().until(() -> served.gauge("own_bytes") > 0);
      served.server.drain();
      served.feed(served.stream.part());

      String text = readAll(socket);

      int second = text.lastIndexOf("HTTP/1.1 200 OK");
      assertThat(text).startsWith("HTTP/1.1 200 OK").contains("3.2.m4s");
      assertThat(text.indexOf(CLOSE)).isGreaterThan(second);
      assertThat(second).isPositive();
    }
    awaitNobody();
  }

  @Test
  void endsWithTheBodyThatIsBeingMade() throws IOException {
    served.onAir(3, 2);
    try (Socket socket = client()) {
      ask(socket, served.path("v1", "3.2.m4s"));
      await().until(() -> served.waiters() == 1);
      ask(socket, served.path("v1", "3.m4s"));
      await().until(() -> served.gauge("own_bytes") > 0);
      served.server.drain();
      served.feed(served.stream.part());
      await().until(() -> served.counted("requests", "kind", "segment") == 1);
      served.feed(served.stream.parts(2));
      served.feed(served.stream.endSegment());

      String text = readAll(socket);

      assertThat(text.indexOf(CLOSE)).isGreaterThan(text.indexOf("Content-Length: 4000"));
      assertThat(text).contains("Transfer-Encoding: chunked").endsWith("\r\n0\r\n\r\n");
    }
    awaitNobody();
  }

  @Test
  void closesThoseThatAskForNothing() throws IOException {
    try (Socket silent = client();
        Socket idle = client()) {
      ask(idle, "/time");
      assertThat(idle.getInputStream().read()).isEqualTo('H');
      await().until(() -> served.server.connections() == 2);

      served.server.drain();

      assertThat(readAll(silent)).isEmpty();
      assertThat(readAll(idle)).startsWith("TTP/1.1 200 OK").doesNotContain(CLOSE);
      assertThat(served.closed("drain")).isEqualTo(2);
    }
  }

  @Test
  void sendsHttp2ConnectionsAwayAndAnswersTheirStreams() throws IOException {
    served.onAir(3, 2);
    try (Http2Client client = served.http2Client()) {
      int waiting = client.ask("HEAD", served.path("v1", "index.m3u8?_HLS_msn=3&_HLS_part=2"));
      await().until(() -> served.waiters() == 1);
      served.server.drain();
      client.readUntilGoAway();
      assertThat(client.goAways).containsExactly(Integer.MAX_VALUE);
      int late = client.ask("HEAD", "/time");
      client.readUntilAnswered(late);
      assertThat(client.answered).doesNotContain(waiting);

      served.feed(served.stream.part());
      client.readUntilClosed();

      assertThat(client.answered).contains(waiting);
      assertThat(client.goAways).containsExactly(Integer.MAX_VALUE, late);
      assertThat(served.closed("drain")).isEqualTo(1);
    }
    awaitNobody();
  }
}
