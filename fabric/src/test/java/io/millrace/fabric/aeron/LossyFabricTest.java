package io.millrace.fabric.aeron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aeron.driver.DataPacketDispatcher;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.media.UdpChannel;
import io.aeron.protocol.DataHeaderFlyweight;
import io.millrace.fabric.FakeFeedHandler;
import io.millrace.fabric.FakeFeedSource;
import io.millrace.fabric.Feed;
import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.NodeAddress;
import io.millrace.media.Bytes;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.channel.TimelineId;
import io.millrace.media.index.PartKey;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.AtomicCounter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loses one datagram in twenty on the way to the receiver: Aeron sends them again. */
class LossyFabricTest {
  private static final ChannelId CHANNEL = new ChannelId(new UUID(1, 1));
  private static final TimelineId TIMELINE = new TimelineId(new UUID(2, 2));

  @TempDir private Path directory;
  private final AtomicInteger lost = new AtomicInteger();

  /** Confined to the receiving fabric's agent thread. */
  private final class LossyEndpoint extends WatchedReceiveEndpoint {
    private final Random random = new Random(20);

    private LossyEndpoint(
        UdpChannel channel,
        DataPacketDispatcher dispatcher,
        AtomicCounter status,
        MediaDriver.Context context,
        AgentWaiter waiter) {
      super(channel, dispatcher, status, context, waiter);
    }

    @Override
    public int onDataPacket(
        DataHeaderFlyweight header,
        UnsafeBuffer buffer,
        int length,
        InetSocketAddress from,
        int transport) {
      if (random.nextInt(20) == 0) {
        lost.incrementAndGet();
        return 0;
      }
      return super.onDataPacket(header, buffer, length, from, transport);
    }
  }

  @Test
  void everyPartArrivesThoughDatagramsAreLost() {
    int parts = 100;
    FakeFeedSource source = new FakeFeedSource(Feed.WINDOW);
    FakeFeedHandler handler = new FakeFeedHandler(channel -> true);
    FabricConfig config =
        FabricConfig.defaults(directory)
            .withMtuBytes(1_408)
            .withLinkTimeout(Duration.ofSeconds(10));
    try (AeronFabric serving =
            AeronFabric.open(
                config.withDirectory(directory.resolve("serving")), new PrometheusRegistry());
        AeronFabric receiving =
            AeronFabric.open(
                config.withDirectory(directory.resolve("receiving")),
                new PrometheusRegistry(),
                guard ->
                    (channel, dispatcher, status, context) ->
                        new LossyEndpoint(channel, dispatcher, status, context, guard.waiter()))) {
      serving.serve(source);
      serving.execute(() -> source.open(CHANNEL));
      receiving.connect(new NodeAddress.Udp("127.0.0.1", serving.port()), Feed.WINDOW, handler);
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> !handler.of(FeedMessage.SnapshotEnded.class).isEmpty());

      for (int i = 0; i < parts; i++) {
        int part = i;
        serving.execute(() -> source.publishPart(CHANNEL, key(part), bytes(part)));
      }

      await().atMost(Duration.ofSeconds(60)).until(() -> handler.numbers(CHANNEL).size() == parts);
    }
    assertThat(lost).hasValueGreaterThan(20);
    assertThat(handler.numbers(CHANNEL))
        .isEqualTo(LongStream.rangeClosed(1, parts).boxed().toList());
    List<FeedMessage.Part> received = handler.of(FeedMessage.Part.class);
    for (int i = 0; i < parts; i++) {
      assertThat(received.get(i).key()).isEqualTo(key(i));
      assertThat(received.get(i).data()).isEqualTo(bytes(i));
    }
    assertThat(handler.downs).hasValue(0);
  }

  private static PartKey key(int part) {
    return new PartKey(TIMELINE, 1, 1, part);
  }

  private static Bytes bytes(int seed) {
    byte[] bytes = new byte[30_000];
    new Random(seed).nextBytes(bytes);
    return Bytes.wrap(bytes);
  }
}
