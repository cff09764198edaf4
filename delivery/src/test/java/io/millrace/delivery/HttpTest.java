package io.millrace.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.media.index.PartKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a response looks like, and what a connection may do. */
class HttpTest {
  private static final int END_STREAM = 0x1;
  private static final int END_HEADERS = 0x4;

  private Served served = new Served();

  @AfterEach
  void close() {
    served.close();
  }

  @Test
  void compressesPlaylists() throws IOException {
    served.onAir(20, 2);
    String path = served.path("v1", "index.m3u8");

    HttpResponse<byte[]> gzip =
        served.bytes(served.request(path).header("Accept-Encoding", "gzip").build());

    assertThat(gzip.headers().firstValue("content-encoding")).contains("gzip");
    assertThat(gzip.headers().firstValue("vary")).contains("Accept-Encoding");
    byte[] plain = new GZIPInputStream(new ByteArrayInputStream(gzip.body())).readAllBytes();
    assertThat(new String(plain, StandardCharsets.UTF_8)).isEqualTo(served.get(path).body());
    assertThat(gzip.body().length).isLessThan(plain.length / 2);
  }

  @Test
  void answersADeltaUpdate() {
    served.onAir(29, 2);

    HttpResponse<String> delta = served.get(served.path("v1", "index.m3u8?_HLS_skip=YES"));

    assertThat(delta.body()).contains("#EXT-X-SKIP:SKIPPED-SEGMENTS=").doesNotContain("\n0.m4s");
    assertThat(delta.body().length())
        .isLessThan(served.get(served.path("v1", "index.m3u8")).body().length());
  }

  @Test
  void servesInitSegmentPartAndRange() {
    served.onAir(3, 2);
    String playlist = served.get(served.path("v1", "index.m3u8")).body();
    String init = playlist.replaceAll("(?s).*MAP:URI=\"([^\"]+)\".*", "$1");

    HttpResponse<byte[]> map = served.bytes(served.request(served.path("v1", init)).build());
    assertThat(map.statusCode()).isEqualTo(200);
    assertThat(map.headers().firstValue("content-type")).contains("video/mp4");
    byte[] segment = served.bytes(served.request(served.path("v1", "1.m4s")).build()).body();
    assertThat(segment).hasSize(5 * 4_000);
    HttpResponse<byte[]> part = served.bytes(served.request(served.path("v1", "1.1.m4s")).build());
    assertThat(part.body()).isEqualTo(java.util.Arrays.copyOfRange(segment, 4_000, 8_000));
    HttpResponse<byte[]> range =
        served.bytes(
            served.request(served.path("v1", "1.m4s")).header("Range", "bytes=3990-4009").build());
    assertThat(range.statusCode()).isEqualTo(206);
    assertThat(range.headers().firstValue("content-range")).contains("bytes 3990-4009/20000");
    assertThat(range.body()).isEqualTo(java.util.Arrays.copyOfRange(segment, 3_990, 4_010));
    HttpResponse<byte[]> beyond =
        served.bytes(
            served.request(served.path("v1", "1.m4s")).header("Range", "bytes=20000-").build());
    assertThat(beyond.statusCode()).isEqualTo(416);
    String etag = part.headers().firstValue("etag").orElseThrow();
    HttpRequest again =
        served.request(served.path("v1", "1.1.m4s")).header("If-None-Match", etag).build();
    assertThat(served.send(again).statusCode()).isEqualTo(304);
  }

  @Test
  void answersHeadPreflightTimeAndWhatItDoesNotKnow() {
    served.onAir(3, 2);
    HttpRequest.BodyPublisher none = HttpRequest.BodyPublishers.noBody();

    HttpResponse<String> head =
        served.send(served.request(served.path("v1", "1.m4s")).method("HEAD", none).build());
    assertThat(head.headers().firstValue("content-length")).contains("20000");
    assertThat(head.body()).isEmpty();
    HttpResponse<String> preflight =
        served.send(served.request("/live/show/index.m3u8").method("OPTIONS", none).build());
    assertThat(preflight.statusCode()).isEqualTo(204);
    assertThat(preflight.headers().firstValue("access-control-allow-headers").orElse(""))
        .contains("Range", "CMCD-Session");
    assertThat(Instant.parse(served.get("/time").body()))
        .isBetween(Instant.now().minusSeconds(10), Instant.now().plusSeconds(10));
    HttpRequest post = served.request("/time").method("DELETE", none).build();
    assertThat(served.send(post).statusCode()).isEqualTo(405);
    assertThat(served.get("/live/none/index.m3u8").body()).isEqualTo("channel none: unknown\n");
    HttpResponse<String> early = served.get("/live/early/index.m3u8");
    assertThat(early.statusCode()).isEqualTo(503);
    assertThat(early.headers().firstValue("retry-after")).contains("1");
    assertThat(early.headers().firstValue("cache-control")).contains("no-store");
    assertThat(early.body()).startsWith("channel early: not known yet");
    assertThat(served.get("/favicon.ico").statusCode()).isEqualTo(404);
  }

  @Test
  void answersPipelinedRequestsInOrder() throws IOException {
    served.onAir(3, 2);
    String first = "GET " + served.path("v1", "3.2.m4s") + " HTTP/1.1\r\nHost: a\r\n\r\n";
    String second = "GET /time HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), served.server.port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write((first + second).getBytes(StandardCharsets.US_ASCII));
      await().until(() -> served.waiters() == 1);
      served.feed(served.stream.part());

      String text = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      assertThat(text).startsWith("HTTP/1.1 200 OK\r\n").contains("Content-Length: 4000");
      assertThat(text.indexOf("text/plain")).isGreaterThan(4_000);
    }
  }

  @Test
  void closesAfterAMalformedOrSlowHead() throws IOException {
    shortTimeouts();
    assertThat(exchange("GET / HTTP/1.1\n\n")).startsWith("HTTP/1.1 400 ");
    assertThat(exchange("GET / HTTP/1.1\r\nHost: a\r\n")).startsWith("HTTP/1.1 408 ");
    assertThat(exchange("")).isEmpty();
    assertThat(exchange("PRI * HTTP/2.0\r\n")).isEmpty();
    assertThat(exchange("PRI / HTTP/1.1\r\nHost: a\r\n\r\n")).startsWith("HTTP/1.1 405 ");
    assertThat(served.closed("head")).as("the three that were slow").isEqualTo(3);
  }

  @Test
  void refusesALongTargetOverHttp2() {
    served.onAir(3, 2);
    String playlist = served.path("v1", "index.m3u8") + "?x=";

    assertThat(served.laterHttp2(playlist + "a".repeat(9_000)).join().statusCode()).isEqualTo(414);
    assertThat(served.laterHttp2(playlist + "a".repeat(900)).join().statusCode()).isEqualTo(200);
  }

  @Test
  void closesAfterASlowHeadOverHttp2() throws IOException {
    shortTimeouts();
    String hello = Http2Client.PREFACE + Http2Client.frame(4, 0, 0, "");
    String block = "\u0082\u0086\u0084"; // GET, http, /: entries of HPACK's static table

    exchange(hello + Http2Client.frame(1, END_STREAM, 1, block));
    assertThat(served.closed("head")).as("a block that does not end").isEqualTo(1);
    exchange(hello + Http2Client.frame(1, END_STREAM, 1, block) + Http2Client.frame(9, 0, 1, ""));
    assertThat(served.closed("head")).as("nor with what continues it").isEqualTo(2);
    exchange(hello + Http2Client.frame(1, END_STREAM | END_HEADERS, 1, block).substring(0, 10));
    assertThat(served.closed("head")).as("a frame that does not end").isEqualTo(3);
    exchange(hello.substring(0, hello.length() - 1));
    assertThat(served.closed("head")).as("nor one without a payload").isEqualTo(4);
    exchange(
        hello
            + Http2Client.frame(1, END_STREAM, 1, block)
            + Http2Client.frame(9, END_HEADERS, 1, ""));
    assertThat(served.closed("head")).as("one that does").isEqualTo(4);
    assertThat(served.closed("idle")).isEqualTo(1);
  }

  @Test
  void closesHttp2ConnectionsThatSendMoreThanTheyAskFor() throws IOException {
    String ping = Http2Client.frame(6, 0, 0, "12345678");
    String settings = Http2Client.frame(4, 0, 0, "");
    String priority = Http2Client.frame(2, 0, 3, "\0\0\0\0\7");
    String unknown = Http2Client.frame(0x55, 0, 0, "");
    String window = Http2Client.frame(8, 0, 0, "\0\0\0\1");
    int closed = 0;
    for (String frame : List.of(ping, settings, priority, unknown, window)) {
      sendUntilClosed(Http2Client.PREFACE + settings + frame.repeat(1_000));
      assertThat(served.closed("control_frames")).isEqualTo(++closed);
    }
    sendUntilClosed(Http2Client.PREFACE + settings + Http2Client.frame(0, 0, 1, "a"));
    assertThat(served.closed("protocol")).as("a body of no request").isEqualTo(1);
  }

  @Test
  void closesWhoIsUpgradedAndGoesOnInHttp1() throws IOException {
    String get = "GET /time HTTP/1.1\r\nHost: a\r\n";
    sendUntilClosed(
        get
            + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
            + "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n"
            + get
            + "\r\n");
    assertThat(served.closed("protocol")).isEqualTo(1);
  }

  /** The server may close before it has read all of it. */
  private void sendUntilClosed(String request) throws IOException {
    try {
      exchange(request);
    } catch (SocketException e) {
      assertThat(e).hasMessageContaining("reset");
    }
  }

  @Test
  void endsTheStreamOfARequestWithABodyOverHttp2() throws IOException {
    served.onAir(3, 2);
    try (Http2Client client = served.http2Client()) {
      client.send(Http2Client.WINDOW_UPDATE, 0, 0, "\0\0\1\0");
      client.send(Http2Client.SETTINGS, 0, 0, "\0\4\0\0\20\0");
      int stream = client.beginPost("/time");

      client.readUntilEnded(stream);

      assertThat(client.answered).contains(stream);
      assertThat(served.counted("requests", "status", "413")).isEqualTo(1);
    }
  }

  @Test
  void takesWhatBelongsToRequestsOverHttp2() throws IOException {
    served.onAir(3, 2);
    try (Http2Client client = served.http2Client()) {
      for (int i = 0; i < 1_000; i++) {
        int stream = client.ask("HEAD", "/time");
        client.send(Http2Client.PRIORITY, 0, stream, "\0\0\0\0\7");
        client.readUntilAnswered(stream);
        client.send(Http2Client.WINDOW_UPDATE, 0, 0, "\0\0\0\1");
      }
      assertThat(served.closed("control_frames")).isZero();
    }
  }

  private void shortTimeouts() {
    served.close();
    served =
        new Served(
            DeliveryConfig.builder()
                .headTimeout(Duration.ofMillis(500))
                .idleTimeout(Duration.ofSeconds(2)));
  }

  /** Sends and reads until the server closes. */
  private String exchange(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), served.server.port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  @Test
  void closesConnectionsPastTheLimit() throws IOException {
    served.close();
    served = new Served(DeliveryConfig.builder().maxConnections(1));
    try (Socket first = new Socket(InetAddress.getLoopbackAddress(), served.server.port())) {
      first
          .getOutputStream()
          .write("GET /time HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(first.getInputStream().read()).isEqualTo('H');

      assertThat(exchange("")).isEmpty();
    }
  }

  @Test
  void asksForMissingBytesAndWaitsForThem() {
    served.onAir(3, 0);
    var part = served.stream.part();
    served.feed(
        part.stream().filter(m -> m instanceof io.millrace.fabric.FeedMessage.Index).toList());

    CompletableFuture<HttpResponse<byte[]>> waiting =
        served.laterBytes(served.path("v1", "3.0.m4s"));
    PartKey key = new PartKey(served.stream.timeline(), 1, 3, 0);
    await().until(() -> served.wanted.contains(key));
    served.feed(
        part.stream().filter(m -> m instanceof io.millrace.fabric.FeedMessage.Part).toList());

    assertThat(waiting.join().body()).hasSize(4_000);
  }

  @Test
  void countsAViewerForEachSessionIdThatPlayersSend() {
    served.onAir(3, 2);
    for (String session : new String[] {"one", "two", "one"}) {
      served.get(served.path("v1", "index.m3u8?CMCD=sf%3Dl%2Csid%3D%22" + session + "%22"));
    }

    assertThat(served.channel.viewers().count(System.nanoTime())).isEqualTo(2);
    assertThat(served.channel.viewers().count(System.nanoTime() + 11_000_000_000L)).isZero();
  }
}
