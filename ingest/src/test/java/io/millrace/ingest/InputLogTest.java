package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.limits.FairBudget;
import io.millrace.media.Bytes;
import io.millrace.media.channel.Fence;
import io.millrace.media.input.Checkpoint;
import io.millrace.media.input.InputEntry;
import io.millrace.media.input.InputRecord;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class InputLogTest {
  private static final FairBudget ENOUGH = new FairBudget(Long.MAX_VALUE, () -> 1);
  private static final IngestMetrics METRICS = new IngestMetrics(new PrometheusRegistry(), () -> 0);

  private static final long SECOND_NS = 1_000_000_000L;

  private final InputLog log = log(1_000, 1 << 20);

  @Test
  void numbersFromOneWithoutAGap() {
    open();
    log.append(Samples.videoTrack());
    log.append(Samples.video(0, true));

    assertThat(log.from(1).orElseThrow())
        .extracting(InputEntry::number)
        .containsExactly(1L, 2L, 3L, 4L);
    assertThat(log.lastNumber()).isEqualTo(4);
  }

  @Test
  void continuesFromANumberThatItStillHas() {
    open();

    assertThat(log.from(2).orElseThrow()).extracting(InputEntry::number).containsExactly(2L);
    assertThat(log.from(3).orElseThrow()).isEmpty();
    assertThat(log.from(4)).isEmpty();
    assertThat(log.from(0)).isEmpty();
  }

  @Test
  void keepsWholeGroupsOfPicturesForAsLongAsAsked() {
    open();
    log.append(Samples.videoTrack());
    for (int ms = 0; ms <= 9_500; ms += 500) {
      log.append(Samples.video(ms, ms % 1_000 == 0));
    }

    List<InputEntry> snapshot = log.snapshot();

    // The keyframe at 5 s is the newest that is at least 4 s old at the one of 9 s.
    assertThat(numbers(snapshot.subList(0, 3))).containsExactly(1L, 2L, 3L);
    assertThat(((InputRecord.SampleArrived) snapshot.get(3).record()).sample().dts())
        .isEqualTo(5_000);
    assertThat(((InputRecord.SampleArrived) snapshot.getLast().record()).sample().dts())
        .isEqualTo(9_500);
    assertThat(numbers(snapshot).skip(3))
        .containsExactlyElementsOf(
            LongStream.rangeClosed(snapshot.get(3).number(), log.lastNumber()).boxed().toList());
    assertThat(log.from(3)).isEmpty();
    assertThat(log.from(snapshot.get(3).number())).isPresent();
  }

  @Test
  void leavesMediaOutOfASnapshotWhenNoKeyframeIsLeft() {
    InputLog small = log(10, 1 << 20);
    small.append(Samples.broadcast());
    small.append(new InputRecord.SourceStarted(0));
    small.append(Samples.videoTrack());
    small.append(Samples.audioTrack());
    small.append(Samples.video(0, true));
    for (int i = 1; i < 30; i++) {
      small.append(Samples.video(i * 33L, false));
      small.append(Samples.audio(i * 33L));
    }

    assertThat(small.size()).isEqualTo(10);
    assertThat(numbers(small.snapshot())).containsExactly(1L, 2L, 3L, 4L);
  }

  @Test
  void boundsItsBytes() {
    InputLog small = log(1_000, 2_000);
    for (int i = 0; i < 100; i++) {
      small.append(Samples.audio(i));
    }

    assertThat(small.bytes()).isLessThanOrEqualTo(2_000);
    assertThat(small.lastNumber()).isEqualTo(100);
  }

  @Test
  void startsASnapshotOfSoundAloneAtAnySample() {
    open();
    log.append(Samples.audioTrack());
    log.append(Samples.audio(0));
    log.append(Samples.audio(21));

    assertThat(numbers(log.snapshot())).containsExactly(1L, 2L, 3L, 4L, 5L);
  }

  @Test
  void tellsTheTracksOfTheSourceThatTheSnapshotBeginsIn() {
    open();
    log.append(Samples.videoTrack());
    log.append(Samples.video(0, true));
    log.append(new InputRecord.SourceLost(1));
    log.append(new InputRecord.SourceStarted(2));
    log.append(Samples.videoTrack());
    log.append(Samples.video(0, true));
    log.append(Samples.video(33, false));

    assertThat(numbers(log.snapshot())).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);

    log.append(Samples.video(20_000, true));

    assertThat(numbers(log.snapshot())).containsExactly(1L, 6L, 7L, 8L, 9L, 10L);
  }

  @Test
  void beginsASnapshotWithTheNewestBroadcast() {
    open();
    log.append(Samples.videoTrack());
    log.append(Samples.video(0, true));
    log.append(new InputRecord.SourceLost(1));
    log.append(new InputRecord.BroadcastClosed(2));
    assertThat(numbers(log.snapshot())).startsWith(1L).endsWith(6L);

    log.append(Samples.broadcast());
    log.append(new InputRecord.SourceStarted(3));

    assertThat(numbers(log.snapshot())).containsExactly(7L, 8L);
    assertThat(log.from(4)).isPresent();
  }

  @Test
  void keepsAllThatComesAfterACheckpoint() {
    open();
    log.append(Samples.videoTrack());
    for (int ms = 0; ms <= 3_000; ms += 500) {
      log.append(Samples.video(ms, ms % 1_000 == 0));
    }
    Checkpoint checkpoint = checkpoint(7, 100);
    assertThat(log.keep(checkpoint)).isEqualTo(InputLog.Keeping.KEPT);
    for (int ms = 3_500; ms <= 20_000; ms += 500) {
      log.append(Samples.video(ms, ms % 1_000 == 0));
    }

    assertThat(log.checkpoint()).contains(checkpoint);
    assertThat(log.from(8)).isPresent();
    assertThat(numbers(log.snapshot()))
        .endsWith(LongStream.rangeClosed(8, log.lastNumber()).boxed().toArray(Long[]::new));

    log.keep(checkpoint(30, 100));
    log.append(Samples.video(21_000, true));
    assertThat(log.from(8)).isEmpty();
    assertThat(log.from(31)).isPresent();
  }

  @Test
  void givesACheckpointWhatFollowsItWhereNoKeyframeIsLeft() {
    InputLog small = log(10, 1 << 20);
    small.append(Samples.broadcast());
    small.append(new InputRecord.SourceStarted(0));
    small.append(Samples.videoTrack());
    small.append(Samples.video(0, true));
    for (int i = 1; i < 30; i++) {
      small.append(Samples.video(i * 33L, false));
    }

    small.keep(checkpoint(27, 100));
    assertThat(numbers(small.snapshot())).containsExactly(1L, 2L, 3L, 28L, 29L, 30L, 31L, 32L, 33L);
    for (int i = 30; i < 50; i++) {
      small.append(Samples.video(i * 33L, false));
    }
    assertThat(numbers(small.snapshot())).containsExactly(1L, 2L, 3L);
  }

  @Test
  void refusesCheckpointsThatAreNotOfItOrTooLong() {
    open();
    log.append(Samples.videoTrack());

    assertThat(log.keep(new Checkpoint(2, new Fence(1, 1), Bytes.EMPTY)))
        .isEqualTo(InputLog.Keeping.ANOTHER_LOG);
    assertThat(log.keep(checkpoint(4, 100))).isEqualTo(InputLog.Keeping.ANOTHER_LOG);
    assertThat(log.keep(checkpoint(3, (1 << 18) + 1))).isEqualTo(InputLog.Keeping.TOO_LONG);
    assertThat(log.checkpoint()).isEmpty();
    assertThat(log.keep(checkpoint(2, 1 << 18))).isEqualTo(InputLog.Keeping.KEPT);
    long announced = log.bytes() - 3 * 64 - (1 << 18);
    assertThat(announced).as("the record of the codec").isPositive();
    assertThat(log.keep(checkpoint(2, 1))).isEqualTo(InputLog.Keeping.KNOWN);
    assertThat(log.keep(checkpoint(3, 1))).isEqualTo(InputLog.Keeping.KEPT);
    assertThat(log.bytes()).isEqualTo(3 * 64 + announced + 1);
  }

  private static Checkpoint checkpoint(long number, int size) {
    return new Checkpoint(number, new Fence(1, 2), Bytes.wrap(new byte[size]));
  }

  private void open() {
    log.keep(4 * SECOND_NS);
    log.append(Samples.broadcast());
    log.append(new InputRecord.SourceStarted(0));
  }

  private static Stream<Long> numbers(List<InputEntry> entries) {
    return entries.stream().map(InputEntry::number);
  }

  private static InputLog log(int maxEntries, int maxBytes) {
    return new InputLog(new Fence(1, 2), maxEntries, maxBytes, ENOUGH, METRICS);
  }

  @Test
  void keepsAnEqualShareWhereAllLogsHoldTooMuch() {
    FairBudget budget = new FairBudget(100_000, () -> 2);
    InputLog ended = new InputLog(new Fence(1, 2), 1_000, 1 << 20, budget, METRICS);
    InputLog small = new InputLog(new Fence(1, 3), 1_000, 1 << 20, budget, METRICS);
    for (int i = 0; i < 9; i++) {
      ended.append(new InputRecord.SampleArrived(Samples.videoSample(i, true, i, 10_000)));
    }
    for (int i = 0; i < 3; i++) {
      small.append(new InputRecord.SampleArrived(Samples.videoSample(i, true, i, 10_000)));
    }
    assertThat(small.size()).isEqualTo(3);
    assertThat(budget.usedBytes()).isGreaterThan(100_000);

    ended.trim();

    assertThat(ended.size()).isLessThan(9);
    assertThat(budget.usedBytes()).isLessThanOrEqualTo(100_000);
    ended.release();
    small.release();
    assertThat(budget.usedBytes()).isZero();
  }
}
