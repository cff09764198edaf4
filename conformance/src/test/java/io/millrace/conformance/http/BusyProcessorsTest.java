package io.millrace.conformance.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BusyProcessorsTest {
  private static final long MS = 1_000_000;

  @TempDir private Path directory;

  private BusyProcessors counted() throws IOException {
    BusyProcessors busy = new BusyProcessors(directory.resolve("stat"));
    // 200 ms, of which one is idle 150 and the other 50; then 800 ms without a pause of either.
    count(busy, 1_000, 500, 700);
    count(busy, 1_200, 515, 705);
    count(busy, 2_000, 515, 705);
    return busy;
  }

  private void count(BusyProcessors busy, long nowMs, long first, long second) throws IOException {
    Files.writeString(
        directory.resolve("stat"),
        """
        cpu  161 0 1039 %d 90 0 0 4 0 0
        cpu0 80 0 500 %d 45 0 0 2 0 0
        cpu1 81 0 539 %d 45 0 0 2 0 0
        intr 5 1 2
        """
            .formatted(first + second, first, second));
    busy.sample(nowMs * MS);
  }

  @Test
  void isTheTimeThatTheMostIdleOneWorked() throws Exception {
    BusyProcessors busy = counted();

    assertThat(busy.busyNs(1_000 * MS, 1_200 * MS)).isEqualTo(50 * MS);
    assertThat(busy.busyNs(1_200 * MS, 2_000 * MS)).isEqualTo(800 * MS);
  }

  @Test
  void isToldByTheSamplesAroundAndIsNoLongerThanTheTime() throws Exception {
    BusyProcessors busy = counted();

    assertThat(busy.busyNs(1_050 * MS, 1_150 * MS)).isEqualTo(50 * MS);
    assertThat(busy.busyNs(1_300 * MS, 1_400 * MS)).isEqualTo(100 * MS);
    assertThat(busy.busyNs(1_200 * MS, 5_000 * MS)).isEqualTo(800 * MS);
  }

  @Test
  void isNothingWhereNothingIsCounted() {
    BusyProcessors busy = new BusyProcessors(directory.resolve("none"));

    busy.sample(1_000 * MS);

    assertThat(busy.busyNs(0, 2_000 * MS)).isZero();
  }
}
