package io.millrace.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sent for each call, and what its answer becomes. */
@ExtendWith(NoThreadsLeft.class)
class ChannelsTest {
  @AutoClose private final FakeApi api = new FakeApi();
  @AutoClose private final MillraceClient client = api.client().build();

  @Test
  void createsAChannel() {
    api.answer(FakeApi.json(201, Samples.channelWithKey("studio")));

    ChannelWithKey made =
        client
            .channels()
            .create(
                NewChannel.named("studio")
                    .withTitle("Étude “1”")
                    .withSettings(
                        SettingsChange.none()
                            .withGrace(Duration.ofMinutes(1))
                            .withPart(Duration.ofMillis(100))));

    assertThat(made.key()).isEqualTo("mk_secret");
    assertThat(made.channel().name()).isEqualTo("studio");
    assertThat(made.channel().createdAt()).isEqualTo(Instant.parse("2026-01-02T03:04:05.678901Z"));
    assertThat(made.toString()).doesNotContain("mk_secret");
    assertThat(api.request().method()).isEqualTo("POST");
    assertThat(api.request().target()).isEqualTo("/api/v1/channels");
    assertThat(api.request().header("Authorization")).isEqualTo("Bearer mat_secret");
    assertThat(api.request().header("Content-type")).isEqualTo("application/json");
    assertThat(api.request().body())
        .isEqualTo(
            "{\"name\":\"studio\",\"title\":\"Étude “1”\","
                + "\"settings\":{\"partMs\":100,\"graceMs\":60000}}");
  }

  @Test
  void readsEverythingOfAChannelAndPassesOverWhatItDoesNotKnow() {
    api.answer(FakeApi.json(200, Samples.liveChannel()));

    Channel channel = client.channels().get("main");

    assertThat(channel)
        .isEqualTo(
            new Channel(
                Samples.ID,
                "main",
                "",
                Instant.parse("2026-01-02T03:04:05Z"),
                "mk_1…",
                new ChannelSettings(
                    Duration.ofMillis(100),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(6),
                    Duration.ZERO),
                new PublishAddresses("rtmp://localhost/live", null, "rtmp://localhost/live", null),
                new WatchAddresses(
                    URI.create("http://localhost:8080/live/main/index.m3u8"),
                    null,
                    URI.create("http://localhost:8090/watch/main")),
                new Live(
                    Live.State.LIVE,
                    UUID.fromString("019a0000-0000-7000-8000-000000000001"),
                    Instant.parse("2026-01-02T03:05:00Z"),
                    12,
                    3_000_000_000L,
                    Duration.ofNanos(6_300_000),
                    List.of(
                        new Track(
                            Track.Kind.VIDEO,
                            "avc1.64001f",
                            1280,
                            720,
                            29.97,
                            Duration.ofSeconds(2),
                            null,
                            null,
                            2_800_000L),
                        new Track(
                            Track.Kind.UNKNOWN, "none", null, null, null, null, null, null, null)),
                    "192.0.2.1 OBS",
                    List.of("Set the keyframe interval to 2 s."))));
    assertThat(channel.live().isOnAir()).isTrue();
  }

  @Test
  void listsPageByPage() {
    api.answer(
        exchange -> {
          String query = exchange.getRequestURI().getQuery();
          String body =
              query.contains("after=b")
                  ? "{\"channels\":[%s],\"next\":null}".formatted(Samples.channel("c"))
                  : "{\"channels\":[%s,%s],\"next\":\"b\"}"
                      .formatted(Samples.channel("a"), Samples.channel("b"));
          FakeApi.json(200, body).to(exchange);
        });

    assertThat(client.channels().list()).extracting(Channel::name).containsExactly("a", "b", "c");
    assertThat(client.asyncChannels().list().join())
        .extracting(Channel::name)
        .containsExactly("a", "b", "c");
    assertThat(api.requests())
        .extracting(FakeApi.Request::target)
        .containsExactly(
            "/api/v1/channels?limit=500",
            "/api/v1/channels?limit=500&after=b",
            "/api/v1/channels?limit=500",
            "/api/v1/channels?limit=500&after=b");
    ChannelPage page = client.channels().page(2, null);
    assertThat(page.next()).isEqualTo("b");
    assertThat(page.channels()).hasSize(2);
    assertThat(api.request().target()).isEqualTo("/api/v1/channels?limit=2");
  }

  @Test
  void pagesThatDoNotEndAreRefused() {
    api.answer(FakeApi.json(200, "{\"channels\":[],\"next\":\"b\"}"));

    assertThatThrownBy(() -> client.channels().list())
        .isInstanceOf(MalformedAnswerException.class)
        .hasMessageContaining("do not end");
    assertThatThrownBy(() -> client.asyncChannels().list().join())
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(MalformedAnswerException.class);
  }

  @Test
  void everyOtherCallIsSentAsTheContractSays() {
    api.answer(FakeApi.json(200, Samples.channelWithKey("studio")));

    assertSent("GET /api/v1/channels/studio ", channels -> channels.get("studio"));
    assertSent("POST /api/v1/channels/studio/key ", channels -> channels.rotateKey("studio"));
    assertSent("POST /api/v1/channels/studio/end ", channels -> channels.end("studio"));
    assertSent(
        "PATCH /api/v1/channels/studio"
            + " {\"name\":\"b\",\"title\":\"\",\"settings\":{\"windowMs\":12000}}",
        channels ->
            channels.update(
                "studio",
                ChannelChange.none()
                    .withName("b")
                    .withTitle("")
                    .withSettings(SettingsChange.none().withWindow(Duration.ofSeconds(12)))));
    api.answer(FakeApi.of(204, "application/json", ""));
    assertSent(
        "DELETE /api/v1/channels/studio ",
        channels -> {
          channels.delete("studio");
          return "";
        });
    assertThat(client.asyncChannels().delete("studio").join()).isNull();
    assertThat(api.requests()).allMatch(each -> each.header("Authorization").contains("mat_"));
  }

  @Test
  void marksADateRange() {
    api.answer(
        FakeApi.json(
            202,
            "{\"id\":\"r-1\",\"class\":\"com.example.ad\",\"start\":\"2026-01-02T03:04:05.678Z\","
                + "\"durationSeconds\":1.5,\"attributes\":{\"X-A\":\"b\",\"X-N\":1.25,\"X-W\":3}}"));
    DateRangeRequest request =
        DateRangeRequest.now()
            .withClass("com.example.ad")
            .withStart(Instant.parse("2026-01-02T03:04:05.6781Z"))
            .withDuration(Duration.ofMillis(1_500))
            .withPlannedDuration(Duration.ofSeconds(90))
            .withAttribute("X-N", new BigDecimal("1.25"))
            .withAttribute("X-A", "b");

    DateRange marked = client.channels().mark("studio", request);

    assertThat(api.request().method()).isEqualTo("POST");
    assertThat(api.request().target()).isEqualTo("/api/v1/channels/studio/date-ranges");
    assertThat(api.request().body())
        .isEqualTo(
            "{\"class\":\"com.example.ad\",\"start\":\"2026-01-02T03:04:05.678100Z\","
                + "\"durationSeconds\":1.5,\"plannedDurationSeconds\":90,"
                + "\"attributes\":{\"X-A\":\"b\",\"X-N\":1.25}}");
    assertThat(marked)
        .isEqualTo(
            new DateRange(
                "r-1",
                "com.example.ad",
                Instant.parse("2026-01-02T03:04:05.678Z"),
                Duration.ofMillis(1_500),
                null,
                Map.of("X-A", "b", "X-N", new BigDecimal("1.25"), "X-W", BigDecimal.valueOf(3))));
    assertThat(client.asyncChannels().mark("studio", DateRangeRequest.now()).join())
        .isEqualTo(marked);
    assertThat(api.request().body()).isEqualTo("{}");
    assertThatThrownBy(() -> DateRangeRequest.now().withDuration(Duration.ofNanos(-1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new DateRangeRequest(null, null, null, null, Map.of("X-A", 1)))
        .hasMessage("X-A: 1 (expected: a String or a BigDecimal)");
    api.answer(FakeApi.json(202, "{\"id\":\"r\",\"start\":\"2026-01-02T03:04:05Z\"}"));
    assertThatThrownBy(() -> client.channels().mark("studio", request))
        .isInstanceOf(MalformedAnswerException.class)
        .hasMessageContaining("attributes");
  }

  @Test
  void issuesATokenForViewers() {
    api.answer(
        FakeApi.json(
            201,
            "{\"token\":\"AQcC\",\"id\":\"5eed\",\"channel\":\"00000000-0000-0000-0000-000000000001\","
                + "\"expiresAt\":\"2026-01-02T03:04:05Z\",\"session\":\"viewer-42\","
                + "\"watch\":{\"hls\":\"http://edge:8080/t/AQcC/live/studio/index.m3u8\"}}"));
    ViewerTokenRequest request =
        ViewerTokenRequest.lasting(Duration.ofMinutes(10))
            .withSession("viewer-42")
            .withAddress("203.0.113.0/24");

    ViewerToken token = client.channels().issueToken("studio", request);

    assertThat(api.request().method()).isEqualTo("POST");
    assertThat(api.request().target()).isEqualTo("/api/v1/channels/studio/tokens");
    assertThat(api.request().body())
        .isEqualTo(
            "{\"expiresInSeconds\":600,\"session\":\"viewer-42\",\"address\":\"203.0.113.0/24\"}");
    assertThat(token)
        .isEqualTo(
            new ViewerToken(
                "AQcC",
                "5eed",
                new UUID(0, 1),
                Instant.parse("2026-01-02T03:04:05Z"),
                "http://edge:8080/t/AQcC/live/studio/index.m3u8",
                null));
    assertThat(client.asyncChannels().issueToken("studio", request).join()).isEqualTo(token);
  }

  private void assertSent(String expected, Function<Channels, Object> call) {
    assertThat(call.apply(client.channels())).isNotNull();
    FakeApi.Request request = api.request();
    assertThat(request.method() + " " + request.target() + " " + request.body())
        .isEqualTo(expected);
  }

  @Test
  void everyAsyncCallIsTheSame() {
    api.answer(FakeApi.json(200, Samples.channelWithKey("studio")));
    AsyncChannels channels = client.asyncChannels();

    assertThat(channels.create(NewChannel.named("studio")).join().key()).isEqualTo("mk_secret");
    assertThat(channels.rotateKey("studio").join().key()).isEqualTo("mk_secret");
    assertThat(channels.get("studio").join()).isEqualTo(client.channels().get("studio"));
    assertThat(channels.end("studio").join().name()).isEqualTo("studio");
    assertThat(channels.update("studio", ChannelChange.none()).join().name()).isEqualTo("studio");
    api.answer(FakeApi.json(200, "{\"channels\":[]}"));
    assertThat(channels.page(1, "x").join().channels()).isEmpty();
    assertThat(api.request().target()).isEqualTo("/api/v1/channels?limit=1&after=x");
  }

  @Test
  void aNameIsOneSegmentOfThePath() {
    api.answer(FakeApi.problem(404, "urn:millrace:problem:not-found", "There is none"));

    assertThatThrownBy(() -> client.channels().get("a b/../ü?c#d%2F"))
        .isInstanceOf(ProblemException.NotFound.class);
    assertThat(api.request().target())
        .isEqualTo("/api/v1/channels/a%20b%2F..%2F%C3%BC%3Fc%23d%252F");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", ".", ".."})
  void aNameThatWouldBeAnotherPathIsRefused(String name) {
    assertThatThrownBy(() -> client.channels().get(name))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> client.asyncChannels().watch(name, event -> {}))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(api.requests()).isEmpty();
  }

  @Test
  void wrongArgumentsAreRefusedAtOnce() {
    assertThatThrownBy(() -> client.channels().page(0, null))
        .hasMessage("limit: 0 (expected: 1 to 500)");
    assertThatThrownBy(() -> client.asyncChannels().page(501, null))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SettingsChange.none().withPart(Duration.ofNanos(1)))
        .hasMessageContaining("part: PT0.000000001S");
    assertThatThrownBy(() -> SettingsChange.none().withGrace(Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> client.channels().create(null))
        .isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> NewChannel.named(null)).isInstanceOf(NullPointerException.class);
    assertThat(api.requests()).isEmpty();
  }

  @Test
  void theApiMayBeBelowAPath() throws Exception {
    api.answer(FakeApi.json(200, Samples.channel("studio")));
    try (MillraceClient below =
        api.client().baseUri(URI.create(api.uri() + "/streams/control")).build()) {
      assertThat(below.channels().get("studio").name()).isEqualTo("studio");
      assertThat(below.baseUri().toString()).endsWith("/streams/control/");
    }
    assertThat(api.request().target()).isEqualTo("/streams/control/api/v1/channels/studio");
  }
}
