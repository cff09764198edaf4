package io.millrace.bench.fuzz;

import io.millrace.delivery.Channels;
import io.millrace.delivery.DeliveryConfig;
import io.millrace.delivery.DeliveryMetrics;
import io.millrace.delivery.ViewerLimits;
import io.millrace.delivery.WatchedChannel;
import io.millrace.delivery.http.LoopDelivery;
import io.millrace.delivery.http.ProtocolSelector;
import io.millrace.limits.AddressRate;
import io.millrace.limits.FairBudget;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import java.time.Clock;
import java.util.concurrent.TimeUnit;

/**
 * A viewer's connection at an edge of which the limits are low, and what must be true of it: while
 * it is open it keeps within them, and when it is closed nothing is left of it.
 */
final class ViewerConnection implements AutoCloseable {
  private static final int MOST_STREAMS = 16;
  private static final DeliveryConfig CONFIG =
      DeliveryConfig.builder()
          .maxStreams(MOST_STREAMS)
          .maxResetsPerWindow(50)
          .maxHeldBytes(64 << 10)
          .maxAllOwnBytes(64 << 10)
          .build();

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final FairBudget budget = new FairBudget(CONFIG.maxAllOwnBytes(), () -> 1);
  private final EmbeddedChannel channel = new EmbeddedChannel();

  /** Not the connection's own, which ends its timers when it closes: the server's goes on. */
  private final EmbeddedChannel loop = new EmbeddedChannel();

  private final WatchedChannel shown;
  private final LoopDelivery delivery;

  ViewerConnection() {
    DeliveryMetrics metrics = new DeliveryMetrics(registry);
    shown =
        new WatchedChannel(
            ShownChannel.LIVE.id(),
            _ -> {},
            metrics,
            new ViewerLimits(/* maxOfChannel= */ 4, /* maxOfAddress= */ 3, metrics),
            System.nanoTime());
    shown.view(ShownChannel.LIVE.before());
    shown.status(WatchedChannel.Status.FOLLOWING);
    loop.freezeTime();
    delivery =
        new LoopDelivery(
            loop.eventLoop(),
            CONFIG,
            this::find,
            metrics,
            new LoopDelivery.Node(Clock.systemUTC(), () -> 0, budget));
    delivery.start();
    channel.pipeline().addLast(new ProtocolSelector(delivery, AddressRate.unlimited()));
  }

  private Channels.Found find(String name) {
    return switch (name) {
      case "show" -> new Channels.Found.Watched(shown);
      case "early" -> Channels.Found.NOT_KNOWN_YET;
      default -> Channels.Found.UNKNOWN;
    };
  }

  /** Whether the server would read more. */
  boolean isReading() {
    return channel.isOpen() && channel.config().isAutoRead();
  }

  void receive(byte[] bytes, int from, int length) {
    channel.writeInbound(channel.alloc().buffer(length).writeBytes(bytes, from, length));
    channel.releaseOutbound();
    Http2FrameCodec codec = channel.pipeline().get(Http2FrameCodec.class);
    if (codec != null) {
      int streams = codec.connection().remote().numActiveStreams();
      FuzzTarget.check(streams <= MOST_STREAMS, "streams of the client: " + streams);
    }
  }

  /** The channel's next second comes; who waits for it is answered. */
  void showMore() {
    shown.view(ShownChannel.LIVE.after());
    goOn();
  }

  /** Nobody has the channel any more. */
  void showNothing() {
    shown.status(WatchedChannel.Status.GONE);
    goOn();
  }

  private void goOn() {
    loop.runPendingTasks();
    channel.runPendingTasks();
    channel.releaseOutbound();
  }

  /** Lets the server look at its connections, as it does each second. */
  void look() {
    loop.advanceTimeBy(1, TimeUnit.SECONDS);
    goOn();
    FuzzTarget.check(
        !channel.isOpen() || budget.usedBytes() <= CONFIG.maxAllOwnBytes(),
        "it stays open and keeps " + budget.usedBytes());
  }

  /** Goes away, and looks at what is left. */
  @Override
  public void close() {
    channel.finishAndReleaseAll();
    look();
    shown.close();
    delivery.close();
    loop.runPendingTasks();
    loop.finishAndReleaseAll();
    for (String left : new String[] {"waiters", "held_bytes", "own_bytes"}) {
      FuzzTarget.check(sum(left) == 0, left + " are left: " + sum(left));
    }
    FuzzTarget.check(budget.usedBytes() == 0, "of the budget is left: " + budget.usedBytes());
    FuzzTarget.check(errors() == 0, "an error of ours: the log has it");
  }

  private double sum(String name) {
    return registry.scrape(each -> each.equals("millrace_delivery_" + name)).stream()
        .flatMap(snapshot -> snapshot.getDataPoints().stream())
        .mapToDouble(point -> ((GaugeSnapshot.GaugeDataPointSnapshot) point).getValue())
        .sum();
  }

  private double errors() {
    return registry.scrape(each -> each.equals("millrace_delivery_connections_closed")).stream()
        .flatMap(snapshot -> snapshot.getDataPoints().stream())
        .filter(ViewerConnection::isError)
        .mapToDouble(point -> ((CounterSnapshot.CounterDataPointSnapshot) point).getValue())
        .sum();
  }

  private static boolean isError(DataPointSnapshot point) {
    return "error".equals(point.getLabels().get("reason"));
  }
}
