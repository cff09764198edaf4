package io.millrace.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A segment that is sent while it is made. */
class OpenSegmentTest {
  private static final int PART_BYTES = 4_000;

  private Served served = new Served();

  @AfterEach
  void close() {
    served.close();
  }

  private void awaitWaiters(int count) {
    await().atMost(Duration.ofSeconds(5)).until(() -> served.waiters() == count);
  }

  private CompletableFuture<HttpResponse<byte[]>> later(HttpClient.Version version, String path) {
    HttpRequest request = served.request(path).build();
    return version == HttpClient.Version.HTTP_2
        ? served.laterBytesHttp2(request)
        : served.laterBytes(path);
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void isTheSameAsItsPartsAndAsTheWholeSegment(HttpClient.Version version) {
    served.onAir(3, 2);
    String path = served.path("v1", "3.m4s");

    CompletableFuture<HttpResponse<byte[]>> early = later(version, path);
    awaitWaiters(1);
    served.feed(served.stream.parts(1));
    CompletableFuture<HttpResponse<byte[]>> late = later(version, path);
    awaitWaiters(2);
    served.feed(served.stream.parts(2));

    assertThat(early.join().statusCode()).isEqualTo(200);
    assertThat(early.join().version()).isEqualTo(version);
    assertThat(early.join().headers().firstValue("content-length")).isEmpty();
    assertThat(early.join().headers().firstValue("etag")).isEmpty();
    ByteArrayOutputStream parts = new ByteArrayOutputStream();
    for (int part = 0; part < 5; part++) {
      parts.writeBytes(
          served.bytes(served.request(served.path("v1", "3." + part + ".m4s")).build()).body());
    }
    HttpResponse<byte[]> whole = served.bytes(served.request(path).build());
    assertThat(whole.headers().firstValue("content-length"))
        .contains(Integer.toString(5 * PART_BYTES));
    assertThat(early.join().body()).isEqualTo(whole.body()).isEqualTo(parts.toByteArray());
    assertThat(late.join().body()).isEqualTo(whole.body());
    awaitWaiters(0);
  }

  /** Whoever comes between two parts, in either HTTP: before the first one, and after each. */
  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void isTheSameWhereverItIsJoined(HttpClient.Version version) {
    served.onAir(3, 0);
    String path = served.path("v1", "3.m4s");
    List<CompletableFuture<HttpResponse<byte[]>>> joined = new ArrayList<>();

    for (int part = 0; part < 5; part++) {
      joined.add(later(version, path));
      awaitWaiters(joined.size());
      served.feed(served.stream.parts(1));
    }

    byte[] whole = served.bytes(served.request(path).build()).body();
    assertThat(joined).allSatisfy(each -> assertThat(each.join().body()).isEqualTo(whole));
    awaitWaiters(0);
  }

  @Test
  void oneThatHasNoMediaToItsEndIsNotThere() {
    served.onAir(3, 0);
    served.feed(served.stream.gap());
    CompletableFuture<HttpResponse<byte[]>> waiting =
        later(HttpClient.Version.HTTP_1_1, served.path("v1", "3.m4s"));
    awaitWaiters(1);
    served.feed(served.stream.gaps(4));

    assertThat(waiting.join().statusCode()).isEqualTo(404);
  }

  @Test
  void sendsEachPartWhenItComesAndGoesOnWithTheNextRequest() throws IOException {
    served.onAir(3, 1);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), served.server.port())) {
      socket.setSoTimeout(10_000);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      String ask = "GET %s HTTP/1.1\r\nHost: a\r\n\r\n";
      String both = ask.formatted(served.path("v1", "3.m4s")) + ask.formatted("/time");
      socket.getOutputStream().write(both.getBytes(StandardCharsets.US_ASCII));

      assertThat(readHead(in)).contains("Transfer-Encoding: chunked\r\n");
      assertThat(readChunk(in)).isEqualTo(PART_BYTES);
      for (int part = 1; part < 5; part++) {
        served.feed(served.stream.part());
        assertThat(readChunk(in)).isEqualTo(PART_BYTES);
      }
      assertThat(readChunk(in)).isZero();
      assertThat(readHead(in)).startsWith("HTTP/1.1 200 OK\r\n").contains("text/plain");
    }
  }

  private static String readHead(DataInputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (!head.toString().endsWith("\r\n\r\n")) {
      head.append((char) in.readUnsignedByte());
    }
    return head.toString();
  }

  private static int readChunk(DataInputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    while (!line.toString().endsWith("\r\n")) {
      line.append((char) in.readUnsignedByte());
    }
    int size = Integer.parseInt(line.toString().strip(), 16);
    in.skipNBytes(size + 2);
    return size;
  }

  @Test
  void waitsForTheFirstPartOfTheNextSegment() {
    served.onAir(3, 0);

    CompletableFuture<HttpResponse<byte[]>> next = served.laterBytes(served.path("v1", "3.m4s"));
    awaitWaiters(1);
    served.feed(served.stream.segments(1));

    assertThat(next.join().body()).hasSize(5 * PART_BYTES);
    assertThat(served.get(served.path("v1", "5.m4s")).statusCode()).isEqualTo(404);
    served.feed(served.stream.end());
    assertThat(served.get(served.path("v1", "4.m4s")).statusCode()).isEqualTo(404);
  }

  @Test
  void aSegmentThatEndsEarlyEndsItsBody() {
    served.onAir(3, 2);

    CompletableFuture<HttpResponse<byte[]>> open = served.laterBytes(served.path("v1", "3.m4s"));
    awaitWaiters(1);
    served.feed(served.stream.endSegment());

    assertThat(open.join().body()).hasSize(2 * PART_BYTES);
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void aSegmentThatWillNeverBeWholeIsCut(HttpClient.Version version) {
    served.onAir(3, 2);

    CompletableFuture<HttpResponse<byte[]>> open = later(version, served.path("v1", "3.m4s"));
    awaitWaiters(1);
    served.feed(served.stream.end());

    assertThatThrownBy(open::join).isInstanceOf(CompletionException.class);
    awaitWaiters(0);
  }

  @Test
  void isCutWhenNothingComesForThreeTargetDurations() {
    served.onAir(3, 2);

    CompletableFuture<HttpResponse<byte[]>> open = served.laterBytes(served.path("v1", "3.m4s"));

    assertThatThrownBy(open::join).isInstanceOf(CompletionException.class);
    assertThat(served.closed("cut")).isEqualTo(1);
  }

  @Test
  void whoSpeaksAnOlderHttpGetsItWhenItIsWhole() throws IOException {
    served.onAir(3, 2);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), served.server.port())) {
      socket.setSoTimeout(10_000);
      String ask = "GET %s HTTP/1.0\r\n\r\n".formatted(served.path("v1", "3.m4s"));
      socket.getOutputStream().write(ask.getBytes(StandardCharsets.US_ASCII));
      awaitWaiters(1);
      served.feed(served.stream.parts(3));

      DataInputStream in = new DataInputStream(socket.getInputStream());
      assertThat(readHead(in))
          .contains("Content-Length: 20000\r\n")
          .doesNotContain("Transfer-Encoding");
    }
  }

  @Test
  void forgetsWhoGoesAway() {
    served.onAir(3, 2);

    CompletableFuture<HttpResponse<byte[]>> overHttp1 =
        served.laterBytes(served.path("v1", "3.m4s"));
    CompletableFuture<HttpResponse<byte[]>> overHttp2 =
        served.laterBytesHttp2(served.request(served.path("v1", "3.m4s")).build());
    awaitWaiters(2);
    overHttp1.cancel(true);
    overHttp2.cancel(true);

    awaitWaiters(0);
    served.feed(served.stream.parts(3));
    assertThat(served.get(served.path("v1", "index.m3u8")).statusCode()).isEqualTo(200);
  }

  @Test
  void whoDoesNotReadIsCutWhenTheBodyHoldsTooMuch() throws IOException {
    served.close();
    served = new Served(DeliveryConfig.builder().maxHeldBytes(64 << 10));
    served.onAir(3, 1);
    try (Http2Client client = served.http2Client()) {
      int stream = client.ask("GET", served.path("v1", "3.m4s"));
      client.readUntilAnswered(stream);
      for (int part = 1; part < 40; part++) {
        served.feed(served.stream.longPart());
      }

      client.readUntilEnded(stream);
    }
    await().atMost(Duration.ofSeconds(5)).until(() -> served.gauge("held_bytes") == 0);
  }
}
