package io.millrace.packager.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AudioClockTest {
  private static final long MS = 1_000_000;
  private static final long FRAME = 1_024;
  private static final double FRAME_MS = 1024 / 48.0;

  private final Map<Irregularity, Long> counted = new EnumMap<>(Irregularity.class);
  private final AudioClock clock =
      new AudioClock(48_000, (kind, samples) -> counted.merge(kind, samples, Long::sum));

  /** Places frames with these timestamps, each with those that follow it known. */
  private List<OptionalLong> place(List<Long> stampsMs) {
    List<OptionalLong> placed = new ArrayList<>();
    for (int i = 0; i < stampsMs.size(); i++) {
      List<AudioClock.Frame> following =
          stampsMs.subList(i + 1, Math.min(stampsMs.size(), i + 1 + AudioClock.CONFIRMING)).stream()
              .map(ms -> new AudioClock.Frame(ms * MS, FRAME))
              .toList();
      placed.add(clock.place(stampsMs.get(i) * MS, FRAME, following));
    }
    return placed;
  }

  /** How far each frame of a list is from when it really was, ms; it was placed. */
  private static double offMs(OptionalLong placed, double reallyMs) {
    return placed.orElseThrow() / 48.0 - reallyMs;
  }

  @Test
  void countsFramesAndIgnoresTheRoundingOfTimestamps() {
    for (int frame = 0; frame < 100_000; frame++) {
      long roundedMs = Math.round(frame * 1024 / 48.0);
      assertThat(clock.place(roundedMs * MS, FRAME, List.of())).hasValue(frame * 1024L);
    }
    assertThat(counted).isEmpty();
  }

  /** 50 ms of sound too early was taken as none; what may be is 20 ms. */
  @Test
  void timestampsThatRunAheadWin() {
    assertThat(place(List.of(0L, 71L, 92L, 114L)))
        .containsExactly(
            OptionalLong.of(0),
            OptionalLong.of(3392),
            OptionalLong.of(4416),
            OptionalLong.of(5440));
    assertThat(counted).containsExactlyEntriesOf(Map.of(Irregularity.AUDIO_GAP, 1L));
  }

  @Test
  void oneTimestampThatIsFarAwayIsNoHole() {
    for (long away : new long[] {-45, -30, 17, 30, 45}) {
      clock.restart();
      assertThat(place(List.of(1_000L, 1_021L, 1_043L + away, 1_064L, 1_085L)))
          .containsExactly(
              OptionalLong.of(48_000),
              OptionalLong.of(49_024),
              OptionalLong.of(50_048),
              OptionalLong.of(51_072),
              OptionalLong.of(52_096));
    }
    assertThat(counted).isEmpty();
  }

  @Test
  void aFrameIsNotMovedByThoseThatAreOffToTheOtherSide() {
    clock.place(1_000 * MS, FRAME, List.of());
    assertThat(clock.place(981 * MS, FRAME, List.of(new AudioClock.Frame(1_500 * MS, FRAME))))
        .hasValue(49_024);
    assertThat(clock.place(1_500 * MS, FRAME, List.of(new AudioClock.Frame(900 * MS, FRAME))))
        .hasValue(50_048);
    assertThat(counted).isEmpty();
  }

  @Test
  void eachHoleOfAFrameIsSeenWhateverTimestampsTremble() {
    Random random = new Random(5);
    List<Long> stamps = new ArrayList<>();
    List<Double> really = new ArrayList<>();
    for (int frame = 0; frame < 20_000; frame++) {
      if (random.nextInt(100) > 0) {
        really.add(frame * FRAME_MS);
        stamps.add(Math.round(frame * FRAME_MS + random.nextInt(5)));
      }
    }

    List<OptionalLong> placed = place(stamps);

    for (int i = 0; i < placed.size(); i++) {
      assertThat(offMs(placed.get(i), really.get(i))).as("frame %d", i).isBetween(-20.0, 20.0);
    }
    assertThat(counted).doesNotContainKey(Irregularity.AUDIO_OVERLAP);
  }

  @Test
  void driftOfAnEncodersClockIsMadeGood() {
    for (double ppm : new double[] {-200, 200, -2_000, 2_000}) {
      clock.restart();
      List<Long> stamps = new ArrayList<>();
      for (int frame = 0; frame < 30_000; frame++) {
        stamps.add(10_000 + Math.round(frame * FRAME_MS * (1 + ppm / 1e6)));
      }

      List<OptionalLong> placed = place(stamps);

      for (int i = 0; i < placed.size(); i++) {
        double reallyMs = 10_000 + i * FRAME_MS * (1 + ppm / 1e6);
        assertThat(offMs(placed.get(i), reallyMs)).isBetween(-8.0, 8.0);
        long length =
            i == 0 ? FRAME : placed.get(i).orElseThrow() - placed.get(i - 1).orElseThrow();
        assertThat(length).isBetween(FRAME / 2, FRAME * 3 / 2);
      }
    }
    assertThat(counted).containsOnlyKeys(Irregularity.AUDIO_DRIFT);
  }

  @Test
  void framesThatOverlapAreDropped() {
    assertThat(place(List.of(0L, 0L, 0L, 21L, 43L)))
        .containsExactly(
            OptionalLong.of(0),
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.of(1024),
            OptionalLong.of(2048));
    assertThat(counted).containsExactlyEntriesOf(Map.of(Irregularity.AUDIO_OVERLAP, 2L));
  }
}
