package io.millrace.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class OnceInAWhileTest {
  @Test
  void isDueAtOnceAndThenOnceInThePeriod() {
    OnceInAWhile telling = new OnceInAWhile(Duration.ofSeconds(1), 7);

    assertThat(telling.isDue(7)).isTrue();
    assertThat(telling.isDue(1_000_000_006)).isFalse();
    assertThat(telling.isDue(1_000_000_007)).isTrue();
    assertThat(telling.isDue(1_000_000_008)).isFalse();
  }
}
