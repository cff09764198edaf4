package io.millrace.bench.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProcessCpuTest {
  @Test
  void halfASecondOfTenIsFivePercentOfACore() {
    assertThat(ProcessCpu.corePercent(Duration.ofMillis(500), Duration.ofSeconds(10))).isEqualTo(5);
  }

  @Test
  void twoBusyCoresAreTwoHundredPercent() {
    assertThat(ProcessCpu.corePercent(Duration.ofSeconds(4), Duration.ofSeconds(2))).isEqualTo(200);
  }
}
