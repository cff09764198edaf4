package io.millrace.fabric.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fabric.Feed;
import io.millrace.fabric.FeedMessage;
import io.millrace.media.Bytes;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.channel.Fence;
import io.millrace.media.channel.TimelineId;
import io.millrace.media.index.PartKey;
import io.millrace.media.input.InputEntry;
import io.millrace.media.input.InputRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class FeedReceiverTest {
  private static final ChannelId ONE = new ChannelId(new UUID(1, 1));
  private static final Fence OLD = new Fence(1, 1);
  private static final Fence NEW = new Fence(1, 2);
  private static final PartKey KEY = new PartKey(new TimelineId(new UUID(2, 2)), 1, 1, 1);
  private static final long SECOND_NS = 1_000_000_000;

  private final List<Long> asked = new ArrayList<>();
  private int gaps;
  private int stale;
  private final FeedReceiver receiver =
      new FeedReceiver(
          2,
          new FeedReceiver.Listener() {
            @Override
            public void ask(ChannelId channel, long fromNumber) {
              asked.add(fromNumber);
            }

            @Override
            public void onGap(ChannelId channel) {
              gaps++;
            }

            @Override
            public void onStale(ChannelId channel) {
              stale++;
            }
          });

  private boolean entry(long number, Fence fence) {
    return receiver.accepts(
        new FeedMessage.Input(ONE, new InputEntry(number, fence, new InputRecord.ClockTicked(0))),
        0);
  }

  private boolean part(Fence fence) {
    return receiver.accepts(new FeedMessage.Part(ONE, fence, KEY, Bytes.EMPTY), 0);
  }

  private boolean begun() {
    return receiver.accepts(new FeedMessage.SnapshotBegun(ONE, Feed.INPUT), 0);
  }

  private boolean ended(long last) {
    return receiver.accepts(new FeedMessage.SnapshotEnded(ONE, Feed.INPUT, last), 0);
  }

  private void live(long last, Fence fence) {
    receiver.follow(ONE, 0);
    assertThat(begun()).isTrue();
    assertThat(entry(last, fence)).isTrue();
    assertThat(ended(last)).isTrue();
  }

  @Test
  void takesNothingOfAChannelThatIsNotFollowed() {
    assertThat(begun()).isFalse();
    assertThat(ended(1)).isFalse();
    assertThat(entry(1, OLD)).isFalse();
    assertThat(part(OLD)).isFalse();
    assertThat(receiver.accepts(new FeedMessage.Announced(ONE, Feed.INPUT), 0)).isTrue();
    assertThat(receiver.accepts(new FeedMessage.Withdrawn(ONE, Feed.INPUT), 0)).isTrue();
  }

  @Test
  void waitsForTheSnapshotThatWasAskedFor() {
    receiver.follow(ONE, 0);

    assertThat(entry(5, OLD)).isFalse();
    assertThat(part(OLD)).isFalse();
    assertThat(ended(9)).isFalse();
    assertThat(begun()).isTrue();
    assertThat(part(OLD)).isTrue();
    assertThat(entry(3, OLD)).isTrue();
    assertThat(entry(7, OLD)).isTrue();
    assertThat(ended(9)).isTrue();
    assertThat(entry(10, OLD)).isTrue();
    assertThat(asked).isEmpty();
  }

  @Test
  void asksOnceForWhatIsMissingAndDropsTheRestUntilItComes() {
    live(4, OLD);

    assertThat(entry(5, OLD)).isTrue();
    assertThat(entry(5, OLD)).isFalse();
    assertThat(entry(7, OLD)).isFalse();
    assertThat(entry(8, OLD)).isFalse();
    assertThat(asked).containsExactly(6L);
    assertThat(entry(6, OLD)).isTrue();
    assertThat(entry(7, OLD)).isTrue();
    assertThat(gaps).isEqualTo(1);
  }

  @Test
  void asksForASnapshotWhereWhatIsMissingDoesNotCome() {
    live(4, OLD);
    assertThat(entry(6, OLD)).isFalse();

    receiver.work(SECOND_NS / 2);
    assertThat(asked).containsExactly(5L);
    receiver.work(SECOND_NS + 1);
    receiver.work(SECOND_NS + 2);

    assertThat(asked).containsExactly(5L, 0L);
    assertThat(entry(5, OLD)).isFalse();
    assertThat(begun()).isTrue();
    assertThat(ended(20)).isTrue();
    assertThat(entry(21, OLD)).isTrue();
    receiver.work(9 * SECOND_NS);
    assertThat(asked).hasSize(2);
  }

  @Test
  void aSnapshotMayTakeLongAsLongAsSomeOfItComes() {
    live(4, OLD);
    assertThat(entry(7, OLD)).isFalse();
    receiver.work(SECOND_NS + 1);
    assertThat(asked).containsExactly(5L, 0L);

    assertThat(at(2 * SECOND_NS, new FeedMessage.SnapshotBegun(ONE, Feed.INPUT))).isTrue();
    for (int tenth = 20; tenth < 80; tenth += 5) {
      long nowNs = tenth * SECOND_NS / 10;
      assertThat(at(nowNs, new FeedMessage.Part(ONE, OLD, KEY, Bytes.EMPTY))).isTrue();
      receiver.work(nowNs + 1);
    }
    assertThat(ended(9)).isTrue();
    assertThat(entry(10, OLD)).isTrue();
    assertThat(asked).containsExactly(5L, 0L);
  }

  @Test
  void asksEachTimeWithMorePatienceWhereNothingComes() {
    live(4, OLD);
    assertThat(entry(7, OLD)).isFalse();
    for (int second = 1; second <= 60; second++) {
      receiver.work(second * SECOND_NS + 1);
    }

    // After 1, 3, 7, 15, 31 and 47 seconds.
    assertThat(asked).containsExactly(5L, 0L, 0L, 0L, 0L, 0L, 0L);
  }

  private boolean at(long nowNs, FeedMessage message) {
    return receiver.accepts(message, nowNs);
  }

  @Test
  void takesANewWriterFromItsFirstNumberAndDropsTheOldOne() {
    live(4, OLD);

    assertThat(entry(1, NEW)).isTrue();
    assertThat(entry(5, OLD)).isFalse();
    assertThat(part(OLD)).isFalse();
    assertThat(part(NEW)).isTrue();
    assertThat(entry(2, NEW)).isTrue();
    assertThat(stale).isEqualTo(2);
  }

  @Test
  void asksForTheBeginningOfANewWriterThatItMissed() {
    live(4, OLD);

    assertThat(entry(3, NEW)).isFalse();

    assertThat(asked).containsExactly(1L);
    assertThat(entry(1, NEW)).isTrue();
    assertThat(entry(2, NEW)).isTrue();
  }

  @Test
  void remembersTheWriterOverTheLinksEnd() {
    live(4, NEW);
    receiver.clear();

    receiver.follow(ONE, 5);

    assertThat(entry(5, OLD)).isFalse();
    assertThat(stale).isEqualTo(1);
    assertThat(entry(5, NEW)).isTrue();
  }

  @Test
  void goesOnFromANumberOrTakesTheSnapshotThatComesInstead() {
    receiver.follow(ONE, 8);
    assertThat(entry(8, OLD)).isTrue();
    assertThat(entry(9, OLD)).isTrue();

    receiver.follow(ONE, 8);
    assertThat(begun()).isTrue();
    assertThat(entry(2, NEW)).isTrue();
    assertThat(ended(3)).isTrue();
    assertThat(entry(4, NEW)).isTrue();
  }

  @Test
  void takesAnAnswerToAFetchWhateverItsFence() {
    live(4, NEW);

    assertThat(receiver.fetch(KEY)).isTrue();
    assertThat(part(OLD)).isTrue();
    assertThat(part(OLD)).isFalse();
    assertThat(receiver.accepts(new FeedMessage.PartUnavailable(ONE, KEY), 0)).isFalse();
    assertThat(receiver.fetch(KEY)).isTrue();
    assertThat(receiver.accepts(new FeedMessage.PartUnavailable(ONE, KEY), 0)).isTrue();
  }

  @Test
  void boundsTheFetchesThatWait() {
    assertThat(receiver.fetch(KEY)).isTrue();
    assertThat(receiver.fetch(KEY)).isTrue();
    assertThat(receiver.fetch(new PartKey(KEY.timeline(), 1, 1, 2))).isTrue();
    assertThat(receiver.fetch(new PartKey(KEY.timeline(), 1, 1, 3))).isFalse();
  }
}
