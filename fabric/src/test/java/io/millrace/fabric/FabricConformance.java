package io.millrace.fabric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.media.Bytes;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.channel.Fence;
import io.millrace.media.channel.TimelineId;
import io.millrace.media.index.IndexEntry;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.index.PartKey;
import io.millrace.media.input.Checkpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every transport of links must do. A transport's test says how its fabrics are opened. */
public abstract class FabricConformance {
  private static final ChannelId ONE = new ChannelId(new UUID(1, 1));
  private static final ChannelId TWO = new ChannelId(new UUID(2, 3));
  private static final TimelineId TIMELINE = new TimelineId(new UUID(9, 9));

  /** Much, for machines that are busy with other things. */
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private final List<Fabric> opened = new ArrayList<>();

  /**
   * A fabric that serves; it listens where the transport needs that.
   *
   * @param mostWaitingBytes for each link
   */
  protected abstract Fabric openServing(long mostWaitingBytes);

  /** The fabric that receives; the serving one itself where the transport is within a process. */
  protected abstract Fabric openReceiving(Fabric serving);

  /** The address that the receiving fabric reaches the serving one at. */
  protected abstract NodeAddress addressOf(Fabric serving);

  @AfterEach
  void closeAll() {
    opened.reversed().forEach(Fabric::close);
  }

  private final class Pair {
    private final Fabric serving;
    private final Fabric receiving;
    private final FakeFeedSource source;
    private final FakeFeedHandler handler;
    private Link link;

    private Pair(FakeFeedHandler handler) {
      this(handler, 64 << 20);
    }

    private Pair(FakeFeedHandler handler, long mostWaitingBytes) {
      this(handler, mostWaitingBytes, Feed.WINDOW);
    }

    private Pair(FakeFeedHandler handler, long mostWaitingBytes, Feed feed) {
      this.handler = handler;
      source = new FakeFeedSource(feed);
      serving = openServing(mostWaitingBytes);
      opened.add(serving);
      serving.serve(source);
      receiving = openReceiving(serving);
      if (!receiving.equals(serving)) {
        opened.add(receiving);
      }
    }

    private Pair connect() {
      link = receiving.connect(addressOf(serving), source.feed(), handler);
      return this;
    }

    private Pair connectAndAwait() {
      connect();
      await().atMost(PATIENCE).until(() -> handler.ups.get() == 1);
      return this;
    }

    private void atSource(Runnable task) {
      runIn(serving, task);
    }

    private void atReceiver(Runnable task) {
      runIn(receiving, task);
    }
  }

  private static void runIn(Fabric fabric, Runnable task) {
    CountDownLatch done = new CountDownLatch(1);
    assertThat(
            fabric.execute(
                () -> {
                  try {
                    task.run();
                  } finally {
                    done.countDown();
                  }
                }))
        .isTrue();
    try {
      assertThat(done.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static IndexRecord record(long n) {
    return new IndexRecord.ClockAnchored(n, n * 10, n * 100);
  }

  private static PartKey key(int part) {
    return new PartKey(TIMELINE, 1, 7, part);
  }

  private static Bytes random(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return Bytes.wrap(bytes);
  }

  private static List<Long> upTo(long last) {
    return LongStream.rangeClosed(1, last).boxed().toList();
  }

  private static void eventually(Runnable assertion) {
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).untilAsserted(assertion::run);
  }

  @Test
  void announcesWhatIsThereAndWhatComesLater() {
    Pair pair = new Pair(new FakeFeedHandler(channel -> false));
    pair.atSource(() -> pair.source.open(ONE));
    pair.connectAndAwait();

    pair.atSource(() -> pair.source.open(TWO));
    pair.atSource(() -> pair.source.withdraw(ONE));

    eventually(
        () ->
            assertThat(pair.handler.messages)
                .containsSubsequence(
                    new FeedMessage.Announced(ONE, Feed.WINDOW),
                    new FeedMessage.Withdrawn(ONE, Feed.WINDOW))
                .contains(new FeedMessage.Announced(TWO, Feed.WINDOW))
                .hasSize(3));
    assertThat(pair.link.isUp()).isTrue();
  }

  @Test
  void bringsASnapshotAndThenWhatIsNewInOrder() {
    Pair pair = new Pair(new FakeFeedHandler(channel -> true));
    pair.atSource(
        () -> {
          pair.source.open(ONE);
          pair.source.publish(ONE, record(1));
          pair.source.publish(ONE, record(2));
        });
    pair.connectAndAwait();
    eventually(() -> assertThat(pair.handler.of(FeedMessage.SnapshotEnded.class)).hasSize(1));

    pair.atSource(
        () -> {
          for (int n = 3; n <= 2_000; n++) {
            pair.source.publish(ONE, record(n));
          }
        });

    eventually(() -> assertThat(pair.handler.numbers(ONE)).isEqualTo(upTo(2_000)));
    assertThat(pair.handler.messages.subList(0, 5))
        .extracting(Object::getClass)
        .extracting(Class::getSimpleName)
        .containsExactly("Announced", "SnapshotBegun", "Index", "Index", "SnapshotEnded");
    assertThat(pair.handler.of(FeedMessage.SnapshotEnded.class).getFirst().lastNumber())
        .isEqualTo(2);
  }

  @Test
  void bringsLargePartsWholeAndBeforeTheirRecords() {
    Pair pair = new Pair(new FakeFeedHandler(channel -> true));
    pair.atSource(() -> pair.source.open(ONE));
    pair.connectAndAwait();
    eventually(() -> assertThat(pair.handler.of(FeedMessage.SnapshotEnded.class)).hasSize(1));
    int[] lengths = {0, 1, 61_000, 75_000, 1 << 20, 5 << 20, 3};

    for (int i = 0; i < lengths.length; i++) {
      int part = i;
      pair.atSource(() -> pair.source.publishPart(ONE, key(part), random(lengths[part], part)));
    }

    eventually(() -> assertThat(pair.handler.numbers(ONE)).hasSize(lengths.length));
    List<FeedMessage> media =
        pair.handler.messages.stream()
            .filter(m -> m instanceof FeedMessage.Part || m instanceof FeedMessage.Index)
            .toList();
    for (int i = 0; i < lengths.length; i++) {
      assertThat(media.get(2 * i))
          .isEqualTo(new FeedMessage.Part(ONE, new Fence(1, 1), key(i), random(lengths[i], i)));
      assertThat(media.get(2 * i + 1)).isInstanceOf(FeedMessage.Index.class);
    }
  }

  @Test
  void fetchesAPartOrSaysThatThereIsNone() {
    Pair pair = new Pair(new FakeFeedHandler(channel -> false));
    pair.atSource(
        () -> {
          pair.source.open(ONE);
          pair.source.publishPart(ONE, key(0), random(200_000, 1));
        });
    pair.connectAndAwait();

    pair.atReceiver(() -> pair.link.fetch(ONE, key(0)));
    pair.atReceiver(() -> pair.link.fetch(ONE, key(1)));
    pair.atReceiver(() -> pair.link.fetch(TWO, key(2)));

    eventually(
        () ->
            assertThat(pair.handler.messages)
                .contains(
                    new FeedMessage.Part(ONE, new Fence(1, 1), key(0), random(200_000, 1)),
                    new FeedMessage.PartUnavailable(ONE, key(1)),
                    new FeedMessage.PartUnavailable(TWO, key(2))));
  }

  @Test
  void answersWithdrawnForAChannelThatIsNotThere() {
    Pair pair = new Pair(new FakeFeedHandler(channel -> false)).connectAndAwait();

    pair.atReceiver(() -> pair.link.follow(TWO, 0));

    eventually(
        () ->
            assertThat(pair.handler.messages)
                .containsExactly(new FeedMessage.Withdrawn(TWO, Feed.WINDOW)));
  }

  @Test
  void bringsNothingOfAChannelThatIsNotFollowedAnyMore() {
    Pair pair = new Pair(new FakeFeedHandler(channel -> true));
    pair.atSource(
        () -> {
          pair.source.open(ONE);
          pair.source.open(TWO);
        });
    pair.connectAndAwait();
    eventually(() -> assertThat(pair.handler.of(FeedMessage.SnapshotEnded.class)).hasSize(2));

    pair.atReceiver(() -> pair.link.unfollow(ONE));
    pair.atSource(
        () -> {
          pair.source.publish(ONE, record(1));
          pair.source.publish(TWO, record(1));
        });
    pair.atReceiver(() -> pair.link.fetch(ONE, key(5)));

    eventually(() -> assertThat(pair.handler.of(FeedMessage.PartUnavailable.class)).hasSize(1));
    eventually(() -> assertThat(pair.handler.numbers(TWO)).containsExactly(1L));
    assertThat(pair.handler.numbers(ONE)).isEmpty();
  }

  @Test
  void asksAgainForWhatWasLost() {
    Pair pair = new Pair(new FakeFeedHandler(channel -> true));
    pair.atSource(() -> pair.source.open(ONE));
    pair.connectAndAwait();
    eventually(() -> assertThat(pair.handler.of(FeedMessage.SnapshotEnded.class)).hasSize(1));

    pair.atSource(
        () -> {
          pair.source.publish(ONE, record(1));
          pair.source.withholdNext(ONE);
          pair.source.publish(ONE, record(2));
          pair.source.publish(ONE, record(3));
          pair.source.publish(ONE, record(4));
        });

    eventually(() -> assertThat(pair.handler.numbers(ONE)).containsExactly(1L, 2L, 3L, 4L));
    assertThat(pair.source.continuations).hasValue(1);
  }

  @Test
  void followsFromANumberAndDropsAStaleWriter() {
    Pair pair = new Pair(new FakeFeedHandler(channel -> false));
    pair.atSource(
        () -> {
          pair.source.open(ONE);
          for (int n = 1; n <= 10; n++) {
            pair.source.publish(ONE, record(n));
          }
        });
    pair.connectAndAwait();

    pair.atReceiver(() -> pair.link.follow(ONE, 8));
    eventually(() -> assertThat(pair.handler.numbers(ONE)).containsExactly(8L, 9L, 10L));
    pair.atSource(
        () -> {
          pair.source.takeOver(ONE, new Fence(1, 2));
          pair.source.publish(ONE, record(100));
          pair.source.sendRaw(
              ONE, new FeedMessage.Index(ONE, new IndexEntry(11, new Fence(1, 1), record(11))));
          pair.source.publish(ONE, record(101));
        });

    eventually(() -> assertThat(pair.handler.numbers(ONE)).containsExactly(8L, 9L, 10L, 1L, 2L));
  }

  @Test
  void handsCheckpointsOverWholeAndBringsThemWithSnapshots() {
    Pair pair = new Pair(new FakeFeedHandler(channel -> false), 64 << 20, Feed.INPUT);
    pair.atSource(() -> pair.source.open(ONE));
    pair.connectAndAwait();
    int[] lengths = {0, 100, 70_000, 1_500_000};

    for (int length : lengths) {
      Checkpoint checkpoint = new Checkpoint(length, new Fence(1, 1), random(length, length));
      pair.atReceiver(() -> pair.link.keep(ONE, checkpoint));
      eventually(() -> assertThat(pair.source.kept).endsWith(checkpoint));
    }
    Checkpoint tooLong = new Checkpoint(9, new Fence(1, 1), random(9 << 20, 9));
    pair.atReceiver(() -> pair.link.keep(ONE, tooLong));
    pair.atReceiver(() -> pair.link.follow(ONE, 0));

    eventually(() -> assertThat(pair.handler.of(FeedMessage.SnapshotEnded.class)).hasSize(1));
    assertThat(pair.source.kept)
        .extracting(Checkpoint::number)
        .containsExactly(0L, 100L, 70_000L, 1_500_000L);
    assertThat(pair.handler.of(FeedMessage.InputCheckpoint.class))
        .extracting(FeedMessage.InputCheckpoint::checkpoint)
        .containsExactly(pair.source.kept.getLast());
  }

  @Test
  void callsBackOnTheAgentThreadOnly() {
    Pair pair = new Pair(new FakeFeedHandler(channel -> true));
    pair.atSource(() -> pair.source.open(ONE));
    pair.connectAndAwait();
    eventually(() -> assertThat(pair.handler.of(FeedMessage.SnapshotEnded.class)).hasSize(1));
    List<Boolean> seen = new ArrayList<>();
    List<Thread> agent = new ArrayList<>();

    pair.atReceiver(
        () -> {
          seen.add(pair.receiving.inAgent());
          agent.add(Thread.currentThread());
        });

    assertThat(seen).containsExactly(true);
    assertThat(pair.receiving.inAgent()).isFalse();
    assertThat(pair.handler.threads).containsOnly(agent.getFirst());
  }

  @Test
  void goesUpAgainAfterTheFarEndCameBack() {
    Pair pair = new Pair(new FakeFeedHandler(channel -> true));
    pair.atSource(
        () -> {
          pair.source.open(ONE);
          pair.source.publish(ONE, record(1));
        });
    pair.connectAndAwait();
    eventually(() -> assertThat(pair.handler.numbers(ONE)).containsExactly(1L));

    pair.link.close();
    eventually(() -> assertThat(pair.source.detached).hasValue(1));
    pair.connect();

    eventually(() -> assertThat(pair.handler.numbers(ONE)).containsExactly(1L, 1L));
    assertThat(pair.handler.ups).hasValue(2);
  }

  @Test
  void sendsASnapshotAgainAfterAnOverflow() {
    Pair pair = new Pair(new FakeFeedHandler(channel -> true), 1 << 20);
    pair.atSource(() -> pair.source.open(ONE));
    pair.connectAndAwait();
    eventually(() -> assertThat(pair.handler.of(FeedMessage.SnapshotEnded.class)).hasSize(1));
    int parts = 150;

    pair.atSource(
        () -> {
          for (int i = 0; i < parts; i++) {
            pair.source.publishPart(ONE, key(i), random(100_000, i));
          }
        });

    eventually(
        () ->
            assertThat(pair.handler.of(FeedMessage.SnapshotEnded.class).getLast().lastNumber())
                .isEqualTo(parts));
    int begun = pair.handler.messages.lastIndexOf(new FeedMessage.SnapshotBegun(ONE, Feed.WINDOW));
    List<FeedMessage> snapshot = pair.handler.messages.subList(begun, begun + 2 * parts + 2);
    assertThat(snapshot.stream().filter(FeedMessage.Part.class::isInstance))
        .hasSize(parts)
        .contains(new FeedMessage.Part(ONE, new Fence(1, 1), key(77), random(100_000, 77)));
    pair.atSource(() -> pair.source.publish(ONE, record(1)));
    eventually(() -> assertThat(pair.handler.numbers(ONE)).endsWith(parts + 1L));
    assertThat(pair.source.snapshots).hasValueGreaterThan(1);
  }

  @Test
  void runsTimersAgainAndAgain() throws InterruptedException {
    Pair pair = new Pair(new FakeFeedHandler(channel -> false));
    CountDownLatch thrice = new CountDownLatch(3);

    pair.serving.every(Duration.ofMillis(5), thrice::countDown);

    assertThat(thrice.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void goesOnAfterATaskThrew() throws InterruptedException {
    Pair pair = new Pair(new FakeFeedHandler(channel -> false));
    CountDownLatch after = new CountDownLatch(1);

    pair.serving.execute(
        () -> {
          throw new IllegalStateException("on purpose");
        });
    pair.serving.execute(after::countDown);

    assertThat(after.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }
}
