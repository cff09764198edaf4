package io.millrace.delivery;

import static org.awaitility.Awaitility.await;

import io.millrace.control.token.TokenTrust;
import io.millrace.delivery.http.PartHeads;
import io.millrace.fabric.FeedMessage;
import io.millrace.media.index.PartKey;
import io.millrace.window.PublishedStream;
import io.millrace.window.Windows;
import io.millrace.window.store.PartStoreConfig;
import io.netty.util.LeakPresenceDetector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/**
 * One channel, {@code show}, behind a real server on a free port; the test's thread is the agent.
 */
final class Served implements AutoCloseable {
  final PublishedStream stream;
  final Windows windows;
  final WatchedChannel channel;
  final DeliveryServer server;
  final PrometheusRegistry registry = new PrometheusRegistry();
  volatile double heldShare;
  volatile TokenTrust trust = TokenTrust.NONE;
  final Queue<PartKey> wanted = new ConcurrentLinkedQueue<>();
  private final HttpClient http1;
  private final HttpClient http2;

  Served(DeliveryConfig.Builder config, int windowSegments) {
    this(config, windowSegments, PartStoreConfig.defaults());
  }

  Served(DeliveryConfig.Builder config, int windowSegments, PartStoreConfig store) {
    stream = new PublishedStream(PublishedStream.channelId(1), windowSegments);
    PartHeads heads = new PartHeads(Clock.systemUTC());
    windows = new Windows(stream.channel(), store, heads);
    DeliveryMetrics metrics = new DeliveryMetrics(registry);
    DeliveryConfig built = config.host("127.0.0.1").port(0).build();
    ViewerLimits limits =
        new ViewerLimits(built.maxViewers(), built.maxViewersPerAddress(), metrics);
    channel = new WatchedChannel(stream.channel(), wanted::add, metrics, limits, System.nanoTime());
    windows.window.addListener(() -> channel.view(windows.window.view()));
    server =
        DeliveryServer.start(built, new OneChannel(), metrics, Clock.systemUTC(), () -> heldShare);
    http1 = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    http2 = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
  }

  private final class OneChannel implements Channels {
    @Override
    public Found find(String name) {
      return switch (name) {
        case "show" -> new Found.Watched(channel);
        case "early" -> Found.NOT_KNOWN_YET;
        default -> Found.UNKNOWN;
      };
    }

    @Override
    public TokenTrust tokens() {
      return trust;
    }
  }

  Served() {
    this(DeliveryConfig.builder());
  }

  Served(DeliveryConfig.Builder config) {
    this(config, 30);
  }

  /** On air with so many segments and parts. */
  Served onAir(int segments, int parts) {
    windows.feed(stream.open()).feed(stream.segments(segments)).feed(stream.parts(parts));
    channel.status(WatchedChannel.Status.FOLLOWING);
    return this;
  }

  void feed(List<? extends FeedMessage> messages) {
    windows.feed(messages);
  }

  /** An address below the rendition. */
  String path(String rendition, String file) {
    return "/live/show/" + stream.timeline() + "/" + rendition + "/" + file;
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
        .timeout(Duration.ofSeconds(20));
  }

  HttpResponse<String> get(String path) {
    return send(request(path).build());
  }

  HttpResponse<String> send(HttpRequest request) {
    try {
      return http1.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(path("", request.uri().toString()), e);
    }
  }

  HttpResponse<byte[]> bytes(HttpRequest request) {
    try {
      return http1.send(request, HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(request.uri().toString(), e);
    }
  }

  CompletableFuture<HttpResponse<String>> later(String path) {
    return http1.sendAsync(request(path).build(), HttpResponse.BodyHandlers.ofString());
  }

  CompletableFuture<HttpResponse<byte[]>> laterBytes(String path) {
    return http1.sendAsync(request(path).build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  CompletableFuture<HttpResponse<byte[]>> laterBytesHttp2(HttpRequest request) {
    return http2.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray());
  }

  CompletableFuture<HttpResponse<String>> laterHttp2(String path) {
    return http2.sendAsync(request(path).build(), HttpResponse.BodyHandlers.ofString());
  }

  /** How many requests wait. */
  double waiters() {
    return gauge("waiters");
  }

  double gauge(String name) {
    return points(name)
        .mapToDouble(point -> ((GaugeSnapshot.GaugeDataPointSnapshot) point).getValue())
        .sum();
  }

  /** Connections that the server closed for this reason. */
  double closed(String reason) {
    return counted("connections_closed", "reason", reason);
  }

  /** A counter's sum where it has these labels: name, value and so on. */
  double counted(String name, String... labels) {
    return points(name)
        .filter(point -> has(point.getLabels(), labels))
        .mapToDouble(point -> ((CounterSnapshot.CounterDataPointSnapshot) point).getValue())
        .sum();
  }

  private static boolean has(Labels labels, String... wanted) {
    for (int i = 0; i < wanted.length; i += 2) {
      if (!wanted[i + 1].equals(labels.get(wanted[i]))) {
        return false;
      }
    }
    return true;
  }

  private Stream<? extends DataPointSnapshot> points(String name) {
    return registry.scrape(each -> each.equals("millrace_delivery_" + name)).stream()
        .flatMap(snapshot -> snapshot.getDataPoints().stream());
  }

  Http2Client http2Client() throws IOException {
    return new Http2Client(server.port());
  }

  @Override
  public void close() {
    http1.shutdownNow();
    http2.shutdownNow();
    server.close();
    channel.close();
    windows.close();
    await().atMost(Duration.ofSeconds(5)).untilAsserted(LeakPresenceDetector::check);
  }
}
