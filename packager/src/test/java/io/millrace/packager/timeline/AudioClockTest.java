package io.millrace.packager.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AudioClockTest {
  private static final long MS = 1_000_000;
  private static final long FRAME = 1_024;

  private final Map<Irregularity, Long> counted = new EnumMap<>(Irregularity.class);
  private final AudioClock clock =
      new AudioClock(48_000, (kind, samples) -> counted.merge(kind, samples, Long::sum));

  @Test
  void countsFramesAndIgnoresTheRoundingOfTimestamps() {
    for (int frame = 0; frame < 100_000; frame++) {
      long roundedMs = Math.round(frame * 1024 / 48.0);
      assertThat(clock.place(roundedMs * MS, FRAME)).hasValue(frame * 1024L);
    }
    assertThat(counted).isEmpty();
  }

  @Test
  void timestampsThatRunAheadWin() {
    clock.place(0, FRAME);
    assertThat(clock.place(71 * MS, FRAME)).hasValue(1024);
    assertThat(clock.place(142 * MS, FRAME)).hasValue(6816);
    assertThat(counted).containsExactlyEntriesOf(Map.of(Irregularity.AUDIO_GAP, 1L));
  }

  @Test
  void framesThatOverlapAreDropped() {
    for (int i = 0; i < 3; i++) {
      assertThat(clock.place(0, FRAME)).isPresent();
    }
    assertThat(clock.place(0, FRAME)).isEmpty();
    assertThat(clock.place(20 * MS, FRAME)).hasValue(3072);
    assertThat(counted).containsExactlyEntriesOf(Map.of(Irregularity.AUDIO_OVERLAP, 1L));
  }
}
