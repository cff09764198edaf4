package io.millrace.packager.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Bytes;
import io.millrace.media.track.Sample;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceClockTest {
  private static final int VIDEO = 1;
  private static final int AUDIO = 2;
  private static final long MS = 1_000_000;

  private final Map<Irregularity, Long> counted = new EnumMap<>(Irregularity.class);
  private final SourceClock clock =
      new SourceClock((kind, samples) -> counted.merge(kind, samples, Long::sum));

  private int lastEpoch;

  private Optional<SourceTime> place(int track, long dtsMs, long ptsMs) {
    return clock.place(new Sample(track, dtsMs, ptsMs, true, 0, Bytes.EMPTY), 1000);
  }

  private SourceTime placed(int track, long dtsMs) {
    return place(track, dtsMs, dtsMs).orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({"16777216, WRAP_24", "2147483648, WRAP_31", "4294967296, WRAP_32"})
  void timestampsThatWrapGoOn(long modulus, Irregularity kind) {
    SourceTime first = placed(VIDEO, modulus - 40);
    SourceTime sound = placed(AUDIO, modulus - 30);
    SourceTime second = placed(VIDEO, 0);
    SourceTime soundBefore = placed(AUDIO, modulus - 9);
    SourceTime soundAfter = placed(AUDIO, 12);

    assertThat(second.dtsNs() - first.dtsNs()).isEqualTo(40 * MS);
    assertThat(soundBefore.dtsNs() - sound.dtsNs()).isEqualTo(21 * MS);
    assertThat(soundAfter.dtsNs() - second.dtsNs()).isEqualTo(12 * MS);
    assertThat(soundAfter.epoch()).isEqualTo(1);
    assertThat(counted).containsExactlyEntriesOf(Map.of(kind, 2L));
  }

  private int epochOf(int track, long dtsMs, long arrivalMs) {
    Sample sample = new Sample(track, dtsMs, dtsMs, true, arrivalMs * MS, Bytes.EMPTY);
    clock.place(sample, 1000).ifPresent(placed -> lastEpoch = placed.epoch());
    return lastEpoch;
  }

  /** What an encoder that drops pictures sends when its connection goes on. */
  @Test
  void aHoleInWhatComesAtOnceAfterAStallIsNoJump() {
    for (long ms = 0; ms < 20_000; ms += 20) {
      assertThat(epochOf(AUDIO, ms, ms)).isEqualTo(1);
      assertThat(epochOf(VIDEO, ms, ms)).isEqualTo(1);
    }
    for (long ms = 20_000; ms < 28_000; ms += 20) {
      assertThat(epochOf(AUDIO, ms, 28_000)).isEqualTo(1);
    }
    assertThat(epochOf(VIDEO, 28_000, 28_000)).isEqualTo(1);
  }

  /** Whatever the steps, the tracks and the wraps: times that run ahead of the clock are jumps. */
  @ParameterizedTest
  @CsvSource({"9500, 0", "1900, 0", "500, 0", "1900, 3000"})
  void timesThatRunAheadOfTheClockAreJumps(long stepMs, long apartMs) {
    for (int i = 0; i < 200; i++) {
      epochOf(VIDEO, i * stepMs, 0);
      epochOf(AUDIO, i * stepMs + apartMs, 0);
    }

    assertThat(lastEpoch).isGreaterThan(100);
  }

  @Test
  void wrapsThatRunAheadOfTheClockAreJumps() {
    for (int i = 0; i < 200; i++) {
      epochOf(VIDEO, i * ((1L << 24) + 1_900), 0);
    }

    assertThat(lastEpoch).isGreaterThan(150);
  }

  @Test
  void timestampsOf33BitsWrap() {
    Sample before = new Sample(VIDEO, (1L << 33) - 3600, 0, true, 0, Bytes.EMPTY);
    Sample last = new Sample(VIDEO, (1L << 33) - 3600, (1L << 33) - 3600, true, 0, Bytes.EMPTY);
    assertThat(before.dts()).isEqualTo(last.dts());
    SourceTime first = clock.place(last, 90_000).orElseThrow();
    SourceTime second =
        clock.place(new Sample(VIDEO, 0, 7200, true, 0, Bytes.EMPTY), 90_000).orElseThrow();

    assertThat(second.dtsNs() - first.dtsNs()).isBetween(40 * MS - 1, 40 * MS + 1);
    assertThat(second.ptsNs() - second.dtsNs()).isEqualTo(80 * MS);
    assertThat(counted).containsOnlyKeys(Irregularity.WRAP_33);
  }

  @Test
  void aTrackThatBeginsBelowZeroInObsWayIsNextToTheOther() {
    SourceTime video = placed(VIDEO, 0x7FFF_FFF0L);
    SourceTime sound = placed(AUDIO, 0);

    assertThat(sound.dtsNs() - video.dtsNs()).isEqualTo(16 * MS);
    assertThat(counted).containsOnlyKeys(Irregularity.WRAP_31);
  }

  @Test
  void aSmallStepBackIsMovedUpByATickAndKeepsItsPts() {
    placed(VIDEO, 1000);
    SourceTime back = place(VIDEO, 990, 1056).orElseThrow();

    assertThat(back.dtsNs()).isEqualTo(1001 * MS);
    assertThat(back.ptsNs()).isEqualTo(1056 * MS);
    assertThat(counted).containsExactlyEntriesOf(Map.of(Irregularity.BACKWARD_STEP, 1L));
  }

  @ParameterizedTest
  @CsvSource({"1000, 400", "1000, 11100", "9000000, 0"})
  void allTracksGoThroughAJumpTogether(long fromMs, long toMs) {
    placed(VIDEO, fromMs);
    placed(AUDIO, fromMs + 5);
    SourceTime video = placed(VIDEO, toMs);
    Optional<SourceTime> stray = place(AUDIO, fromMs + 26, fromMs + 26);
    SourceTime sound = placed(AUDIO, toMs + 8);

    assertThat(video.epoch()).isEqualTo(2);
    assertThat(sound.epoch()).isEqualTo(2);
    assertThat(sound.dtsNs() - video.dtsNs()).isEqualTo(8 * MS);
    assertThat(counted.get(Irregularity.JUMP)).isEqualTo(1);
    assertThat(stray.isEmpty()).isEqualTo(counted.containsKey(Irregularity.STRAY));
  }

  @Test
  void aTrackThatDoesNotFollowAJumpIsBroughtAlongAfterAWhile() {
    placed(VIDEO, 0);
    placed(AUDIO, 0);
    SourceTime sound = null;
    for (long i = 1; i < 100; i++) {
      placed(VIDEO, 60_000 + i * 40);
      sound = place(AUDIO, i * 40, i * 40).orElse(sound);
    }

    assertThat(sound).isNotNull();
    assertThat(sound.epoch()).isEqualTo(2);
    assertThat(sound.dtsNs()).isBetween(63_900 * MS, 64_000 * MS);
    assertThat(counted)
        .containsEntry(Irregularity.JUMP, 1L)
        .containsEntry(Irregularity.TRACK_OFFSET, 1L);
  }

  @Test
  void tracksWithClocksOfTheirOwnBeginTogether() {
    placed(VIDEO, 100);
    SourceTime sound = placed(AUDIO, 1_700_000_000L);

    assertThat(sound.dtsNs()).isEqualTo(100 * MS);
    assertThat(sound.epoch()).isEqualTo(1);
  }

  @Test
  void anImpossibleCompositionTimeIsLeftOut() {
    SourceTime time = place(VIDEO, 0, -900_001).orElseThrow();

    assertThat(time.ptsNs()).isEqualTo(time.dtsNs());
    assertThat(counted).containsOnlyKeys(Irregularity.COMPOSITION_TIME);
  }
}
