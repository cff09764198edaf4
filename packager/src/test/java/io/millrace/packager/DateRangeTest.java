package io.millrace.packager;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.index.IndexRecord;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Date ranges come into the index where they were marked, but not before there is a date. */
class DateRangeTest {
  private static List<String> ids(RecordingSink made) {
    return made.all(IndexRecord.DateRange.class).stream().map(IndexRecord.DateRange::id).toList();
  }

  @Test
  void standsAsItWasMarkedBetweenTheRecordsOfItsTime() {
    InputScript script = InputScript.opened().announceVideo().announceAudio();
    RecordingSink made =
        script.both(0, 5_000, 30, 2).mark("ad", 5_000, 1_500).both(5_000, 5_000, 30, 2).run();

    IndexRecord.DateRange range = made.all(IndexRecord.DateRange.class).getFirst();
    assertThat(range.rangeClass()).isEqualTo("com.example.mark");
    assertThat(range.startUtcNs()).isEqualTo(InputScript.START_UTC_NS + 5_000_000_000L);
    assertThat(range.durationNs()).isEqualTo(1_500_000_000L);
    assertThat(range.attributes()).containsOnly(java.util.Map.entry("X-A", "\"1\""));
    List<IndexRecord> before = made.records.subList(0, made.records.indexOf(range));
    long published = before.stream().filter(IndexRecord.PartPublished.class::isInstance).count();
    assertThat(published).isBetween(40L, (long) made.parts.size() - 40);
    IndexRules.check(made);
  }

  @Test
  void waitsForTheFirstAnchor() {
    InputScript script = InputScript.opened().mark("early", 0, -1).mark("too", 0, 1_000);
    RecordingSink waiting = script.run();
    assertThat(ids(waiting)).isEmpty();

    RecordingSink made = script.announceVideo().announceAudio().both(0, 5_000, 30, 2).run();

    assertThat(ids(made)).containsExactly("early", "too");
    List<? extends Class<?>> kinds = made.records.stream().map(Object::getClass).toList();
    int anchor = kinds.indexOf(IndexRecord.ClockAnchored.class);
    assertThat(kinds.indexOf(IndexRecord.DateRange.class)).isEqualTo(anchor + 1);
    assertThat(kinds.indexOf(IndexRecord.PartPublished.class)).isEqualTo(anchor + 3);
  }

  @Test
  void ofManyThatWaitTheNewestAreKept() {
    InputScript script = InputScript.opened();
    IntStream.range(0, 130).forEach(i -> script.mark("r" + i, i, -1));

    List<String> ids = ids(script.announceVideo().announceAudio().both(0, 3_000, 30, 2).run());

    assertThat(ids).hasSize(IndexRecord.DateRange.MOST_KEPT).startsWith("r30").endsWith("r129");
  }

  @Test
  void goesWithItsBroadcast() {
    InputScript script = InputScript.opened().announceVideo().announceAudio();
    script.both(0, 3_000, 30, 2);
    script.add(
        new io.millrace.media.input.InputRecord.BroadcastClosed(
            InputScript.START_UTC_NS + 3_000_000_000L));

    assertThat(ids(script.mark("late", 3_000, 0).run())).isEmpty();
  }
}
