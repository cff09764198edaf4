package io.millrace.fabric.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fabric.FakeFeedSource;
import io.millrace.fabric.Feed;
import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.wire.WireException;
import io.millrace.media.Bytes;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.channel.TimelineId;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.index.PartKey;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class FeedSenderTest {
  private static final ChannelId ONE = new ChannelId(new UUID(1, 1));
  private static final ChannelId TWO = new ChannelId(new UUID(2, 2));
  private static final TimelineId TIMELINE = new TimelineId(new UUID(3, 3));
  private static final long SECOND_NS = 1_000_000_000;

  private final FakeLane lane = new FakeLane();
  private final FakeFeedSource source = new FakeFeedSource(Feed.WINDOW);
  private final List<ChannelId> overflows = new ArrayList<>();
  private final List<FeedMessage> unsendable = new ArrayList<>();
  private long sent;

  private final FeedSender.Listener listener =
      new FeedSender.Listener() {
        @Override
        public void onSent(int bytes) {
          sent++;
        }

        @Override
        public void onBusy() {}

        @Override
        public void onOverflow(ChannelId channel, int dropped) {
          overflows.add(channel);
        }

        @Override
        public void onUnsendable(FeedMessage message, WireException reason) {
          unsendable.add(message);
        }
      };

  private final FeedSender sender =
      new FeedSender(source, List.of(lane), new SendLimits(100_000, 200_000, 2), listener);

  private void part(ChannelId channel, int part, int length) {
    source.publishPart(channel, new PartKey(TIMELINE, 1, 0, part), Bytes.wrap(new byte[length]));
  }

  /** Both channels are followed, and the lane takes no more. */
  private void followBoth(FeedSender sending) {
    source.open(ONE);
    source.open(TWO);
    sending.attach();
    sending.onFollow(ONE, 0);
    sending.onFollow(TWO, 0);
    sending.work(0);
    lane.received.clear();
    lane.room = 0;
  }

  private List<String> kinds() {
    return lane.received.stream().map(message -> message.getClass().getSimpleName()).toList();
  }

  @Test
  void sendsAtOnceWhatTheLaneTakesAndTheRestInOrderLater() {
    source.open(ONE);
    sender.attach();
    sender.onFollow(ONE, 0);
    lane.room = 3;

    part(ONE, 0, 5_000);
    part(ONE, 1, 10);
    assertThat(kinds()).containsExactly("Announced", "SnapshotBegun", "SnapshotEnded");
    assertThat(sender.waitingBytes()).isBetween(5_000L, 7_000L);
    for (int i = 0; i < 10; i++) {
      lane.room = 1;
      sender.work(i);
    }

    assertThat(kinds())
        .containsExactly(
            "Announced", "SnapshotBegun", "SnapshotEnded", "Part", "Index", "Part", "Index");
    assertThat(sender.waitingBytes()).isZero();
    assertThat(sent).isEqualTo(7);
  }

  @Test
  void dropsTheChannelThatPassesTheLimitAndSnapshotsItOnceThereIsRoom() {
    followBoth(sender);

    source.publish(TWO, new IndexRecord.Discontinuity(1));
    for (int i = 0; i < 30; i++) {
      part(ONE, i, 10_000);
    }
    source.publish(TWO, new IndexRecord.Discontinuity(2));

    assertThat(overflows).containsExactly(ONE);
    assertThat(sender.waitingBytes()).isLessThan(20_000);
    lane.room = Integer.MAX_VALUE;
    sender.work(50_000_000);
    assertThat(kinds()).containsOnly("Index");
    assertThat(source.snapshots).hasValue(2);

    sender.work(SECOND_NS);

    assertThat(source.snapshots).hasValue(3);
    List<FeedMessage> one =
        lane.received.stream().filter(message -> message.channel().equals(ONE)).toList();
    assertThat(one.getFirst()).isInstanceOf(FeedMessage.SnapshotBegun.class);
    assertThat(one).hasSize(62);
    assertThat(lane.received.stream().filter(message -> message.channel().equals(TWO))).hasSize(2);
  }

  @Test
  void dropsTheChannelThatHasMostWaitingAndNotTheOneThatComesNext() {
    followBoth(sender);

    for (int i = 0; i < 9; i++) {
      part(ONE, i, 10_000);
    }
    part(TWO, 0, 20_000);
    lane.room = Integer.MAX_VALUE;
    sender.work(1);

    assertThat(overflows).containsExactly(ONE);
    assertThat(lane.received.stream().filter(message -> message.channel().equals(TWO)))
        .extracting(message -> message.getClass().getSimpleName())
        .containsExactly("Part", "Index");
  }

  @Test
  void saysUnavailableWhereAnAnswerIsDroppedForAnotherChannel() {
    source.open(ONE);
    source.open(TWO);
    part(ONE, 0, 60_000);
    sender.attach();
    sender.onFollow(TWO, 0);
    sender.work(0);
    lane.received.clear();
    lane.room = 0;
    source.publish(TWO, new IndexRecord.Discontinuity(1));

    sender.onFetch(ONE, new PartKey(TIMELINE, 1, 0, 0));
    for (int i = 0; i < 3; i++) {
      part(TWO, i, 15_000);
    }
    lane.room = Integer.MAX_VALUE;
    sender.work(1);

    assertThat(overflows).containsExactly(ONE);
    assertThat(kindsOf(ONE)).containsExactly("PartUnavailable");
  }

  @Test
  void channelsThatWaitTakeTurnsByBytes() {
    FeedSender roomy =
        new FeedSender(source, List.of(lane), new SendLimits(100_000_000, 10_000_000, 2), listener);
    followBoth(roomy);

    for (int i = 0; i < 10; i++) {
      part(ONE, i, 2_000_000);
    }
    for (int i = 0; i < 10; i++) {
      part(TWO, i, 10_000);
    }
    lane.room = Integer.MAX_VALUE;
    roomy.work(1);

    List<ChannelId> order = lane.received.stream().map(FeedMessage::channel).toList();
    // The first was in hand.
    assertThat(order.lastIndexOf(TWO)).isLessThan(25);
    assertThat(order.subList(order.lastIndexOf(TWO), order.size())).hasSizeGreaterThan(15);
    assertThat(order).hasSize(40);
    assertThat(kindsOf(ONE)).startsWith("Part", "Index", "Part", "Index");
  }

  private List<String> kindsOf(ChannelId channel) {
    return lane.received.stream()
        .filter(message -> message.channel().equals(channel))
        .map(message -> message.getClass().getSimpleName())
        .toList();
  }

  @Test
  void startsOneSnapshotAfterTheOtherAsThereIsRoom() {
    List<ChannelId> channels = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      ChannelId channel = new ChannelId(new UUID(9, i));
      channels.add(channel);
      source.open(channel);
      part(channel, 0, 20_000);
    }
    lane.room = 0;

    channels.forEach(channel -> sender.onFollow(channel, 0));

    assertThat(source.snapshots.get()).isBetween(1, 3);
    lane.room = Integer.MAX_VALUE;
    for (int i = 0; i < 20; i++) {
      sender.work(i);
    }
    assertThat(source.snapshots).hasValue(20);
    assertThat(overflows).isEmpty();
    assertThat(lane.received).hasSize(80);
  }

  @Test
  void dropsAMessageThatIsTooLongAndGoesOn() {
    FeedSender roomy =
        new FeedSender(source, List.of(lane), new SendLimits(1_000_000, 200_000, 2), listener);
    source.open(ONE);
    roomy.onFollow(ONE, 0);
    lane.received.clear();

    part(ONE, 0, 250_000);
    part(ONE, 1, 150_000);

    assertThat(unsendable).hasSize(1);
    assertThat(overflows).isEmpty();
    assertThat(kinds()).containsExactly("Index", "Part", "Index");
  }

  @Test
  void saysUnavailableWhereTooManyFetchesWaitAndWhereTheAnswerFindsNoRoom() {
    source.open(ONE);
    part(ONE, 0, 90_000);
    PartKey key = new PartKey(TIMELINE, 1, 0, 0);
    sender.onFollow(ONE, 0);
    sender.work(0);
    lane.received.clear();
    lane.room = 0;
    source.publish(ONE, new IndexRecord.Discontinuity(1));

    sender.onFetch(ONE, key);
    sender.onFetch(ONE, key);
    lane.room = Integer.MAX_VALUE;
    sender.work(1);

    assertThat(kinds()).containsExactly("Index", "Part", "PartUnavailable");
  }

  @Test
  void asksTheSourceNothingAfterAnUnfollow() {
    source.open(ONE);
    lane.room = 0;
    sender.onFollow(ONE, 0);
    sender.onUnfollow(ONE);
    part(ONE, 0, 10);

    assertThat(sender.waitingBytes()).isLessThan(1_000);
    sender.detach();
    assertThat(source.detached).hasValue(1);
  }

  @Test
  void goesOnQuietlyWhereTheLaneIsGone() {
    source.open(ONE);
    lane.closed = true;

    sender.onFollow(ONE, 0);
    part(ONE, 0, 10);
    sender.work(1);

    assertThat(lane.received).isEmpty();
  }
}
