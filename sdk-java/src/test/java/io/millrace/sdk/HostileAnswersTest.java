package io.millrace.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that are slow, broken, evil or not ours. */
@ExtendWith(NoThreadsLeft.class)
@Timeout(60)
class HostileAnswersTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Duration SHORT = Duration.ofSeconds(1);

  @AutoClose private final FakeApi api = new FakeApi();
  @AutoClose private final MillraceClient client = api.client().build();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "7",
        "{",
        "{\"id\": ",
        "{} {}",
        "{\"id\": 1}",
        "{\"id\": \"not-a-uuid\"}",
        "{\"id\": \"a\", \"id\": \"b\"}",
        "{\"channels\": {}}",
        "{\"channels\": [1]}",
        "{\"channels\": [null]}",
        "{\"channels\": [{}]}",
        "{\"a\": 1e999999999}",
        "{\"a\": NaN}",
        "<html>"
      })
  void whatIsNotAChannelIsMalformed(String body) {
    api.answer(FakeApi.json(200, body));

    assertThatThrownBy(() -> client.channels().get("a"))
        .isInstanceOf(MalformedAnswerException.class)
        .hasMessageStartingWith("GET %s/api/v1/channels/a: ".formatted(api.uri()))
        .hasMessageNotContaining(FakeApi.TOKEN);
  }

  @Test
  void aMessageNamesThePathToWhatIsWrong() {
    api.answer(
        FakeApi.json(
            200,
            "{\"channels\":[%s,%s]}"
                .formatted(
                    Samples.channel("a"),
                    Samples.channel("b").replace("\"viewers\": 0", "\"viewers\": \"many\""))));

    assertThatThrownBy(() -> client.channels().list())
        .hasMessageContaining(
            "channels[1].live.viewers: many (expected: a whole number of 32 bits)");
  }

  @Test
  void numbersThatDoNotFitAreMalformed() {
    for (String viewers : new String[] {"2147483648", "1e3", "1.5", "99999999999999999999"}) {
      api.answer(
          FakeApi.json(
              200, Samples.channel("a").replace("\"viewers\": 0", "\"viewers\": " + viewers)));
      assertThatThrownBy(() -> client.channels().get("a"))
          .as(viewers)
          .isInstanceOf(MalformedAnswerException.class)
          .hasMessageContaining("live.viewers");
    }
  }

  @Test
  void deepNestingIsMalformed() {
    api.answer(FakeApi.json(200, "{\"a\":" + "[".repeat(100_000)));

    assertThatThrownBy(() -> client.channels().get("a"))
        .isInstanceOf(MalformedAnswerException.class)
        .hasMessageContaining("nesting");
  }

  @Test
  void anotherFormIsMalformed() {
    api.answer(FakeApi.of(200, "text/html", "<h1>Welcome to the hotel</h1>"));

    assertThatThrownBy(() -> client.channels().get("a"))
        .isInstanceOf(MalformedAnswerException.class)
        .hasMessageContaining("content-type: \"text/html\"");
  }

  @Test
  void anAnswerWithoutEndIsCutOff() {
    AtomicBoolean cut = new AtomicBoolean();
    api.answer(
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, 0);
          cut.set(writesUntilTheClientLeaves(exchange));
        });

    assertThatThrownBy(() -> client.channels().get("a"))
        .isInstanceOf(MalformedAnswerException.class)
        .hasMessageContaining("more than 8388608 bytes");
    await().atMost(SOON).untilTrue(cut);
  }

  private static boolean writesUntilTheClientLeaves(HttpExchange exchange) {
    try (OutputStream out = exchange.getResponseBody()) {
      byte[] spaces = " ".repeat(64 * 1024).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
      for (int i = 0; i < 10_000; i++) {
        out.write(spaces);
      }
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "HTTP/1.1 200 OK\n",
        "HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Length: 100\n\n{\"id\":",
        "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5\n{\"id\""
      })
  void aConnectionThatBreaksIsATransportError(String bytes) throws Exception {
    try (RawServer server = new RawServer(RawServer.writing(bytes));
        MillraceClient toIt = server.client().build()) {
      assertThatThrownBy(() -> toIt.channels().rotateKey("a"))
          .isInstanceOf(TransportException.class)
          .hasCauseInstanceOf(IOException.class);
      assertThatThrownBy(() -> toIt.asyncChannels().rotateKey("a").get())
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(TransportException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH_9.2\n\n",
        "HTTP/1.1 abc OK\n\n",
        "HTTP/1.1 200 OK\nno colon\n\n",
        "HTTP/1.1 200 OK\nContent-Length: -5\n\n",
        "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nzz\n"
      })
  void whatIsNotHttpIsTyped(String bytes) throws Exception {
    try (RawServer server = new RawServer(RawServer.writing(bytes));
        MillraceClient toIt = server.client().timeout(Duration.ofSeconds(5)).build()) {
      assertThat(catchThrowable(() -> toIt.channels().rotateKey("a")))
          .isInstanceOfAny(MalformedAnswerException.class, TransportException.class);
    }
  }

  @Test
  void nobodyThereIsATransportError() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    try (MillraceClient nowhere =
        MillraceClient.builder()
            .baseUri(URI.create("http://localhost:" + free))
            .token("t")
            .build()) {
      assertThatThrownBy(() -> nowhere.channels().list())
          .isInstanceOf(TransportException.class)
          .hasMessageContaining("no answer: ConnectException");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "HTTP/1.1 200 OK\nContent-Type: application/json\n",
        "HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Length: 100\n\n{\"id\":"
      })
  void aServerThatStallsTimesOutAndIsLeft(String bytes) throws Exception {
    try (RawServer server = new RawServer(RawServer.stalling(bytes));
        MillraceClient toIt = server.client().timeout(SHORT).build()) {
      assertThatThrownBy(() -> toIt.channels().get("a"))
          .isInstanceOf(TimedOutException.class)
          .hasMessageContaining("no answer in time (1.0 s)");
      assertThat(server.awaitLeft()).isTrue();
      assertThatThrownBy(() -> toIt.asyncChannels().get("a").join())
          .isInstanceOf(CompletionException.class)
          .hasCauseInstanceOf(TimedOutException.class);
    }
  }

  @Test
  void aServerThatDripsTimesOut() throws Exception {
    RawServer.Script drip =
        socket -> {
          RawServer.writing("HTTP/1.1 200 OK\nContent-Length: 1000\n\n").run(socket);
          for (int i = 0; i < 1_000; i++) {
            socket.getOutputStream().write(' ');
            TimeUnit.MILLISECONDS.sleep(20);
          }
        };
    try (RawServer server = new RawServer(drip);
        MillraceClient toIt = server.client().timeout(SHORT).build()) {
      assertThatThrownBy(() -> toIt.channels().get("a")).isInstanceOf(TimedOutException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void aRedirectIsNotFollowedSoTheTokenGoesNowhere(int status) throws Exception {
    try (FakeApi other = new FakeApi()) {
      other.answer(FakeApi.json(200, Samples.channel("a")));
      api.answer(
          exchange -> {
            exchange.getResponseHeaders().set("Location", other.uri() + "/api/v1/channels/a");
            exchange.sendResponseHeaders(status, -1);
          });

      assertThatThrownBy(() -> client.channels().get("a"))
          .isInstanceOf(MalformedAnswerException.class)
          .hasMessageContaining("status %d to %s".formatted(status, other.uri()));
      assertThatThrownBy(() -> client.channels().watch().next(SOON))
          .isInstanceOf(MalformedAnswerException.class);
      assertThat(other.requests()).isEmpty();
    }
  }

  @Test
  void anInterruptEndsTheCallAndTheConnection() throws Exception {
    try (RawServer server = new RawServer(RawServer.stalling(""));
        MillraceClient toIt = server.client().build()) {
      AtomicReference<Throwable> thrown = new AtomicReference<>();
      AtomicBoolean marked = new AtomicBoolean();
      Thread caller =
          new Thread(
              () -> {
                thrown.set(catchThrowable(() -> toIt.channels().get("a")));
                marked.set(Thread.currentThread().isInterrupted());
              });
      caller.start();
      assertThat(server.awaitAsked()).isTrue();

      caller.interrupt();
      caller.join(SOON.toMillis());

      assertThat(thrown.get()).isInstanceOf(CallInterruptedException.class);
      assertThat(marked).isTrue();
      assertThat(server.awaitLeft()).isTrue();
    }
  }

  @Test
  void aFutureThatIsCancelledEndsTheConnection() throws Exception {
    try (RawServer server = new RawServer(RawServer.stalling(""));
        MillraceClient toIt = server.client().build()) {
      CompletableFuture<Channel> call = toIt.asyncChannels().get("a");
      assertThat(server.awaitAsked()).isTrue();

      assertThat(call.cancel(true)).isTrue();

      assertThatThrownBy(call::join).isInstanceOf(CancellationException.class);
      assertThat(server.awaitLeft()).isTrue();
    }
    try (RawServer server = new RawServer(RawServer.stalling(""));
        MillraceClient toIt = server.client().build()) {
      CompletableFuture<?> call = toIt.asyncChannels().list();
      assertThat(server.awaitAsked()).isTrue();
      call.cancel(true);
      assertThat(server.awaitLeft()).isTrue();
    }
    try (RawServer server = new RawServer(RawServer.stalling(""));
        MillraceClient toIt = server.client().build()) {
      CompletableFuture<?> call = toIt.asyncChannels().delete("a");
      assertThat(server.awaitAsked()).isTrue();
      call.cancel(true);
      assertThat(server.awaitLeft()).isTrue();
    }
  }

  @Test
  void closingTheClientEndsCallsThatWait() throws Exception {
    try (RawServer server = new RawServer(RawServer.stalling(""))) {
      MillraceClient toIt = server.client().build();
      CompletableFuture<Channel> future = toIt.asyncChannels().get("a");
      CompletableFuture<Throwable> blocked =
          CompletableFuture.supplyAsync(() -> catchThrowable(() -> toIt.channels().get("b")));
      assertThat(server.awaitAsked()).isTrue();

      toIt.close();

      assertThat(blocked.get(10, TimeUnit.SECONDS)).isInstanceOf(ClientClosedException.class);
      assertThatThrownBy(() -> future.get(10, TimeUnit.SECONDS))
          .hasCauseInstanceOf(ClientClosedException.class);
      assertThat(server.awaitLeft()).isTrue();
    }
  }

  @Test
  void whatHangsOnAFutureMayCallAndWait() throws Exception {
    api.answer(FakeApi.json(200, Samples.channel("a")));
    CountDownLatch all = new CountDownLatch(50);

    for (int i = 0; i < 50; i++) {
      var unused =
          client
              .asyncChannels()
              .get("a")
              .thenApply(first -> client.channels().get("a"))
              .thenAccept(second -> all.countDown());
    }

    assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
  }
}
