package io.millrace.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.fabric.Feed;
import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.NodeAddress;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.index.PartKey;
import io.millrace.window.FakeFabric;
import io.millrace.window.FakeFabric.RecordingFollower;
import io.millrace.window.PublishedStream;
import io.millrace.window.ReplayingSource;
import io.millrace.window.store.PartStoreConfig;
import io.netty.util.LeakPresenceDetector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OriginNodeTest {
  private static final NodeAddress PACKAGER = new NodeAddress.Udp("packager", 8092);

  private static final NodeAddress STANDBY = new NodeAddress.Udp("standby", 8092);

  private final ChannelId channel = PublishedStream.channelId(1);
  private final PublishedStream stream = new PublishedStream(channel, 10);
  private final FakeFabric fabric = new FakeFabric();
  private final ReplayingSource packager = new ReplayingSource(Feed.PACKAGED);
  private final RecordingFollower edge = new RecordingFollower();
  private OriginNode origin;

  @BeforeEach
  void start() {
    origin = new OriginNode(OriginConfig.defaults(), fabric, new PrometheusRegistry());
    fabric.up(PACKAGER, packager);
    origin.upstreams(Set.of(PACKAGER));
    publish(stream.open());
  }

  @AfterEach
  void stop() {
    origin.close();
    fabric.close();
    await().atMost(Duration.ofSeconds(5)).untilAsserted(LeakPresenceDetector::check);
  }

  private void publish(List<FeedMessage> messages) {
    fabric.inAgent(() -> packager.publish(channel, messages));
    fabric.inAgent(() -> {});
    fabric.inAgent(() -> {});
  }

  private List<FeedMessage> follow(long fromNumber) {
    edge.take();
    fabric.inAgent(() -> fabric.served(Feed.WINDOW).follow(channel, fromNumber, edge));
    return edge.take();
  }

  private static List<FeedMessage> parts(List<FeedMessage> messages) {
    return messages.stream().filter(FeedMessage.Part.class::isInstance).toList();
  }

  @Test
  void announcesWhatPackagersAnnounce() {
    fabric.inAgent(() -> fabric.served(Feed.WINDOW).attach(edge));
    assertThat(edge.take()).containsExactly(new FeedMessage.Announced(channel, Feed.WINDOW));

    ChannelId second = PublishedStream.channelId(2);
    fabric.inAgent(() -> packager.publish(second, new PublishedStream(second, 10).open()));
    await()
        .untilAsserted(
            () ->
                assertThat(edge.received())
                    .contains(new FeedMessage.Announced(second, Feed.WINDOW)));
  }

  @Test
  void aLateJoinerGetsTheIndexAndTheLastThreeTargetDurationsBytes() {
    publish(stream.segments(15));
    publish(stream.parts(2));

    List<FeedMessage> snapshot = follow(0);

    assertThat(snapshot.getFirst()).isInstanceOf(FeedMessage.SnapshotBegun.class);
    assertThat(snapshot.getLast())
        .isEqualTo(new FeedMessage.SnapshotEnded(channel, Feed.WINDOW, stream.lastNumber()));
    // Three segments of five parts and two of the open one, of each rendition.
    assertThat(parts(snapshot)).hasSize(2 * (3 * 5 + 2));
    for (int i = 0; i < snapshot.size(); i++) {
      if (snapshot.get(i) instanceof FeedMessage.Part part) {
        assertThat(published(snapshot.get(i + 1))).isEqualTo(part.key());
      }
    }
  }

  private static PartKey published(FeedMessage message) {
    IndexRecord record = ((FeedMessage.Index) message).entry().record();
    return ((IndexRecord.PartPublished) record).key();
  }

  @Test
  void passesOnWhatComesInItsOrder() {
    publish(stream.segments(1));
    follow(0);

    List<FeedMessage> next = stream.parts(6);
    publish(next);

    assertThat(edge.take()).isEqualTo(next);
    fabric.inAgent(() -> fabric.served(Feed.WINDOW).unfollow(channel, edge));
    publish(stream.parts(1));
    assertThat(edge.received()).isEmpty();
  }

  @Test
  void whoFollowsAChannelBeforeItsFirstEntryGetsItAndAllThatFollow() {
    ChannelId early = PublishedStream.channelId(3);
    PublishedStream entries = new PublishedStream(early, 10);
    fabric.inAgent(() -> packager.publish(early, List.of()));
    fabric.inAgent(() -> {});
    fabric.inAgent(() -> fabric.served(Feed.WINDOW).follow(early, 0, edge));

    List<FeedMessage> first = entries.open();
    fabric.inAgent(() -> packager.publish(early, first));
    fabric.inAgent(() -> {});

    // A receiver takes no entry of a channel before a snapshot of it, be it empty.
    assertThat(edge.take())
        .startsWith(
            new FeedMessage.SnapshotBegun(early, Feed.WINDOW),
            new FeedMessage.SnapshotEnded(early, Feed.WINDOW, 0))
        .endsWith(first.toArray(FeedMessage[]::new));
  }

  @Test
  void continuesWhereAFollowerStopped() {
    publish(stream.segments(2));
    long known = stream.lastNumber();
    List<FeedMessage> missed = stream.parts(2);
    publish(missed);

    assertThat(follow(known + 1)).isEqualTo(missed);
    assertThat(follow(stream.lastNumber() + 5).getFirst())
        .isInstanceOf(FeedMessage.SnapshotBegun.class);
  }

  @Test
  void sendsOnePartAgain() {
    publish(stream.segments(12));
    PartKey key = new PartKey(stream.timeline(), 1, 3, 2);
    PartKey unknown = new PartKey(stream.timeline(), 1, 99, 0);

    fabric.inAgent(() -> fabric.served(Feed.WINDOW).fetch(channel, key, edge));
    fabric.inAgent(() -> fabric.served(Feed.WINDOW).fetch(channel, unknown, edge));

    assertThat(edge.received().getFirst())
        .isInstanceOfSatisfying(
            FeedMessage.Part.class,
            part -> {
              assertThat(part.key()).isEqualTo(key);
              assertThat(part.data().length()).isEqualTo(4_000);
            });
    assertThat(edge.received().getLast())
        .isEqualTo(new FeedMessage.PartUnavailable(channel, unknown));
  }

  private final ReplayingSource standby = new ReplayingSource(Feed.PACKAGED);

  /** A second packager that has made the same of the same input; an edge follows the origin. */
  private void startStandby(List<FeedMessage> made) {
    fabric.inAgent(() -> standby.publish(channel, made));
    fabric.up(STANDBY, standby);
    origin.upstreams(Set.of(PACKAGER, STANDBY));
    for (int turn = 0; turn < 3; turn++) {
      fabric.inAgent(() -> {});
    }
    assertThat(standby.followers(channel)).isZero();
    follow(0);
  }

  private void publishAtStandby(List<FeedMessage> messages) {
    fabric.inAgent(() -> standby.publish(channel, messages));
    fabric.inAgent(() -> {});
  }

  @Test
  void goesOnAtAnotherPackagerWithTheNextEntry() {
    PublishedStream same = new PublishedStream(channel, 10);
    List<FeedMessage> made = new ArrayList<>(same.open());
    made.addAll(same.segments(2));
    publish(stream.segments(2));
    startStandby(made);

    fabric.down(PACKAGER);
    List<FeedMessage> next = same.parts(3);
    publishAtStandby(next);

    assertThat(edge.take()).isEqualTo(next);
    // The one that comes back is not followed while the other lives.
    fabric.up(PACKAGER, packager);
    List<FeedMessage> more = same.parts(3);
    publishAtStandby(more);
    assertThat(edge.take()).isEqualTo(more);
    assertThat(packager.followers(channel)).isZero();
  }

  @Test
  void goesOnWithAPackagerThatWasBehind() {
    PublishedStream same = new PublishedStream(channel, 10);
    List<FeedMessage> made = new ArrayList<>(same.open());
    publish(stream.segments(1));
    made.addAll(same.segments(1));
    startStandby(made);
    List<FeedMessage> missed = same.parts(4);
    fabric.inAgent(() -> standby.publish(channel, missed));
    publish(stream.parts(1));
    edge.take();

    fabric.inAgent(() -> packager.withdraw(channel));
    fabric.inAgent(() -> {});
    fabric.inAgent(() -> {});

    // A part of each rendition came before from the first.
    assertThat(edge.take()).endsWith(missed.subList(4, missed.size()).toArray(FeedMessage[]::new));
  }

  @Test
  void takesASnapshotOfAPackagerThatHasAnotherIndex() {
    PublishedStream other = new PublishedStream(channel, 10);
    List<FeedMessage> made = new ArrayList<>(other.open());
    made.addAll(other.parts(1));
    made.addAll(other.describeVideo(25));
    made.addAll(other.segments(3));
    publish(stream.segments(2));
    startStandby(made);

    fabric.down(PACKAGER);
    fabric.inAgent(() -> {});
    fabric.inAgent(() -> {});

    // What is on its way before the snapshot comes a link drops; this one is but method calls.
    List<FeedMessage> received = edge.take();
    assertThat(received).hasAtLeastOneElementOfType(FeedMessage.SnapshotBegun.class);
    assertThat(received.getLast())
        .isEqualTo(new FeedMessage.SnapshotEnded(channel, Feed.WINDOW, other.lastNumber()));
  }

  @Test
  void answersAnUnknownChannel() {
    ChannelId unknown = PublishedStream.channelId(9);

    fabric.inAgent(() -> fabric.served(Feed.WINDOW).follow(unknown, 0, edge));

    await().untilAsserted(() -> assertThat(edge.received()).containsExactly(withdrawn(unknown)));
  }

  private static FeedMessage withdrawn(ChannelId id) {
    return new FeedMessage.Withdrawn(id, Feed.WINDOW);
  }

  @Test
  void doesNotSayThatAChannelIsOffAirBeforeThePackagerSaysSo() {
    ChannelId offAir = PublishedStream.channelId(9);
    fabric.down(PACKAGER);
    fabric.inAgent(() -> fabric.served(Feed.WINDOW).follow(offAir, 0, edge));
    fabric.inAgent(() -> {});
    assertThat(edge.received()).isEmpty();

    fabric.up(PACKAGER, packager);

    await().untilAsserted(() -> assertThat(edge.received()).containsExactly(withdrawn(offAir)));
  }

  @Test
  void sendsAChannelThatIsAnnouncedAfterItWasAskedFor() {
    ChannelId second = PublishedStream.channelId(2);
    PublishedStream later = new PublishedStream(second, 10);
    fabric.down(PACKAGER);
    fabric.inAgent(() -> fabric.served(Feed.WINDOW).follow(second, 0, edge));

    fabric.inAgent(() -> packager.publish(second, later.open()));
    fabric.inAgent(() -> packager.publish(second, later.segments(1)));
    fabric.up(PACKAGER, packager);

    await()
        .untilAsserted(
            () ->
                assertThat(edge.received())
                    .contains(
                        new FeedMessage.SnapshotEnded(second, Feed.WINDOW, later.lastNumber()))
                    .doesNotContain(withdrawn(second)));
  }

  @Test
  void whoAsksNoMoreIsNotAnswered() {
    ChannelId offAir = PublishedStream.channelId(9);
    fabric.down(PACKAGER);
    fabric.inAgent(() -> fabric.served(Feed.WINDOW).follow(offAir, 0, edge));
    fabric.inAgent(() -> fabric.served(Feed.WINDOW).unfollow(offAir, edge));

    fabric.up(PACKAGER, packager);

    fabric.inAgent(() -> {});
    fabric.inAgent(() -> {});
    assertThat(edge.received()).isEmpty();
  }

  private static double refusedChannels(PrometheusRegistry registry) {
    return registry.scrape(name -> name.equals("millrace_origin_refused_channels")).stream()
        .flatMap(snapshot -> snapshot.getDataPoints().stream())
        .mapToDouble(point -> ((CounterSnapshot.CounterDataPointSnapshot) point).getValue())
        .sum();
  }

  @Test
  void whoFollowsLearnsWhatWasLetGoForWantOfRoom() {
    OriginConfig defaults = OriginConfig.defaults();
    PartStoreConfig store = defaults.store();
    OriginConfig oneMebibyte =
        new OriginConfig(
            defaults.maxChannels(),
            defaults.endedRetention(),
            defaults.recentEntries(),
            new PartStoreConfig(
                1 << 20,
                /* liveAge= */ Duration.ZERO,
                store.repairDelay(),
                store.repairAttempts(),
                store.repairInterval(),
                store.repairQueue(),
                store.unannouncedAge(),
                store.directory(),
                store.maxFiles()));
    PublishedStream rewind = new PublishedStream(channel, 600);
    FakeFabric small = new FakeFabric();
    ReplayingSource own = new ReplayingSource(Feed.PACKAGED);
    try (OriginNode full = new OriginNode(oneMebibyte, small, new PrometheusRegistry())) {
      small.inAgent(() -> own.publish(channel, rewind.open()));
      small.up(PACKAGER, own);
      full.upstreams(Set.of(PACKAGER));
      await()
          .untilAsserted(
              () -> small.inAgent(() -> assertThat(own.followers(channel)).isEqualTo(1)));
      small.inAgent(() -> small.served(Feed.WINDOW).follow(channel, 0, edge));

      // Ten pages of 4 KiB each: 25 fit.
      small.inAgent(() -> own.publish(channel, rewind.segments(100)));
      PartKey gone = new PartKey(rewind.timeline(), 1, 50, 0);
      await()
          .untilAsserted(
              () ->
                  assertThat(edge.received())
                      .contains(new FeedMessage.PartUnavailable(channel, gone)));
      edge.take();
      small.inAgent(() -> small.served(Feed.WINDOW).follow(channel, 0, edge));

      assertThat(edge.take())
          .filteredOn(
              message ->
                  message instanceof FeedMessage.Index index
                      && index.entry().record() instanceof IndexRecord.PartPublished)
          .extracting(OriginNodeTest::published)
          .extracting(PartKey::msn)
          .startsWith(75L)
          .endsWith(99L);
    } finally {
      small.close();
    }
  }

  @Test
  void aChannelThatThereIsNoRoomForIsNotSaidToBeOffAir() {
    OriginConfig defaults = OriginConfig.defaults();
    OriginConfig forOne =
        new OriginConfig(1, defaults.endedRetention(), defaults.recentEntries(), defaults.store());
    ChannelId second = PublishedStream.channelId(2);
    FakeFabric small = new FakeFabric();
    ReplayingSource own = new ReplayingSource(Feed.PACKAGED);
    PrometheusRegistry registry = new PrometheusRegistry();
    try (OriginNode full = new OriginNode(forOne, small, registry)) {
      small.inAgent(() -> own.publish(channel, stream.open()));
      small.inAgent(() -> own.publish(second, new PublishedStream(second, 10).open()));
      small.up(PACKAGER, own);
      full.upstreams(Set.of(PACKAGER));
      await()
          .untilAsserted(
              () -> small.inAgent(() -> assertThat(own.followers(channel)).isEqualTo(1)));

      small.inAgent(() -> small.served(Feed.WINDOW).follow(second, 0, edge));

      await().untilAsserted(() -> small.inAgent(() -> assertThat(own.followers(second)).isZero()));
      assertThat(edge.received()).isEmpty();
      assertThat(refusedChannels(registry)).isEqualTo(1);
      small.inAgent(() -> own.withdraw(second));
      await().untilAsserted(() -> assertThat(edge.received()).containsExactly(withdrawn(second)));
    } finally {
      small.close();
    }
  }
}
