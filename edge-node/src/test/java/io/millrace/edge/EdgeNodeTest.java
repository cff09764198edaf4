package io.millrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.control.link.ChannelReport;
import io.millrace.control.link.DirectoryChannel;
import io.millrace.control.link.DirectoryNode;
import io.millrace.control.link.MarkedRange;
import io.millrace.control.link.NodeDirectory;
import io.millrace.control.link.Role;
import io.millrace.control.token.TokenClaims;
import io.millrace.control.token.TokenFormat;
import io.millrace.control.token.TokenKey;
import io.millrace.control.token.TokenKeys;
import io.millrace.control.token.TokenPolicy;
import io.millrace.control.token.TokenScope;
import io.millrace.control.token.TokenTrust;
import io.millrace.delivery.DeliveryConfig;
import io.millrace.fabric.Feed;
import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.FeedSource;
import io.millrace.fabric.Follower;
import io.millrace.fabric.NodeAddress;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.index.PartKey;
import io.millrace.window.FakeFabric;
import io.millrace.window.PublishedStream;
import io.millrace.window.ReplayingSource;
import io.netty.util.LeakPresenceDetector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EdgeNodeTest {
  private static final NodeAddress ORIGIN = new NodeAddress.Udp("origin", 8092);

  private final ChannelId channel = PublishedStream.channelId(1);
  private final PublishedStream stream = new PublishedStream(channel, 10);
  private final FakeFabric fabric = new FakeFabric();
  private final ReplayingSource origin = new ReplayingSource(Feed.WINDOW);
  private final Queue<ChannelReport> reports = new ConcurrentLinkedQueue<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private final OneChannel directory = new OneChannel(channel.value());
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private EdgeNode edge;

  /** Knows one channel, {@code show}. */
  private static final class OneChannel implements NodeDirectory {
    private final UUID id;
    private volatile DirectoryChannel only;
    private volatile TokenTrust trust = TokenTrust.NONE;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile boolean known = true;

    OneChannel(UUID id) {
      this.id = id;
      only = channel(TokenPolicy.OPEN);
    }

    void change(TokenPolicy policy, TokenTrust newTrust) {
      trust = newTrust;
      only = channel(policy);
      listeners.forEach(Runnable::run);
    }

    @Override
    public TokenTrust tokens() {
      return trust;
    }

    private DirectoryChannel channel(TokenPolicy policy) {
      return new DirectoryChannel(
          id,
          "show",
          1,
          List.of(),
          Duration.ofMillis(200),
          Duration.ofSeconds(1),
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          policy);
    }

    @Override
    public boolean isKnown() {
      return known;
    }

    @Override
    public Optional<DirectoryChannel> channel(String nameOrId) {
      if (!known) {
        return Optional.empty();
      }
      boolean named = nameOrId.equals(only.name()) || nameOrId.equals(only.id().toString());
      return named ? Optional.of(only) : Optional.empty();
    }

    @Override
    public Optional<DirectoryChannel> channel(UUID id) {
      return channel(id.toString());
    }

    @Override
    public Optional<DirectoryChannel> channelByKeyHash(String keyHash) {
      return Optional.empty();
    }

    @Override
    public List<DirectoryNode> nodes(Role role) {
      return List.of();
    }

    @Override
    public void onChange(Runnable listener) {
      listeners.add(listener);
    }

    @Override
    public void onEndBroadcast(Consumer<UUID> listener) {}

    @Override
    public void onDateRange(Consumer<MarkedRange> listener) {}
  }

  @BeforeEach
  void start() {
    EdgeConfig defaults = EdgeConfig.defaults();
    edge =
        EdgeNode.start(
            new EdgeConfig(
                DeliveryConfig.builder().host("127.0.0.1").port(0).build(),
                defaults.maxChannels(),
                Duration.ofSeconds(2),
                defaults.endedRetention(),
                defaults.store()),
            fabric,
            directory,
            reports::add,
            registry);
    edge.upstreams(Set.of(ORIGIN));
  }

  @AfterEach
  void stop() {
    http.shutdownNow();
    edge.close();
    fabric.close();
    await().atMost(Duration.ofSeconds(5)).untilAsserted(LeakPresenceDetector::check);
  }

  private void publish(List<FeedMessage> messages) {
    fabric.inAgent(() -> origin.publish(channel, messages));
  }

  /** The origin has the channel before the link to it is up: it never says that it has not. */
  private void onAir() {
    publish(stream.open());
    publish(stream.segments(3));
    publish(stream.parts(2));
    fabric.up(ORIGIN, origin);
  }

  private HttpRequest request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + edge.port() + path)).build();
  }

  private HttpResponse<String> get(String path) {
    try {
      return http.send(request(path), HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(path, e);
    }
  }

  private String media(String file) {
    return "/live/show/" + stream.timeline() + "/v1/" + file;
  }

  @Test
  void answersTheFirstViewerFromTheSnapshot() {
    onAir();

    HttpResponse<String> multivariant = get("/live/show/index.m3u8");

    assertThat(multivariant.statusCode()).isEqualTo(200);
    assertThat(multivariant.body()).contains(stream.timeline() + "/v1/index.m3u8");
    assertThat(get("/live/" + channel + "/index.m3u8").body()).isEqualTo(multivariant.body());
    assertThat(get(media("index.m3u8")).body()).contains("3.1.m4s");
    assertThat(get(media("2.m4s")).headers().firstValue("content-length")).contains("20000");
  }

  @Test
  void pushesLivePartsToWaitingViewers() {
    onAir();
    assertThat(get(media("index.m3u8")).statusCode()).isEqualTo(200);

    CompletableFuture<HttpResponse<String>> waiting =
        http.sendAsync(
            request(media("index.m3u8?_HLS_msn=3&_HLS_part=2")),
            HttpResponse.BodyHandlers.ofString());
    publish(stream.part());

    assertThat(waiting.join().body()).contains("3.2.m4s\"\n");
  }

  /** As the directory says it, also to who waits meanwhile. */
  @Test
  void wantsTokensWhereTheDirectorySaysSo() {
    onAir();
    TokenKey key = new TokenKey(1, new byte[32]);
    TokenKeys keys = new TokenKeys(List.of(key));
    TokenPolicy policy = new TokenPolicy(/* required= */ true, Set.of(), 0);
    long inAnHour = System.currentTimeMillis() / 1_000 + 3_600;
    TokenClaims claims =
        new TokenClaims(
            new TokenScope.OfChannel(channel.value()),
            new TokenClaims.Times(0, inAnHour),
            "5eed",
            "",
            null,
            "");
    String token = "/t/" + TokenFormat.write(claims, key);
    assertThat(get("/live/show/index.m3u8").statusCode()).isEqualTo(200);

    directory.change(policy, new TokenTrust(keys, Set.of(), Set.of()));

    assertThat(get("/live/show/index.m3u8").statusCode()).isEqualTo(403);
    assertThat(get("/live/" + channel + "/index.m3u8").statusCode()).isEqualTo(403);
    assertThat(get(token + "/live/show/index.m3u8").statusCode()).isEqualTo(200);
    assertThat(get(token + "/live/" + channel + "/index.m3u8").statusCode()).isEqualTo(200);
    CompletableFuture<HttpResponse<String>> waiting =
        http.sendAsync(
            request(token + media("index.m3u8?_HLS_msn=3&_HLS_part=2")),
            HttpResponse.BodyHandlers.ofString());

    directory.change(policy, new TokenTrust(keys, Set.of("5eed"), Set.of()));

    assertThat(waiting.join().statusCode()).isEqualTo(403);
    directory.change(TokenPolicy.OPEN, TokenTrust.NONE);
    assertThat(get("/live/show/index.m3u8").statusCode()).isEqualTo(200);
  }

  @Test
  void namesAChannelThatIsUnknownOrNotOnAir() {
    fabric.up(ORIGIN, origin);

    HttpResponse<String> unknown = get("/live/nobody/index.m3u8");
    HttpResponse<String> offAir = get("/live/show/index.m3u8");

    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(unknown.body()).isEqualTo("channel nobody: unknown\n");
    assertThat(offAir.statusCode()).isEqualTo(404);
    assertThat(offAir.body()).isEqualTo("channel show: not on air\n");
    assertThat(offAir.headers().firstValue("cache-control")).contains("public, max-age=1");
    onAir();
    await()
        .untilAsserted(() -> assertThat(get("/live/show/index.m3u8").statusCode()).isEqualTo(200));
  }

  @Test
  void doesNotSayThatAChannelIsUnknownBeforeThereIsADirectory() {
    onAir();
    directory.known = false;

    HttpResponse<String> early = get("/live/show/index.m3u8");

    assertThat(early.statusCode()).isEqualTo(503);
    assertThat(early.headers().firstValue("retry-after")).contains("1");
    assertThat(early.body())
        .isEqualTo("channel show: not known yet, this edge waits for the directory\n");
    directory.known = true;
    assertThat(get("/live/show/index.m3u8").statusCode()).isEqualTo(200);
    assertThat(get("/live/nobody/index.m3u8").statusCode()).isEqualTo(404);
  }

  @Test
  void doesNotSayThatAChannelIsOffAirBeforeEveryOriginSaysSo() {
    NodeAddress other = new NodeAddress.Udp("other-origin", 8092);
    ReplayingSource empty = new ReplayingSource(Feed.WINDOW);
    fabric.up(ORIGIN, empty);
    assertThat(get("/live/show/index.m3u8").statusCode()).isEqualTo(404);

    edge.upstreams(Set.of(ORIGIN, other));
    await()
        .untilAsserted(() -> assertThat(get("/live/show/index.m3u8").statusCode()).isEqualTo(503));

    fabric.up(other, new ReplayingSource(Feed.WINDOW));
    await()
        .untilAsserted(() -> assertThat(get("/live/show/index.m3u8").statusCode()).isEqualTo(404));
    fabric.down(ORIGIN);
    assertThat(get("/live/show/index.m3u8").statusCode()).isEqualTo(503);
  }

  /** As an origin does that does not know yet whether the channel is on air. */
  private static final class SilentSource implements FeedSource {
    @Override
    public Feed feed() {
      return Feed.WINDOW;
    }

    @Override
    public void attach(Follower follower) {}

    @Override
    public void detach(Follower follower) {}

    @Override
    public void follow(ChannelId channel, long fromNumber, Follower follower) {}

    @Override
    public void unfollow(ChannelId channel, Follower follower) {}

    @Override
    public void fetch(ChannelId channel, PartKey key, Follower follower) {}
  }

  @Test
  void leavesAnOriginThatDoesNotKnowForOneThatHasTheChannel() {
    NodeAddress other = new NodeAddress.Udp("other-origin", 8092);
    edge.upstreams(Set.of(ORIGIN, other));
    fabric.up(other, new SilentSource());
    CompletableFuture<HttpResponse<String>> waiting =
        http.sendAsync(request("/live/show/index.m3u8"), HttpResponse.BodyHandlers.ofString());

    onAir();

    assertThat(waiting.join().statusCode()).isEqualTo(200);
  }

  @Test
  void waitsForAnOriginForABoundedTime() {
    HttpResponse<String> unreachable = get("/live/show/index.m3u8");

    assertThat(unreachable.statusCode()).isEqualTo(503);
    assertThat(unreachable.headers().firstValue("retry-after")).contains("1");
    assertThat(unreachable.body()).startsWith("channel show: ");
    CompletableFuture<HttpResponse<String>> waiting =
        http.sendAsync(request("/live/show/index.m3u8"), HttpResponse.BodyHandlers.ofString());
    onAir();
    assertThat(waiting.join().statusCode()).isEqualTo(200);
  }

  @Test
  void goesOnWithWhatItHasWhileTheLinkIsDown() {
    onAir();
    assertThat(get(media("index.m3u8")).statusCode()).isEqualTo(200);

    fabric.down(ORIGIN);
    assertThat(get(media("index.m3u8")).body()).contains("3.1.m4s");
    assertThat(get(media("1.m4s")).statusCode()).isEqualTo(200);
    fabric.inAgent(() -> origin.publish(channel, stream.parts(4)));
    fabric.up(ORIGIN, origin);

    await().untilAsserted(() -> assertThat(get(media("index.m3u8")).body()).contains("4.0.m4s"));
  }

  @Test
  void fetchesOlderBytesWhenTheyAreAskedFor() {
    fabric.inAgent(() -> origin.push(key -> key.msn() >= 2));
    onAir();
    assertThat(get(media("index.m3u8")).statusCode()).isEqualTo(200);

    assertThat(get(media("0.m4s")).headers().firstValue("content-length")).contains("20000");
    assertThat(get(media("1.3.m4s")).statusCode()).isEqualTo(200);
    fabric.inAgent(() -> assertThat(origin.fetched()).hasSize(6));
  }

  @Test
  void countsAViewerOnceAndReports() {
    onAir();
    for (int i = 0; i < 4; i++) {
      get(media("index.m3u8"));
      get("/live/show/" + stream.timeline() + "/a2/index.m3u8");
    }
    publish(stream.part());

    await()
        .atMost(Duration.ofSeconds(5))
        .untilAsserted(
            () ->
                assertThat(reports)
                    .anySatisfy(
                        report -> {
                          assertThat(report.role()).isEqualTo(Role.EDGE);
                          assertThat(report.viewers()).isEqualTo(1);
                          assertThat(report.latencyMs()).isPositive();
                        }));
  }

  @Test
  void leavesAChannelThatNobodyAsksFor() {
    onAir();
    get("/live/show/index.m3u8");
    fabric.inAgent(() -> assertThat(origin.followers(channel)).isEqualTo(1));

    await()
        .atMost(Duration.ofSeconds(8))
        .untilAsserted(() -> fabric.inAgent(() -> assertThat(origin.followers(channel)).isZero()));
    assertThat(get("/live/show/index.m3u8").statusCode()).isEqualTo(200);
  }

  @Test
  void showsTheNextBroadcastAtTheChannelsAddress() {
    onAir();
    String first = stream.timeline().toString();
    publish(stream.end());
    assertThat(get(media("index.m3u8")).body()).endsWith("#EXT-X-ENDLIST\n");
    String ended = media("index.m3u8");

    publish(stream.openNext());
    publish(stream.parts(2));

    assertThat(get("/live/show/index.m3u8").body())
        .contains(stream.timeline() + "/v1")
        .doesNotContain(first);
    assertThat(get(ended).body()).endsWith("#EXT-X-ENDLIST\n");
  }

  @Test
  void answersThoseWhoWaitWhenItStopsAndLetsGoOfAll() throws Exception {
    onAir();
    assertThat(get(media("index.m3u8")).statusCode()).isEqualTo(200);
    HttpRequest next = request(media("index.m3u8?_HLS_msn=3&_HLS_part=2"));
    HttpRequest overHttp1 =
        HttpRequest.newBuilder(next, (name, value) -> true)
            .version(HttpClient.Version.HTTP_1_1)
            .build();
    List<CompletableFuture<HttpResponse<String>>> waiting =
        List.of(
            http.sendAsync(next, HttpResponse.BodyHandlers.ofString()),
            http.sendAsync(overHttp1, HttpResponse.BodyHandlers.ofString()));
    await().until(() -> waiters() == 2);

    edge.close();

    for (CompletableFuture<HttpResponse<String>> each : waiting) {
      assertThat(each.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(503);
    }
    fabric.inAgent(() -> assertThat(origin.followers(channel)).isZero());
  }

  private double waiters() {
    return registry.scrape(name -> name.equals("millrace_delivery_waiters")).stream()
        .flatMap(snapshot -> snapshot.getDataPoints().stream())
        .mapToDouble(point -> ((GaugeDataPointSnapshot) point).getValue())
        .sum();
  }
}
