package io.millrace.fabric.aeron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.fabric.FabricException;
import io.millrace.fabric.FakeFeedHandler;
import io.millrace.fabric.FakeFeedSource;
import io.millrace.fabric.Feed;
import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.Link;
import io.millrace.fabric.NodeAddress;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.channel.TimelineId;
import io.millrace.media.index.PartKey;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AeronFabricTest {
  private static final ChannelId CHANNEL = new ChannelId(new UUID(1, 1));

  /** Much, for machines that are busy with other things. */
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  @TempDir private Path directory;

  private FabricConfig config() {
    return FabricConfig.defaults(directory).withDirectory(directory.resolve("aeron"));
  }

  @Test
  void removesItsDirectoryWhenItCloses() {
    try (AeronFabric fabric = AeronFabric.open(config(), new PrometheusRegistry())) {
      assertThat(fabric.port()).isBetween(1, 65_535);
      assertThat(directory.resolve("aeron")).isDirectory();
    }
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void refusesADirectoryThatIsInUseAndTakesOneThatWasLeft() throws Exception {
    Files.createDirectories(directory.resolve("aeron"));
    Files.writeString(directory.resolve("aeron/left.logbuffer"), "left by a killed process");
    try (AeronFabric fabric = AeronFabric.open(config(), new PrometheusRegistry())) {
      assertThat(fabric.inAgent()).isFalse();
      assertThat(directory.resolve("aeron/left.logbuffer")).doesNotExist();

      assertThatThrownBy(() -> AeronFabric.open(config(), new PrometheusRegistry()))
          .isInstanceOf(FabricException.class)
          .hasMessageContaining("in use");
    }
  }

  @Test
  void namesAPortThatIsInUse() throws Exception {
    try (DatagramSocket taken =
        new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      FabricConfig config = config().withAddress("127.0.0.1", taken.getLocalPort());

      assertThatThrownBy(() -> AeronFabric.open(config, new PrometheusRegistry()))
          .isInstanceOf(FabricException.class)
          .hasMessageContaining("fabric.port: " + taken.getLocalPort());
    }
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void saysThatTheQueueOfTasksIsFull() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    try (AeronFabric fabric = AeronFabric.open(config(), new PrometheusRegistry())) {
      CountDownLatch held = new CountDownLatch(1);
      fabric.execute(
          () -> {
            held.countDown();
            awaitQuietly(release);
          });
      held.await();
      int accepted = 0;
      while (fabric.execute(() -> {}) && accepted < 1_000_000) {
        accepted++;
      }

      assertThat(accepted).isEqualTo(config().limits().mostTasks());
      release.countDown();
    }
  }

  @Test
  void refusesWhatItHasNoRoomForButNeverThatALinkCloses() throws Exception {
    FakeFeedSource source = new FakeFeedSource(Feed.WINDOW);
    FakeFeedHandler handler = new FakeFeedHandler(channel -> true);
    CountDownLatch release = new CountDownLatch(1);
    try (AeronFabric fabric = AeronFabric.open(config(), new PrometheusRegistry())) {
      fabric.serve(source);
      Link link = fabric.connect(NodeAddress.LOCAL, Feed.WINDOW, handler);
      await().atMost(PATIENCE).until(() -> handler.ups.get() == 1);
      CountDownLatch held = new CountDownLatch(1);
      fabric.execute(
          () -> {
            held.countDown();
            awaitQuietly(release);
          });
      held.await();
      Link unopened = fabric.connect(NodeAddress.LOCAL, Feed.WINDOW, handler);
      while (fabric.execute(() -> {})) {
        // until it is full
      }

      assertThatThrownBy(() -> fabric.every(Duration.ofSeconds(1), () -> {}))
          .isInstanceOf(FabricException.class)
          .hasMessageContaining("fabric.most-tasks");
      assertThatThrownBy(() -> fabric.connect(NodeAddress.LOCAL, Feed.WINDOW, handler))
          .isInstanceOf(FabricException.class);
      assertThatThrownBy(() -> link.follow(CHANNEL, 0)).isInstanceOf(FabricException.class);
      unopened.close();
      link.close();
      release.countDown();

      await().atMost(PATIENCE).until(() -> source.detached.get() == 1);
      assertThat(link.isUp()).isFalse();
      assertThat(handler.ups).hasValue(1);
      assertThat(handler.downs).as("who closes is not called back").hasValue(0);
    }
  }

  @Test
  void runsWhatItAcceptedThoughItCloses() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch held = new CountDownLatch(1);
    AtomicInteger ran = new AtomicInteger();
    AeronFabric fabric = AeronFabric.open(config(), new PrometheusRegistry());
    fabric.execute(
        () -> {
          held.countDown();
          awaitQuietly(release);
        });
    held.await();
    for (int i = 0; i < 1_000; i++) {
      fabric.execute(ran::incrementAndGet);
    }
    Thread closing = Thread.ofPlatform().start(fabric::close);
    await().atMost(PATIENCE).until(() -> !fabric.execute(() -> {}));
    release.countDown();
    closing.join();

    assertThat(ran).hasValue(1_000);
  }

  @Test
  void answersFetchesOfALinkThatIsDownUpToALimit() {
    int most = config().limits().mostFetches();
    TimelineId timeline = new TimelineId(new UUID(2, 2));
    FakeFeedHandler handler = new FakeFeedHandler(channel -> true);
    PrometheusRegistry registry = new PrometheusRegistry();
    AtomicInteger answeredAtOnce = new AtomicInteger(-1);
    try (AeronFabric fabric = AeronFabric.open(config(), registry)) {
      Link link = fabric.connect(NodeAddress.LOCAL, Feed.WINDOW, handler);
      fabric.execute(
          () -> {
            for (int i = 0; i < most + 10; i++) {
              link.fetch(CHANNEL, new PartKey(timeline, 1, 1, i));
              link.fetch(CHANNEL, new PartKey(timeline, 1, 1, 0));
            }
            answeredAtOnce.set(handler.messages.size());
          });

      await().atMost(PATIENCE).until(() -> handler.messages.size() >= most);
      assertThat(answeredAtOnce).as("before the request returned").hasValue(0);
      assertThat(handler.messages)
          .hasSize(most)
          .contains(
              new FeedMessage.PartUnavailable(CHANNEL, new PartKey(timeline, 1, 1, most - 1)));
      assertThat(Counters.of(registry, "millrace_fabric_unanswered_fetches")).isEqualTo(10);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void hasDefaultsThatAreValidAndRefusesWhatIsNot() {
    FabricConfig config = FabricConfig.defaults();
    assertThat(config.port()).isZero();
    assertThat(config.streams().mediaStreams()).isEqualTo(2);
    assertThat(FabricConfig.directoryFor(directory))
        .isEqualTo(FabricConfig.directoryFor(directory.resolve("x/..")))
        .isNotEqualTo(FabricConfig.directoryFor(directory.resolve("x")));

    assertThatThrownBy(() -> config.withAddress("127.0.0.1", 65_536))
        .hasMessageContaining("fabric.port: 65536 (expected: -1 to 65535)");
    assertThatThrownBy(() -> config.withMtuBytes(1_500)).hasMessageContaining("fabric.mtu");
    assertThatThrownBy(() -> config.withMtuBytes(65_536)).hasMessageContaining("fabric.mtu");
    assertThatThrownBy(() -> config.withLinkTimeout(Duration.ofMillis(10)))
        .hasMessageContaining("fabric.link-timeout");
    assertThatThrownBy(() -> config.withMostWaitingBytes(1))
        .hasMessageContaining("fabric.max-waiting-bytes");
  }

  @Test
  void readsEndpointsOfPeersAndRefusesEverythingElse() {
    for (String endpoint : new String[] {"127.0.0.1:8092", "[2001:db8:0:0:0:0:0:1]:1"}) {
      InetSocketAddress parsed = Endpoints.parse(endpoint);

      assertThat(Endpoints.format(parsed.getAddress(), parsed.getPort())).isEqualTo(endpoint);
    }
    for (String hostile :
        new String[] {
          "",
          ":1",
          "localhost:1",
          "127.0.0.1",
          "127.0.0.1:0",
          "127.0.0.1:65536",
          "0.0.0.0:1",
          "127.0.0.1:1|mtu=32",
          "127.0.0.1|mtu=32:1",
          "239.1.1.1:5",
          "[::1:5",
          "1.2.3.4:x"
        }) {
      assertThatThrownBy(() -> Endpoints.parse(hostile))
          .as(hostile)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void tellsThePeersClockFromTheShortestRoundTrip() {
    PeerClock ours = new PeerClock();
    PeerClock theirs = new PeerClock();
    long aheadNs = 5_000_000_000L;
    long nowNs = 1_000_000_000_000L;
    for (int i = 0; i < 4; i++) {
      long delayNs = 1_000_000L * (i + 1);
      theirs.onHeartbeat(ours.heartbeat(1, 2, nowNs), nowNs + delayNs + aheadNs);
      nowNs += delayNs + 250;
      ours.onHeartbeat(theirs.heartbeat(1, 3, nowNs + aheadNs), nowNs + delayNs);
      nowNs += delayNs + 1_000;
    }

    assertThat(ours.offsetNs()).isEqualTo(aheadNs);
  }
}
