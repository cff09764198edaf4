package io.millrace.packager.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fabric.FeedHandler;
import io.millrace.fabric.FeedMessage;
import io.millrace.fabric.Link;
import io.millrace.media.Bytes;
import io.millrace.media.channel.ChannelId;
import io.millrace.media.channel.Fence;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.input.Checkpoint;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CheckpointTimerTest {
  private static final ChannelId CHANNEL = new ChannelId(new UUID(1, 1));

  private final FakeFabric.FakeLink link =
      new FakeFabric.FakeLink(
          new FeedHandler() {
            @Override
            public void onLinkUp(Link up) {}

            @Override
            public void onLinkDown(Link down) {}

            @Override
            public void onMessage(Link from, FeedMessage message) {}
          });

  /** Each entry is so much later than the one before. */
  private long stepNs = 2_000_000_000L;

  private long utcNs;
  private final CheckpointTimer timer =
      new CheckpointTimer(new PackagerMetrics(new PrometheusRegistry()));

  /** How much each checkpoint was allowed to be. */
  private final List<Integer> asked = new ArrayList<>();

  private void entry(int stateBytes) {
    timer.handOver(
        most -> {
          asked.add(most);
          return stateBytes > most
              ? Optional.empty()
              : Optional.of(
                  new Checkpoint(1, new Fence(1, 1), Bytes.wrap(new byte[stateBytes + 100])));
        },
        link,
        CHANNEL,
        utcNs += stepNs);
  }

  private void segmentEnded(long msn) {
    timer.onRecord(new IndexRecord.SegmentEnded(1, msn, 10, 180_000));
  }

  @Test
  void handsOverOnceForASegmentAtTheEndOfAPart() {
    entry(10);
    timer.onPart();
    entry(10);
    assertThat(asked).isEmpty();

    segmentEnded(0);
    entry(10);
    assertThat(asked).isEmpty();
    timer.onRecord(new IndexRecord.SegmentEnded(2, 0, 10, 96_000));
    timer.onPart();
    entry(10);
    timer.onPart();
    entry(10);

    assertThat(link.kept).hasSize(1);
  }

  @Test
  void shortSegmentsDoNotMakeMoreThanOneInASecond() {
    stepNs = 100_000_000;
    for (long msn = 0; msn < 21; msn++) {
      segmentEnded(msn);
      timer.onPart();
      entry(10);
    }
    assertThat(link.kept).hasSize(2);

    timer.onRecord(new IndexRecord.BroadcastEnded(0));
    entry(10);
    assertThat(link.kept).hasSize(3);
  }

  @Test
  void waitsWhileManySamplesWaitButNoLongerThanForASegment() {
    segmentEnded(0);
    for (int part = 0; part < 10; part++) {
      timer.onPart();
      entry(200_000);
    }
    assertThat(link.kept).isEmpty();

    segmentEnded(1);
    entry(200_000);

    assertThat(link.kept).hasSize(1);
    assertThat(asked).hasSize(11);
  }

  @Test
  void handsOverTheEndOfABroadcastAtOnce() {
    timer.onRecord(new IndexRecord.BroadcastEnded(1));
    entry(10);

    assertThat(link.kept).hasSize(1);
  }

  @Test
  void givesUpWhatIsTooLongUntilTheNextSegment() {
    segmentEnded(0);
    segmentEnded(1);
    entry(4 * 1024 * 1024);
    entry(4 * 1024 * 1024 + 1);
    timer.onPart();
    entry(10);
    assertThat(link.kept).isEmpty();

    segmentEnded(2);
    timer.onPart();
    entry(10);
    assertThat(link.kept).hasSize(1);
  }
}
