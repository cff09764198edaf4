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
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What all connections of one address may have together. */
class AddressLimitsTest {
  private static final Pattern ANSWER = Pattern.compile("HTTP/1\\.1 200 OK");
  private static final String ASK = "HEAD /time HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final String ASK_LAST =
      "HEAD /time HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

  private Served served = new Served();

  @AfterEach
  void close() {
    served.close();
  }

  private void serve(DeliveryConfig.Builder config) {
    served.close();
    served = new Served(config);
  }

  private Socket client(String from) throws IOException {
    Socket socket = new Socket();
    socket.bind(new InetSocketAddress(from, 0));
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), served.server.port()));
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String readAll(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
  }

  private static long answers(String text) {
    return ANSWER.matcher(text).results().count();
  }

  @Test
  void leavesRoomForOtherAddressesThanTheOneThatHasItsShare() throws IOException {
    serve(DeliveryConfig.builder().maxConnections(4).maxConnectionsPerAddress(2));
    try (Socket first = client("127.0.0.1");
        Socket second = client("127.0.0.1")) {
      for (Socket each : List.of(first, second)) {
        send(each, ASK);
        assertThat(each.getInputStream().read()).isEqualTo('H');
      }
      try (Socket third = client("127.0.0.1");
          Socket other = client("127.0.0.2")) {
        assertThat(third.getInputStream().read()).as("closed").isEqualTo(-1);
        send(other, ASK_LAST);
        assertThat(answers(readAll(other))).isEqualTo(1);
      }
      assertThat(served.closed("address")).isEqualTo(1);
      assertThat(served.closed("connections")).isZero();
    }
    await().untilAsserted(() -> assertThat(served.server.connections()).isZero());
    assertThat(served.get("/time").statusCode()).as("there is room again").isEqualTo(200);
  }

  @Test
  void countsAnAddressForSoManyViewersWhateverTheyCallThemselves() throws IOException {
    serve(DeliveryConfig.builder().maxViewersPerAddress(3));
    served.onAir(3, 2);
    String playlist = served.path("v1", "index.m3u8");
    String asSession = playlist + "?CMCD=sid%3D%22";
    for (int i = 0; i < 10; i++) {
      assertThat(served.get(asSession + "abc" + i + "%22").statusCode()).isEqualTo(200);
    }
    try (Http2Client flood = new Http2Client(served.server.port(), "127.0.0.1")) {
      flood.readUntilAnswered(flood.ask("GET", asSession + "def%22"));
    }
    assertThat(served.get(asSession + "abc0%22").statusCode()).as("counted").isEqualTo(200);
    assertThat(served.counted("uncounted_viewer_requests", "reason", "address")).isEqualTo(8);

    try (Http2Client other = new Http2Client(served.server.port(), "127.0.0.2")) {
      other.readUntilAnswered(other.ask("GET", playlist));
    }

    long nowNs = System.nanoTime();
    assertThat(served.channel.viewers().count(nowNs)).isEqualTo(4);
    assertThat(served.channel.viewers().count(nowNs + Duration.ofSeconds(11).toNanos())).isZero();
    served.get(asSession + "ghi%22");
    assertThat(served.channel.viewers().count(System.nanoTime())).as("room again").isEqualTo(1);
  }

  @Test
  void holdsAPipelinedFloodToTheRateWhileAnotherAddressIsServed() throws IOException {
    int perSecond = 50;
    int each = 60;
    serve(DeliveryConfig.builder().eventLoops(2).maxRequestsPerSecond(perSecond));
    long startNs = System.nanoTime();
    List<Socket> flood = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        flood.add(client("127.0.0.1"));
        send(flood.getLast(), ASK.repeat(each - 1) + ASK_LAST);
      }
      await().until(() -> served.counted("requests_delayed") > 0);

      try (Socket other = client("127.0.0.2")) {
        send(other, ASK.repeat(9) + ASK_LAST);
        assertThat(answers(readAll(other))).isEqualTo(10);
      }
      double answered = served.counted("requests", "kind", "time") - 10;
      double seconds = (System.nanoTime() - startNs) / 1e9;
      assertThat(answered).isLessThanOrEqualTo(perSecond * (2 + seconds));
      for (Socket socket : flood) {
        assertThat(answers(readAll(socket))).as("nothing is lost").isEqualTo(each);
      }
    } finally {
      for (Socket socket : flood) {
        socket.close();
      }
    }
  }

  @Test
  void holdsStreamsToTheRateWhileAnotherAddressIsServed() throws IOException {
    int perSecond = 20;
    int streams = 100;
    serve(DeliveryConfig.builder().maxRequestsPerSecond(perSecond));
    long startNs = System.nanoTime();
    try (Http2Client flood = new Http2Client(served.server.port(), "127.0.0.1");
        Http2Client other = new Http2Client(served.server.port(), "127.0.0.2")) {
      int last = 0;
      for (int i = 0; i < streams; i++) {
        last = flood.ask("HEAD", "/time");
      }
      await().until(() -> served.counted("requests_delayed") > 0);

      other.readUntilAnswered(other.ask("HEAD", "/time"));

      double answered = served.counted("requests", "kind", "time") - 1;
      double seconds = (System.nanoTime() - startNs) / 1e9;
      assertThat(answered).isLessThanOrEqualTo(perSecond * (2 + seconds));
      flood.readUntilAnswered(last);
      assertThat(flood.answered).hasSize(streams);
      assertThat(flood.ended).isEmpty();
    }
  }

  @Test
  void whoWaitsForTheRateIsNeitherIdleNorSlowAndIsSlowAfterIt() throws IOException {
    serve(
        DeliveryConfig.builder()
            .maxRequestsPerSecond(1)
            .headTimeout(Duration.ofMillis(500))
            .idleTimeout(Duration.ofMillis(500)));
    try (Socket socket = client("127.0.0.1")) {
      send(socket, ASK.repeat(5) + "GET / HTTP/1.1\r\n");

      String text = readAll(socket);

      assertThat(answers(text)).isEqualTo(5);
      assertThat(text).contains("HTTP/1.1 408 ");
      assertThat(served.closed("head")).isEqualTo(1);
      assertThat(served.closed("idle")).isZero();
    }
  }

  @Test
  void whoGoesAwayLeavesTheLine() throws IOException {
    serve(DeliveryConfig.builder().eventLoops(1).maxRequestsPerSecond(1));
    try (Socket gone = client("127.0.0.1");
        Http2Client goneToo = new Http2Client(served.server.port(), "127.0.0.1")) {
      send(gone, ASK.repeat(20));
      for (int i = 0; i < 20; i++) {
        goneToo.ask("HEAD", "/time");
      }
      await().until(() -> served.counted("requests_delayed") > 18);
    }
    await().untilAsserted(() -> assertThat(served.server.connections()).isZero());

    try (Socket next = client("127.0.0.1")) {
      send(next, ASK_LAST);
      assertThat(answers(readAll(next))).isEqualTo(1);
    }
    await().untilAsserted(() -> assertThat(served.gauge("own_bytes")).isZero());
  }

  @Test
  void refusesBodiesWithinTheRateToo() throws IOException {
    serve(DeliveryConfig.builder().maxRequestsPerSecond(5));
    try (Http2Client client = new Http2Client(served.server.port(), "127.0.0.1")) {
      int last = 0;
      for (int i = 0; i < 15; i++) {
        last = client.beginPost("/time");
      }
      await().until(() -> served.counted("requests_delayed") > 0);

      client.readUntilAnswered(last);

      assertThat(served.counted("requests", "status", "413")).isEqualTo(15);
    }
  }

  @Test
  void closesWhoOpensStreamsWithoutEndInsteadOfWaiting() throws IOException {
    serve(DeliveryConfig.builder().maxRequestsPerSecond(1).maxStreams(10));
    try (Http2Client client = new Http2Client(served.server.port(), "127.0.0.1")) {
      client.askOften(1_000, "/time");

      await().untilAsserted(() -> assertThat(served.closed("control_frames")).isEqualTo(1));
    }
    assertThat(served.counted("requests_delayed")).isLessThanOrEqualTo(10);
  }
}
