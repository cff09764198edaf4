package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.control.link.MarkedRange;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.input.InputRecord;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Date ranges that are asked for come into the input log of the broadcast that is on air. */
class DateRangeTest {
  private final TestIngest ingest = new TestIngest();

  private MarkedRange range(String id, long durationNs) {
    return new MarkedRange(
        TestIngest.DEMO.id(),
        id,
        "com.example",
        ingest.clock.utcNs(),
        durationNs,
        Map.of("X-A", "1"));
  }

  private void mark(MarkedRange range) {
    ingest.directory.mark(range);
    ingest.fabric.runTasks();
  }

  private List<InputRecord.DateRangeMarked> marked() {
    return ingest.packager.records(InputRecord.DateRangeMarked.class);
  }

  @Test
  void isWrittenAsItWasAskedFor() {
    ingest.live();
    long nowNs = ingest.clock.utcNs();

    mark(range("r-1", 5));

    assertThat(marked())
        .containsExactly(
            new InputRecord.DateRangeMarked(
                new IndexRecord.DateRange("r-1", "com.example", nowNs, 5, Map.of("X-A", "1")),
                nowNs));
    assertThat(ingest.kinds()).endsWith("SampleArrived", "DateRangeMarked");
  }

  @Test
  void isWrittenWhileThePublisherIsAwayAndNotOnceTheBroadcastIsOver() {
    Publication publication = ingest.live();
    mark(new MarkedRange(new java.util.UUID(0, 1), "other", "", 0, 0, Map.of()));
    publication.close(CloseReason.DISCONNECTED);
    ingest.fabric.runTasks();
    mark(range("away", 0));
    ingest.advance(Duration.ofSeconds(30));
    mark(range("over", 0));

    assertThat(marked()).extracting(each -> each.range().id()).containsExactly("away");
  }

  @Test
  void noMoreAreWrittenThanPlaylistsMayList() {
    ingest.live();
    for (int i = 0; i <= MarkedRange.MOST_AT_ONCE; i++) {
      mark(range("r" + i, 0));
    }
    assertThat(marked()).hasSize(MarkedRange.MOST_AT_ONCE);

    ingest.clock.advance(TestIngest.DEMO.window().plusMinutes(3));
    mark(range("later", 0));

    assertThat(marked()).hasSize(MarkedRange.MOST_AT_ONCE + 1);
  }

  @Test
  void whatTheAgentDoesNotTakeInTimeIsLeftOut() {
    ingest.live();
    for (int i = 0; i < 3 * MarkedRange.MOST_AT_ONCE; i++) {
      ingest.directory.mark(range("r" + i, 0));
    }
    ingest.fabric.runTasks();

    assertThat(marked()).hasSize(MarkedRange.MOST_AT_ONCE);
    assertThat(marked().getFirst().range().id()).isEqualTo("r0");
  }

  @Test
  void theNextBroadcastBeginsWithNone() {
    ingest.live();
    for (int i = 0; i < MarkedRange.MOST_AT_ONCE; i++) {
      mark(range("r" + i, -1));
    }
    ingest.directory.end(TestIngest.DEMO.id());
    ingest.fabric.runTasks();
    Publication next = ingest.publish();
    next.announce(Samples.VIDEO);
    ingest.video(next, 0, true);

    mark(range("next", -1));

    assertThat(marked().getLast().range().id()).isEqualTo("next");
  }
}
