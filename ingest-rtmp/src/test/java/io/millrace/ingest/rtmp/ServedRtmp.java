package io.millrace.ingest.rtmp;

import static org.awaitility.Awaitility.await;

import io.millrace.control.link.DirectoryChannel;
import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.Follower;
import io.millrace.ingest.FakeFabric;
import io.millrace.ingest.FakeFollower;
import io.millrace.ingest.FakeNodeDirectory;
import io.millrace.ingest.FakeNodeReports;
import io.millrace.ingest.Ingest;
import io.millrace.ingest.IngestConfig;
import io.millrace.ingest.rtmp.chunk.ChunkLimits;
import io.millrace.ingest.rtmp.message.AmfLimits;
import io.millrace.ingest.rtmp.session.SessionConfig;
import io.millrace.media.channel.ChannelId;
import io.netty.util.LeakPresenceDetector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import java.time.Duration;

/** Runs an RTMP server whose channels a fake packager follows: channel demo with the key secret. */
final class ServedRtmp implements AutoCloseable {
  static final Duration SOON = Duration.ofSeconds(60);
  static final DirectoryChannel DEMO = FakeNodeDirectory.channel("demo", "secret");

  final FakeFabric fabric = FakeFabric.threaded();
  final FakeNodeDirectory channels = new FakeNodeDirectory();
  final FakeFollower packager = new FakeFollower();
  final PrometheusRegistry registry = new PrometheusRegistry();
  final Ingest ingest;
  final RtmpServer server;

  ServedRtmp() {
    channels.put(DEMO);
    ingest = new Ingest(IngestConfig.defaults(), fabric, channels, new FakeNodeReports(), registry);
    server = RtmpServer.start(config(Duration.ofMillis(100)), ingest, registry);
    fabric.execute(() -> fabric.source().attach(new FollowingFollower()));
  }

  @Override
  public void close() {
    ingest.close();
    server.close();
    fabric.close();
    await().atMost(Duration.ofSeconds(5)).untilAsserted(LeakPresenceDetector::check);
  }

  String url(String path) {
    return "rtmp://127.0.0.1:" + server.port() + path;
  }

  double counter(String name) {
    return value(registry, name);
  }

  /** A counter or a gauge, over its labels. */
  static double value(PrometheusRegistry registry, String name) {
    return registry.scrape(name::equals).stream()
        .flatMap(snapshot -> snapshot.getDataPoints().stream())
        .mapToDouble(
            point ->
                switch (point) {
                  case CounterSnapshot.CounterDataPointSnapshot counter -> counter.getValue();
                  case GaugeSnapshot.GaugeDataPointSnapshot gauge -> gauge.getValue();
                  default -> throw new AssertionError(name + " is " + point);
                })
        .sum();
  }

  double protocolErrors(String kind) {
    return registry.scrape("millrace_rtmp_protocol_errors"::equals).stream()
        .flatMap(snapshot -> snapshot.getDataPoints().stream())
        .filter(point -> kind.equals(point.getLabels().get("kind")))
        .mapToDouble(point -> ((CounterSnapshot.CounterDataPointSnapshot) point).getValue())
        .sum();
  }

  /** Errors of what passed a limit, by the setting's key. */
  double beyond(String limit) {
    return registry.scrape("millrace_rtmp_protocol_errors"::equals).stream()
        .flatMap(snapshot -> snapshot.getDataPoints().stream())
        .filter(point -> limit.equals(point.getLabels().get("limit")))
        .mapToDouble(point -> ((CounterSnapshot.CounterDataPointSnapshot) point).getValue())
        .sum();
  }

  /** Follows each channel that is announced, as a packager does. */
  private final class FollowingFollower implements Follower {
    @Override
    public void send(FeedMessage message) {
      packager.send(message);
      if (message instanceof FeedMessage.Announced(ChannelId channel, var _)) {
        fabric.execute(() -> fabric.source().follow(channel, 0, packager));
      }
    }
  }

  /** Patient, so that a busy machine fails no test, but with keys that are not known. */
  static RtmpConfig config(Duration keyTimeout) {
    return new RtmpConfig(
        "",
        0,
        100,
        100,
        ChunkLimits.defaults(),
        64 << 20,
        new SessionConfig(
            SOON,
            SOON,
            keyTimeout,
            SOON,
            SOON,
            Duration.ofSeconds(5),
            Duration.ofSeconds(1),
            65_536,
            2_500_000,
            600,
            200,
            120,
            AmfLimits.defaults()));
  }
}
