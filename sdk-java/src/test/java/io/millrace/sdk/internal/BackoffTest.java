package io.millrace.sdk.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private final Backoff backoff =
      new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30), new SplittableRandom(1));

  @Test
  void doublesUpToTheMostLessUpToAHalf() {
    for (int seconds : new int[] {1, 2, 4, 8, 16, 30, 30}) {
      assertThat(backoff.next())
          .isBetween(Duration.ofMillis(seconds * 500L), Duration.ofSeconds(seconds));
    }
    for (int i = 0; i < 1_000; i++) {
      assertThat(backoff.next()).isBetween(Duration.ofSeconds(15), Duration.ofSeconds(30));
    }
    assertThat(backoff.attempts()).isEqualTo(1_007);
  }

  @Test
  void beginsAgainAfterASuccess() {
    var unused = backoff.next();
    unused = backoff.next();

    backoff.reset();

    assertThat(backoff.next()).isLessThanOrEqualTo(Duration.ofSeconds(1));
    assertThat(backoff.attempts()).isEqualTo(1);
  }

  @Test
  void whatAnotherSaysIsTakenWithinLimits() {
    backoff.first(Duration.ZERO);
    assertThat(backoff.next()).isPositive();

    backoff.first(Duration.ofDays(11));
    assertThat(backoff.next()).isBetween(Duration.ofSeconds(15), Duration.ofSeconds(30));
  }
}
