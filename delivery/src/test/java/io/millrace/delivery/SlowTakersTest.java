package io.millrace.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of clients that ask for answers and do not take them. */
class SlowTakersTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private Served served = new Served();

  @AfterEach
  void close() {
    served.close();
  }

  @Test
  void endsAStreamThatStandsStillThoughAnotherGoesOn() throws IOException {
    serve(Duration.ofSeconds(2), LONG, 32 << 20);
    try (Http2Client client = served.http2Client()) {
      client.ask("GET", served.path("v1", "1.m4s"));
      await().untilAsserted(() -> assertThat(served.gauge("held_bytes")).isGreaterThan(20_000));

      while (!client.ended.contains(1)) {
        client.ask("HEAD", "/time");
        client.readFor(300);
      }

      assertThat(served.counted("answers_ended", "reason", "send")).isEqualTo(1);
      int next = client.ask("HEAD", "/time");
      client.readUntilAnswered(next);
      await().untilAsserted(() -> assertThat(served.gauge("held_bytes")).isZero());
      assertThat(served.closed("send")).isZero();
    }
  }

  @Test
  void endsAStreamThatMovesAndDoesNotComeToItsEnd() throws IOException {
    serve(Duration.ofSeconds(5), Duration.ofSeconds(8), 32 << 20);
    try (Http2Client client = served.http2Client()) {
      client.ask("GET", served.path("v1", "1.m4s"));
      long beganNs = System.nanoTime();

      while (!client.ended.contains(1)) {
        client.send(Http2Client.WINDOW_UPDATE, 0, 1, "\0\0\0\1");
        client.readFor(300);
      }

      assertThat(Duration.ofNanos(System.nanoTime() - beganNs))
          .isGreaterThan(Duration.ofSeconds(7));
      assertThat(served.counted("answers_ended", "reason", "answer")).isEqualTo(1);
      assertThat(served.counted("answers_ended", "reason", "send")).as("it moved").isZero();
    }
  }

  @Test
  void givesAnswersLessTimeWhileMemoryIsShort() throws IOException {
    serve(LONG, LONG, 32 << 20);
    try (Http2Client client = served.http2Client()) {
      client.ask("GET", served.path("v1", "1.m4s"));
      client.ask("GET", served.path("v1", "index.m3u8"));
      client.readUntilAnswered(3);

      served.heldShare = 1;

      client.readUntilEnded(1);
      assertThat(served.counted("answers_ended", "reason", "memory")).isEqualTo(1);
      assertThat(client.ended).as("the playlist holds no media").doesNotContain(3);
    }
  }

  @Test
  void refusesWhatAConnectionAsksForBeyondWhatItsAnswersMayHold() throws IOException {
    serve(LONG, LONG, 72 << 10);
    try (Http2Client client = served.http2Client()) {
      for (int i = 0; i < 4; i++) {
        client.readUntilAnswered(client.ask("GET", served.path("v1", "1.m4s")));
      }

      assertThat(served.counted("requests", "kind", "segment", "status", "429")).isEqualTo(1);
      assertThat(served.counted("requests", "kind", "segment", "status", "200")).isEqualTo(3);
      assertThat(served.get(served.path("v1", "1.m4s")).statusCode()).as("another").isEqualTo(200);
      client.send(Http2Client.RST_STREAM, 0, 1, "\0\0\0\b");
      client.readUntilAnswered(client.ask("GET", served.path("v1", "1.m4s")));
      assertThat(served.counted("requests", "kind", "segment", "status", "200"))
          .as("there is room again")
          .isEqualTo(5);
    }
  }

  @Test
  void countsTheWholePartThatARangeKeeps() throws IOException {
    serve(LONG, LONG, 64 << 10);
    try (Http2Client client = served.http2Client()) {
      client.ask("GET", served.path("v1", "1.1.m4s"), "range", "bytes=0-0");

      await().untilAsserted(() -> assertThat(served.gauge("held_bytes")).isGreaterThan(4_000));
    }
  }

  @Test
  void closesAnHttp1ConnectionWhoseClientTakesItsAnswersTooSlowly() throws IOException {
    serve(LONG, Duration.ofSeconds(3), 32 << 20);
    try (Socket socket = untaken(600)) {
      byte[] some = new byte[16 << 10];
      await()
          .atMost(Duration.ofSeconds(20))
          .pollInterval(Duration.ofMillis(100))
          .until(
              () -> {
                if (socket.getInputStream().available() > 0) {
                  var _ = socket.getInputStream().read(some);
                }
                return served.closed("answer") == 1;
              });
    }
    await().untilAsserted(() -> assertThat(served.gauge("held_bytes")).isZero());
  }

  @Test
  void closesAnHttp1ConnectionWhoseClientTakesNothing() throws IOException {
    serve(Duration.ofSeconds(2), LONG, 32 << 20);
    try (Socket socket = untaken(600)) {
      await().atMost(Duration.ofSeconds(20)).until(() -> served.closed("send") == 1);
      assertThat(socket.isConnected()).isTrue();
    }
  }

  @Test
  void closesThoseThatKeepMostWhenAllTogetherKeepTooMuch() throws IOException {
    serve(DeliveryConfig.builder().eventLoops(1).maxAllOwnBytes(128 << 10));
    List<Http2Client> many = new ArrayList<>();
    try (Http2Client few = served.http2Client()) {
      for (int i = 0; i < 4; i++) {
        few.readUntilAnswered(few.ask("GET", "/none"));
      }
      for (int i = 0; i < 4; i++) {
        Http2Client client = served.http2Client();
        many.add(client);
        client.askOften(100, "/none");
      }

      await().untilAsserted(() -> assertThat(served.closed("memory")).isGreaterThan(0));
      await().untilAsserted(() -> assertThat(served.gauge("own_bytes")).isLessThan(128 << 10));
      few.readUntilAnswered(few.ask("GET", "/none"));
      assertThat(served.get("/time").statusCode()).as("who asks for the first time").isEqualTo(200);
    } finally {
      for (Http2Client client : many) {
        client.close();
      }
    }
    await().untilAsserted(() -> assertThat(served.gauge("own_bytes")).isZero());
  }

  @Test
  void closesThoseThatWaitForMostWhenAllTogetherKeepTooMuch() throws IOException {
    serve(DeliveryConfig.builder().eventLoops(1).maxAllOwnBytes(64 << 10));
    try (Http2Client client = served.http2Client()) {
      client.askOften(100, served.path("v1", "3.2.m4s"));

      await().untilAsserted(() -> assertThat(served.closed("memory")).isEqualTo(1));
      await().untilAsserted(() -> assertThat(served.waiters()).isZero());
    }
  }

  @Test
  void closesThoseWhoseRequestsAreNotCompleteWhenAllTogetherKeepTooMuch() throws IOException {
    serve(DeliveryConfig.builder().eventLoops(1).maxAllOwnBytes(64 << 10));
    List<Socket> sockets = new ArrayList<>();
    try {
      for (String begun : List.of("P", "GET / HTTP/1.1", Http2Client.PREFACE + "\0")) {
        for (int i = 0; i < 20; i++) {
          Socket socket = new Socket(InetAddress.getLoopbackAddress(), served.server.port());
          sockets.add(socket);
          socket.getOutputStream().write(begun.getBytes(StandardCharsets.ISO_8859_1));
        }
      }

      await().untilAsserted(() -> assertThat(served.closed("memory")).isGreaterThan(40));
      await().untilAsserted(() -> assertThat(served.gauge("own_bytes")).isLessThan(64 << 10));
      assertThat(served.get("/time").statusCode()).isEqualTo(200);
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
    await().untilAsserted(() -> assertThat(served.gauge("own_bytes")).isZero());
  }

  /** Has asked for so many segments over HTTP/1.1, more than sockets hold, and reads none. */
  private Socket untaken(int segments) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(16 << 10);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), served.server.port()));
    String request = "GET " + served.path("v1", "1.m4s") + " HTTP/1.1\r\nHost: a\r\n\r\n";
    socket.getOutputStream().write(request.repeat(segments).getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private void serve(Duration sendTimeout, Duration answerTimeout, long maxHeldBytes) {
    serve(
        DeliveryConfig.builder()
            .eventLoops(1)
            .sendTimeout(sendTimeout)
            .answerTimeout(answerTimeout)
            .maxHeldBytes(maxHeldBytes));
  }

  private void serve(DeliveryConfig.Builder config) {
    served.close();
    served = new Served(config).onAir(3, 2);
  }
}
