package io.millrace.fabric.aeron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.fabric.FakeFeedSource;
import io.millrace.fabric.Feed;
import io.millrace.fabric.FeedHandler;
import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.Link;
import io.millrace.fabric.NodeAddress;
import io.millrace.media.Bytes;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.channel.TimelineId;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.index.PartKey;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many channels over one UDP link whose queue overflows because the receiver is slow: what a
 * channel loses is counted and comes again, whole and in order. Some entries are lost on the way
 * besides, so that gaps and overflows meet.
 */
class ManyChannelsTest {
  private static final int CHANNELS = 50;
  private static final int BURSTS = 6;
  private static final int PARTS_A_BURST = 12;
  private static final int PART_BYTES = 12_000;

  /** Much, for machines that are busy with other things. */
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private static final List<ChannelId> IDS =
      IntStream.range(0, CHANNELS).mapToObj(i -> new ChannelId(new UUID(i, i * 31L))).toList();

  @TempDir private Path directory;

  private final FakeFeedSource source = new FakeFeedSource(Feed.WINDOW);
  private final StrictHandler handler = new StrictHandler();
  private final PrometheusRegistry sending = new PrometheusRegistry();
  private final PrometheusRegistry receiving = new PrometheusRegistry();
  private final Random random = new Random(50);

  @Test
  void nothingIsLostUnnoticedWhereTheQueueOverflows() throws Exception {
    FabricConfig config =
        FabricConfig.defaults(directory)
            .withLinkTimeout(Duration.ofSeconds(20))
            .withMostWaitingBytes(1 << 20);
    try (AeronFabric server =
            AeronFabric.open(config.withDirectory(directory.resolve("serving")), sending);
        AeronFabric client =
            AeronFabric.open(config.withDirectory(directory.resolve("receiving")), receiving)) {
      server.serve(source);
      run(server, () -> IDS.forEach(source::open));
      client.connect(new NodeAddress.Udp("127.0.0.1", server.port()), Feed.WINDOW, handler);
      await().atMost(PATIENCE).until(() -> handler.complete(0) == CHANNELS);

      for (int burst = 0; burst < BURSTS; burst++) {
        int first = burst * PARTS_A_BURST;
        run(server, () -> publish(first));
        // The next burst meets channels that have caught up and others that have not.
        await()
            .atMost(PATIENCE)
            .pollInterval(Duration.ofMillis(5))
            .until(() -> handler.complete(first + PARTS_A_BURST) >= CHANNELS / 4);
      }
      // The last entry of each channel arrives, so that a gap before it shows.
      run(server, () -> IDS.forEach(id -> source.publish(id, new IndexRecord.Discontinuity(1))));

      await()
          .atMost(PATIENCE)
          .until(() -> handler.complete(BURSTS * PARTS_A_BURST + 1) == CHANNELS);
    }
    assertThat(handler.violations).isEmpty();
    assertThat(handler.downs).hasValue(0);
    assertThat(Counters.of(sending, "millrace_fabric_overflows")).isPositive();
    assertThat(Counters.of(sending, "millrace_fabric_dropped_messages")).isPositive();
    assertThat(Counters.of(receiving, "millrace_fabric_gaps")).isPositive();
    assertThat(source.snapshots.get())
        .as("one for each channel, and one for each overflow that was not overtaken by another")
        .isGreaterThan(CHANNELS);
    assertThat(source.continuations).hasPositiveValue();
  }

  /** A burst of parts of all channels; one entry in forty is lost on the way. */
  private void publish(int first) {
    for (int part = first; part < first + PARTS_A_BURST; part++) {
      for (ChannelId id : IDS) {
        if (random.nextInt(40) == 0) {
          source.withholdNext(id);
        }
        source.publishPart(id, key(id, part), bytes(id, part));
      }
    }
  }

  private static PartKey key(ChannelId id, int part) {
    return new PartKey(new TimelineId(id.value()), 1, 1, part);
  }

  private static Bytes bytes(ChannelId id, int part) {
    byte[] bytes = new byte[PART_BYTES];
    new Random(id.hashCode() * 1_000L + part).nextBytes(bytes);
    return Bytes.wrap(bytes);
  }

  private static void run(AeronFabric fabric, Runnable task) throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    assertThat(
            fabric.execute(
                () -> {
                  task.run();
                  done.countDown();
                }))
        .isTrue();
    assertThat(done.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  /**
   * Follows every channel and notes whatever a handler must never see: a number out of turn, an
   * entry whose part did not come before it, bytes that are not the part's. Slow on purpose.
   * Confined to the agent thread, but for what the test asks.
   */
  private static final class StrictHandler implements FeedHandler {
    private final Map<ChannelId, Seen> channels = new HashMap<>();
    private final Map<ChannelId, Long> newest = new ConcurrentHashMap<>();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private final AtomicInteger downs = new AtomicInteger();
    private int messages;

    private static final class Seen {
      private final Set<PartKey> parts = new HashSet<>();
      private boolean inSnapshot = true;
      private long next = 1;
    }

    /** How many channels have all entries up to a number. */
    long complete(long number) {
      return newest.values().stream().filter(last -> last == number).count();
    }

    @Override
    public void onLinkUp(Link link) {}

    @Override
    public void onLinkDown(Link link) {
      downs.incrementAndGet();
    }

    @Override
    public void onMessage(Link link, FeedMessage message) {
      if (++messages % 32 == 0) {
        LockSupport.parkNanos(1_000_000);
      }
      ChannelId id = message.channel();
      switch (message) {
        case FeedMessage.Announced _ -> link.follow(id, 0);
        case FeedMessage.SnapshotBegun _ -> channels.put(id, new Seen());
        case FeedMessage.SnapshotEnded ended -> {
          Seen seen = seen(id);
          check(id, seen.inSnapshot && seen.next == ended.lastNumber() + 1, ended);
          seen.inSnapshot = false;
          newest.put(id, ended.lastNumber());
        }
        case FeedMessage.Part part -> {
          seen(id).parts.add(part.key());
          check(id, part.data().equals(bytes(id, part.key().part())), part.key());
        }
        case FeedMessage.Index index -> onEntry(id, index);
        case FeedMessage.Withdrawn _,
            FeedMessage.Input _,
            FeedMessage.InputCheckpoint _,
            FeedMessage.PartUnavailable _ ->
            check(id, false, message);
      }
    }

    private void onEntry(ChannelId id, FeedMessage.Index index) {
      Seen seen = seen(id);
      check(id, index.entry().number() == seen.next, index.entry().number());
      seen.next = index.entry().number() + 1;
      if (index.entry().record() instanceof IndexRecord.PartPublished published) {
        check(id, seen.parts.contains(published.key()), published.key());
      }
      if (!seen.inSnapshot) {
        newest.put(id, index.entry().number());
      }
    }

    private Seen seen(ChannelId id) {
      return channels.computeIfAbsent(id, _ -> new Seen());
    }

    private void check(ChannelId id, boolean good, Object what) {
      if (!good && violations.size() < 20) {
        violations.add(id + ": " + what);
      }
    }
  }
}
