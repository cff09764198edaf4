package io.millrace.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.millrace.sdk.internal.EventTimings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Watching: events, reconnects, ends, and streams that are not as they should be. */
@ExtendWith(NoThreadsLeft.class)
@Timeout(60)
class WatchTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final UUID OTHER = UUID.fromString("11111111-2222-3333-4444-555555555555");

  private final FakeEvents stream = new FakeEvents();
  @AutoClose private final FakeApi api = new FakeApi().answer(stream);
  @AutoClose private final MillraceClient client = api.client().build();

  private static ChannelEvent next(ChannelEvents events) {
    return events.next(SOON).orElseThrow(() -> new AssertionError("No event came"));
  }

  private static <T extends ChannelEvent> T next(ChannelEvents events, Class<T> type) {
    ChannelEvent event = next(events);
    assertThat(event).isInstanceOf(type);
    return type.cast(event);
  }

  @Test
  void tellsSnapshotChangesAndRemovals() {
    stream
        .raw(": hello\nretry: 50\n")
        .snapshot(Samples.channel("a"))
        .send("node", "{\"id\":\"n\"}")
        .send("channel", Samples.liveChannel())
        .send("of-tomorrow", "?")
        .send("removed", "{\"id\":\"%s\",\"name\":\"main\"}".formatted(Samples.ID));

    try (ChannelEvents events = client.channels().watch()) {
      assertThat(next(events, ChannelEvent.Snapshot.class).channels())
          .extracting(Channel::name)
          .containsExactly("a");
      assertThat(next(events, ChannelEvent.Changed.class).channel().live().viewers()).isEqualTo(12);
      assertThat(next(events)).isEqualTo(new ChannelEvent.Removed(Samples.ID, "main"));
      assertThat(events.next(Duration.ofMillis(300))).isEmpty();
      assertThat(events.isEnded()).isFalse();
    }
    assertThat(api.request().target()).isEqualTo("/api/v1/events");
    assertThat(api.request().header("Authorization")).isEqualTo("Bearer " + FakeApi.TOKEN);
    await().atMost(SOON).until(() -> stream.open() == 0);
  }

  @Test
  void connectsAgainAfterABreak() {
    stream.snapshot(Samples.channel("a")).end().snapshot(Samples.channel("b"));

    try (ChannelEvents events = client.channels().watch()) {
      next(events, ChannelEvent.Snapshot.class);
      ChannelEvent.Disconnected broken = next(events, ChannelEvent.Disconnected.class);
      assertThat(broken.cause()).isInstanceOf(TransportException.class);
      assertThat(broken.attempt()).isEqualTo(1);
      assertThat(broken.retryIn()).isBetween(Duration.ofMillis(10), Duration.ofMillis(20));
      assertThat(next(events, ChannelEvent.Snapshot.class).channels().get(0).name()).isEqualTo("b");
    }
    assertThat(stream.connections()).isEqualTo(2);
  }

  @Test
  void waitsLongerEachTimeAndAsLongAsTheApiSays() {
    stream.raw("retry: 30\n\n").end();
    List<ChannelEvent.Disconnected> breaks = new ArrayList<>();

    try (ChannelEvents events = client.channels().watch()) {
      for (int i = 1; i <= 6; i++) {
        breaks.add(next(events, ChannelEvent.Disconnected.class));
        stream.end();
      }
    }

    assertThat(breaks)
        .extracting(ChannelEvent.Disconnected::attempt)
        .containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(breaks.get(0).retryIn()).isBetween(Duration.ofMillis(15), Duration.ofMillis(30));
    assertThat(breaks.get(5).retryIn()).isBetween(Duration.ofMillis(100), Duration.ofMillis(200));
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404, 400})
  void endsWhereTryingAgainDoesNotHelp(int status) {
    api.answer(FakeApi.problem(status, "about:blank", "No"));

    try (ChannelEvents events = client.channels().watch()) {
      assertThatThrownBy(() -> events.next(SOON)).isInstanceOf(ProblemException.class);
      assertThat(events.isEnded()).isTrue();
      assertThat(events.next(SOON)).isEmpty();
    }
    assertThat(api.requests()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 500, 503})
  void triesAgainWhereItMayHelp(int status) {
    api.answer(FakeApi.problem(status, "about:blank", "Not now"));

    try (ChannelEvents events = client.channels().watch()) {
      assertThat(next(events, ChannelEvent.Disconnected.class).cause())
          .isInstanceOf(ProblemException.class);
      api.answer(stream);
      stream.snapshot();
      await()
          .atMost(SOON)
          .until(() -> events.next(SOON).orElseThrow() instanceof ChannelEvent.Snapshot);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "event: snapshot\ndata: {\n\n",
        "event: snapshot\ndata: {\"channels\": 7}\n\n",
        "event: channel\ndata: {\"id\": \"x\"}\n\n",
        "event: removed\ndata: []\n\n"
      })
  void aMalformedEventBreaksTheConnection(String text) {
    stream.raw(text);

    try (ChannelEvents events = client.channels().watch()) {
      assertThat(next(events, ChannelEvent.Disconnected.class).cause())
          .isInstanceOf(MalformedAnswerException.class);
      stream.next().snapshot();
      next(events, ChannelEvent.Snapshot.class);
    }
  }

  @Test
  void anEventWithoutEndBreaksTheConnection() {
    stream.raw("data: ").raw("x".repeat(9 * 1024 * 1024));

    try (ChannelEvents events = client.channels().watch()) {
      assertThat(next(events, ChannelEvent.Disconnected.class).cause())
          .isInstanceOf(MalformedAnswerException.class)
          .hasMessageContaining("8388608 bytes");
    }
  }

  @Test
  void anotherFormThanEventsIsMalformed() {
    api.answer(FakeApi.json(200, "{}"));

    try (ChannelEvents events = client.channels().watch()) {
      assertThat(next(events, ChannelEvent.Disconnected.class).cause())
          .isInstanceOf(MalformedAnswerException.class);
    }
  }

  @Test
  void aStreamThatFallsSilentIsBroken() throws Exception {
    String begin = "HTTP/1.1 200 OK\nContent-Type: text/event-stream\n\n: hello\n\n";
    try (RawServer server = new RawServer(RawServer.stalling(begin));
        MillraceClient toIt = server.client().build();
        ChannelEvents events = toIt.channels().watch()) {
      assertThat(next(events, ChannelEvent.Disconnected.class).cause())
          .isInstanceOf(TimedOutException.class)
          .hasMessageContaining("nothing came for 3.0 s");
      assertThat(server.awaitLeft()).isTrue();
    }
  }

  @Test
  void aStreamThatDoesNotBeginTimesOut() throws Exception {
    try (RawServer server = new RawServer(RawServer.stalling(""));
        MillraceClient toIt = server.client().timeout(Duration.ofSeconds(1)).build();
        ChannelEvents events = toIt.channels().watch()) {
      assertThat(events.next(Duration.ofMillis(20))).isEmpty();
      assertThat(next(events, ChannelEvent.Disconnected.class).cause())
          .isInstanceOf(TimedOutException.class);
    }
  }

  @Test
  void aStreamThatIsCutInTheMiddleIsBroken() throws Exception {
    RawServer.Script cut =
        RawServer.writing(
            """
            HTTP/1.1 200 OK
            Content-Type: text/event-stream
            Transfer-Encoding: chunked

            40
            event: snapshot
            data: {"chan\
            """);
    try (RawServer server = new RawServer(cut);
        MillraceClient toIt = server.client().build();
        ChannelEvents events = toIt.channels().watch()) {
      assertThat(next(events, ChannelEvent.Disconnected.class).cause())
          .isInstanceOf(TransportException.class);
    }
  }

  @Test
  void closingWakesWhoWaits() throws Exception {
    stream.snapshot();
    ChannelEvents events = client.channels().watch();
    next(events, ChannelEvent.Snapshot.class);
    CompletableFuture<Optional<ChannelEvent>> waiting =
        CompletableFuture.supplyAsync(() -> events.next(Duration.ofMinutes(5)));
    assertThat(events.isEnded()).isFalse();

    events.close();

    assertThat(waiting.get(10, TimeUnit.SECONDS)).isEmpty();
    assertThat(events.isEnded()).isTrue();
    assertThat(events.iterator().hasNext()).isFalse();
    await().atMost(SOON).until(() -> stream.open() == 0);
  }

  @Test
  void closingWakesWhoWaitsForTheConnectionOrTheNextAttempt() throws Exception {
    EventTimings slow = new EventTimings(SOON, Duration.ofMinutes(1), Duration.ofMinutes(1));
    try (RawServer server = new RawServer(RawServer.stalling(""));
        MillraceClient toIt = server.client().eventTimings(slow).build()) {
      ChannelEvents events = toIt.channels().watch();
      CompletableFuture<Optional<ChannelEvent>> waiting =
          CompletableFuture.supplyAsync(() -> events.next(Duration.ofMinutes(5)));
      assertThat(server.awaitAsked()).isTrue();
      events.close();
      assertThat(waiting.get(10, TimeUnit.SECONDS)).isEmpty();
      assertThat(server.awaitLeft()).isTrue();
    }
    api.answer(FakeApi.problem(503, "about:blank", "Not now"));
    try (MillraceClient patient = api.client().eventTimings(slow).build()) {
      ChannelEvents events = patient.channels().watch();
      next(events, ChannelEvent.Disconnected.class);
      assertThat(events.next(Duration.ofMillis(50))).isEmpty();
      CompletableFuture<Optional<ChannelEvent>> waiting =
          CompletableFuture.supplyAsync(() -> events.next(Duration.ofMinutes(5)));
      events.close();
      assertThat(waiting.get(10, TimeUnit.SECONDS)).isEmpty();
    }
  }

  @Test
  void closingBeforeTheStreamWasReadEndsItToo() {
    ChannelEvents events = client.channels().watch();
    assertThat(events.next(Duration.ofMillis(1))).isEmpty();
    await().atMost(SOON).until(() -> stream.open() == 1);

    events.close();

    await().atMost(SOON).until(() -> stream.open() == 0);
  }

  @Test
  void closingTheClientEndsEveryWatch() throws Exception {
    stream.snapshot();
    ChannelEvents events = client.channels().watch();
    next(events, ChannelEvent.Snapshot.class);
    CompletableFuture<Optional<ChannelEvent>> waiting =
        CompletableFuture.supplyAsync(() -> events.next(Duration.ofMinutes(5)));
    ChannelWatch watch = client.asyncChannels().watch(event -> {});
    await().atMost(SOON).until(() -> stream.open() == 2);

    client.close();

    assertThat(waiting.get(10, TimeUnit.SECONDS)).isEmpty();
    assertThat(watch.ended().get(10, TimeUnit.SECONDS)).isNull();
    await().atMost(SOON).until(() -> stream.open() == 0);
  }

  @Test
  void anInterruptLeavesTheStreamReadable() throws Exception {
    try (ChannelEvents events = client.channels().watch()) {
      AtomicReference<Throwable> thrown = new AtomicReference<>();
      Thread reader =
          new Thread(() -> thrown.set(catchThrowable(() -> events.next(Duration.ofMinutes(5)))));
      reader.start();
      await().atMost(SOON).until(() -> stream.open() == 1);

      reader.interrupt();
      reader.join(SOON.toMillis());

      assertThat(thrown.get()).isInstanceOf(CallInterruptedException.class);
      stream.snapshot();
      next(events, ChannelEvent.Snapshot.class);
    }
  }

  @Test
  void aSlowReaderIsWaitedFor() {
    stream.snapshot();
    try (ChannelEvents events = client.channels().watch()) {
      next(events, ChannelEvent.Snapshot.class);
      String padding = "\"padding\": \"%s\", ".formatted("x".repeat(10_000));
      IntStream.range(0, 500)
          .forEach(
              i ->
                  stream.send(
                      "channel", Samples.channel("c" + i).replaceFirst("\\{", "{" + padding)));

      assertThat(
              IntStream.range(0, 500)
                  .mapToObj(i -> next(events, ChannelEvent.Changed.class).channel().name()))
          .containsExactlyElementsOf(IntStream.range(0, 500).mapToObj(i -> "c" + i).toList());
    }
  }

  @Test
  void aSnapshotAboveFiveHundredIsCompleted() {
    String[] first =
        IntStream.range(0, 500)
            .mapToObj(i -> Samples.channel(new UUID(4, i), "c%03d".formatted(i)))
            .toArray(String[]::new);
    api.answer(
        exchange -> {
          String target = exchange.getRequestURI().toString();
          if (target.equals("/api/v1/channels?limit=500&after=c499")) {
            FakeApi.json(200, "{\"channels\":[%s],\"next\":null}".formatted(Samples.channel("d")))
                .to(exchange);
          } else {
            stream.to(exchange);
          }
        });
    stream.snapshot(first);

    try (ChannelEvents events = client.channels().watch()) {
      List<Channel> channels = next(events, ChannelEvent.Snapshot.class).channels();
      assertThat(channels).hasSize(501);
      assertThat(channels.get(500).name()).isEqualTo("d");
    }
  }

  @Test
  void oneChannelIsFollowedToItsEnd() {
    stream
        .snapshot(Samples.channel(OTHER, "b"), Samples.channel("a"))
        .send("channel", Samples.channel(OTHER, "b"))
        .send("channel", Samples.channel("renamed"))
        .send("removed", "{\"id\":\"%s\",\"name\":\"b\"}".formatted(OTHER))
        .send("removed", "{\"id\":\"%s\",\"name\":\"renamed\"}".formatted(Samples.ID));
    List<ChannelEvent> seen = new ArrayList<>();

    try (ChannelEvents events = client.channels().watch("a")) {
      events.forEach(seen::add);
      assertThat(events.isEnded()).isTrue();
    }

    assertThat(seen).hasSize(3);
    assertThat(((ChannelEvent.Snapshot) seen.get(0)).channels())
        .extracting(Channel::name)
        .containsExactly("a");
    assertThat(((ChannelEvent.Changed) seen.get(1)).channel().name()).isEqualTo("renamed");
    assertThat(seen.get(2)).isEqualTo(new ChannelEvent.Removed(Samples.ID, "renamed"));
  }

  @Test
  void oneChannelThatIsRemovedDuringABreakIsToldAfterIt() {
    stream.snapshot(Samples.channel("a")).end().snapshot(Samples.channel(OTHER, "a"));

    try (ChannelEvents events = client.channels().watch(Samples.ID.toString())) {
      next(events, ChannelEvent.Snapshot.class);
      next(events, ChannelEvent.Disconnected.class);
      assertThat(next(events)).isEqualTo(new ChannelEvent.Removed(Samples.ID, "a"));
      assertThat(events.isEnded()).isTrue();
      assertThat(events.next(SOON)).isEmpty();
    }
  }

  @Test
  void oneChannelThatIsNotThereIsAnError() throws Exception {
    api.answer(
        exchange -> {
          if (exchange.getRequestURI().toString().endsWith("/events")) {
            stream.to(exchange);
          } else {
            FakeApi.problem(404, "urn:millrace:problem:not-found", "None").to(exchange);
          }
        });
    stream.snapshot(Samples.channel("b"));

    try (ChannelEvents events = client.channels().watch("a")) {
      assertThatThrownBy(() -> events.next(SOON)).isInstanceOf(ProblemException.NotFound.class);
      assertThat(events.isEnded()).isTrue();
    }
    stream.next().snapshot(Samples.channel("b"));
    ChannelWatch watch = client.asyncChannels().watch("a", event -> {});
    assertThatThrownBy(() -> watch.ended().get(10, TimeUnit.SECONDS))
        .hasCauseInstanceOf(ProblemException.NotFound.class);
  }

  @Test
  void aListenerIsCalledWithEachEvent() throws Exception {
    BlockingQueue<ChannelEvent> events = new LinkedBlockingQueue<>();
    stream.snapshot().end().snapshot(Samples.channel("a"));

    ChannelWatch watch = client.asyncChannels().watch(events::add);

    assertThat(events.poll(10, TimeUnit.SECONDS)).isInstanceOf(ChannelEvent.Snapshot.class);
    assertThat(events.poll(10, TimeUnit.SECONDS)).isInstanceOf(ChannelEvent.Disconnected.class);
    assertThat(events.poll(10, TimeUnit.SECONDS)).isInstanceOf(ChannelEvent.Snapshot.class);
    assertThat(watch.ended()).isNotDone();
    watch.ended().cancel(true);
    watch.close();
    watch.close();
    assertThat(watch.ended().get(10, TimeUnit.SECONDS)).isNull();
    await().atMost(SOON).until(() -> stream.open() == 0);
  }

  @Test
  void aListenerThatThrowsEndsTheWatch() throws Exception {
    stream.snapshot();

    ChannelWatch watch =
        client
            .asyncChannels()
            .watch(
                event -> {
                  throw new IllegalStateException("enough");
                });

    assertThatThrownBy(() -> watch.ended().get(10, TimeUnit.SECONDS)).hasRootCauseMessage("enough");
    await().atMost(SOON).until(() -> stream.open() == 0);
  }

  @Test
  void aListenerMayCloseItsWatchAndItsClient() throws Exception {
    stream.snapshot();
    CountDownLatch called = new CountDownLatch(1);
    MillraceClient own = api.client().build();

    ChannelWatch watch =
        own.asyncChannels()
            .watch(
                event -> {
                  own.close();
                  called.countDown();
                });

    assertThat(called.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(watch.ended().get(10, TimeUnit.SECONDS)).isNull();
  }
}
