package io.millrace.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of clients that ask for answers and do not take them. */
class SlowTakersTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int WINDOW_UPDATE = 8;

  private Served served = new Served();

  @AfterEach
  void close() {
    served.close();
  }

  @Test
  void endsAStreamThatStandsStillThoughAnotherGoesOn() throws IOException {
    serve(Duration.ofSeconds(2), LONG, 32 << 20);
    try (Http2Client client = new Http2Client()) {
      client.ask("GET", served.path("v1", "1.m4s"));
      await().untilAsserted(() -> assertThat(held()).isGreaterThan(20_000));

      while (!client.ended.contains(1)) {
        client.ask("HEAD", "/time");
        client.readFor(300);
      }

      assertThat(counted("answers_ended", "send")).isEqualTo(1);
      int next = client.ask("HEAD", "/time");
      client.readUntilAnswered(next);
      await().untilAsserted(() -> assertThat(held()).isZero());
      assertThat(counted("connections_closed", "send")).isZero();
    }
  }

  @Test
  void endsAStreamThatMovesAndDoesNotComeToItsEnd() throws IOException {
    serve(Duration.ofSeconds(2), Duration.ofSeconds(5), 32 << 20);
    try (Http2Client client = new Http2Client()) {
      client.ask("GET", served.path("v1", "1.m4s"));
      long beganNs = System.nanoTime();

      while (!client.ended.contains(1)) {
        client.send(WINDOW_UPDATE, 0, 1, "\0\0\0\1");
        client.readFor(300);
      }

      assertThat(Duration.ofNanos(System.nanoTime() - beganNs))
          .isGreaterThan(Duration.ofSeconds(4));
      assertThat(counted("answers_ended", "answer")).isEqualTo(1);
      assertThat(counted("answers_ended", "send")).as("it moved").isZero();
    }
  }

  @Test
  void givesAnswersLessTimeWhileMemoryIsShort() throws IOException {
    serve(LONG, LONG, 32 << 20);
    try (Http2Client client = new Http2Client()) {
      client.ask("GET", served.path("v1", "1.m4s"));
      client.ask("GET", served.path("v1", "index.m3u8"));
      client.readUntilAnswered(3);

      served.heldShare = 1;

      client.readUntilEnded(1);
      assertThat(counted("answers_ended", "memory")).isEqualTo(1);
      assertThat(client.ended).as("the playlist holds no media").doesNotContain(3);
    }
  }

  @Test
  void refusesWhatAConnectionAsksForBeyondWhatItsAnswersMayHold() throws IOException {
    serve(LONG, LONG, 64 << 10);
    try (Http2Client client = new Http2Client()) {
      for (int i = 0; i < 4; i++) {
        client.readUntilAnswered(client.ask("GET", served.path("v1", "1.m4s")));
      }

      assertThat(requests("segment", "429")).isEqualTo(1);
      assertThat(requests("segment", "200")).isEqualTo(3);
      assertThat(served.get(served.path("v1", "1.m4s")).statusCode()).as("another").isEqualTo(200);
      client.send(RST_STREAM, 0, 1, "\0\0\0\b");
      client.readUntilAnswered(client.ask("GET", served.path("v1", "1.m4s")));
      assertThat(requests("segment", "200")).as("there is room again").isEqualTo(5);
    }
  }

  @Test
  void countsTheWholePartThatARangeKeeps() throws IOException {
    serve(LONG, LONG, 64 << 10);
    try (Http2Client client = new Http2Client()) {
      client.ask("GET", served.path("v1", "1.1.m4s"), "range", "bytes=0-0");

      await().untilAsserted(() -> assertThat(held()).isGreaterThan(4_000));
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
                return counted("connections_closed", "answer") == 1;
              });
    }
    await().untilAsserted(() -> assertThat(held()).isZero());
  }

  @Test
  void closesAnHttp1ConnectionWhoseClientTakesNothing() throws IOException {
    serve(Duration.ofSeconds(2), LONG, 32 << 20);
    try (Socket socket = untaken(600)) {
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> counted("connections_closed", "send") == 1);
      assertThat(socket.isConnected()).isTrue();
    }
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
    DeliveryConfig usual = DeliveryConfig.defaults();
    served.close();
    served =
        new Served(
                new DeliveryConfig(
                    "",
                    0,
                    1,
                    10,
                    usual.maxRequestLineBytes(),
                    usual.maxHeadBytes(),
                    usual.maxPipelinedBytes(),
                    usual.headTimeout(),
                    usual.idleTimeout(),
                    sendTimeout,
                    answerTimeout,
                    usual.startTimeout(),
                    usual.bytesTimeout(),
                    usual.maxStreams(),
                    usual.maxResetsPerWindow(),
                    maxHeldBytes,
                    10),
                30)
            .onAir(3, 2);
  }

  private double held() {
    return points("held_bytes").stream()
        .mapToDouble(point -> ((GaugeSnapshot.GaugeDataPointSnapshot) point).getValue())
        .sum();
  }

  private double counted(String name, String reason) {
    return count(name, "reason", reason);
  }

  private double requests(String kind, String status) {
    return points("requests").stream()
        .filter(point -> kind.equals(point.getLabels().get("kind")))
        .filter(point -> status.equals(point.getLabels().get("status")))
        .mapToDouble(point -> ((CounterSnapshot.CounterDataPointSnapshot) point).getValue())
        .sum();
  }

  private double count(String name, String label, String value) {
    return points(name).stream()
        .filter(point -> value.equals(point.getLabels().get(label)))
        .mapToDouble(point -> ((CounterSnapshot.CounterDataPointSnapshot) point).getValue())
        .sum();
  }

  private List<DataPointSnapshot> points(String name) {
    List<DataPointSnapshot> points = new ArrayList<>();
    served
        .registry
        .scrape(each -> each.equals("millrace_delivery_" + name))
        .forEach(snapshot -> points.addAll(snapshot.getDataPoints()));
    return points;
  }

  /** An HTTP/2 client whose streams have no window. */
  private final class Http2Client implements AutoCloseable {
    private final Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), served.server.port());
    private final DataInputStream in = new DataInputStream(socket.getInputStream());
    final Set<Integer> answered = new HashSet<>();
    final Set<Integer> ended = new HashSet<>();
    private int stream = -1;

    Http2Client() throws IOException {
      write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
      send(SETTINGS, 0, 0, "\0\4\0\0\0\0");
    }

    /** Returns the stream. Literals without indexing (RFC 7541 6.2.2), but for the scheme. */
    int ask(String method, String path, String... field) throws IOException {
      stream += 2;
      String more = field.length == 0 ? "" : "\0" + text(field[0]) + text(field[1]);
      send(HEADERS, 0x5, stream, "\2" + text(method) + "\u0086" + "\4" + text(path) + more);
      return stream;
    }

    private static String text(String value) {
      return (char) value.length() + value;
    }

    void send(int type, int flags, int of, String payload) throws IOException {
      char[] head = {0, 0, (char) payload.length(), (char) type, (char) flags, 0, 0, 0, (char) of};
      write(new String(head) + payload);
    }

    private void write(String bytes) throws IOException {
      socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    void readUntilAnswered(int of) throws IOException {
      socket.setSoTimeout(10_000);
      while (!answered.contains(of)) {
        readFrame();
      }
    }

    void readUntilEnded(int of) throws IOException {
      socket.setSoTimeout(10_000);
      while (!ended.contains(of)) {
        readFrame();
      }
    }

    void readFor(int millis) throws IOException {
      long untilNs = System.nanoTime() + Duration.ofMillis(millis).toNanos();
      while (System.nanoTime() < untilNs) {
        socket.setSoTimeout(millis);
        try {
          readFrame();
        } catch (SocketTimeoutException e) {
          return;
        }
      }
    }

    private void readFrame() throws IOException {
      int lengthAndType = in.readInt();
      in.readByte();
      int of = in.readInt();
      in.skipNBytes(lengthAndType >>> 8);
      switch (lengthAndType & 0xFF) {
        case HEADERS -> answered.add(of);
        case RST_STREAM -> ended.add(of);
        default -> {}
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
