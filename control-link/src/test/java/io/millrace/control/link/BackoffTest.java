package io.millrace.control.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private final Backoff backoff = new Backoff(Duration.ofSeconds(2), new Random(1));

  @Test
  void doublesUpToTheMostAndNeverWaitsLessThanHalf() {
    for (long ceilingMs : new long[] {100, 200, 400, 800, 1_600, 2_000, 2_000}) {
      assertThat(backoff.nextMs()).isBetween(ceilingMs / 2, ceilingMs);
    }
  }

  @Test
  void staysAtTheMostHoweverOftenItFails() {
    for (int i = 0; i < 1_000; i++) {
      assertThat(backoff.nextMs()).isLessThanOrEqualTo(2_000);
    }
  }

  @Test
  void beginsAnewAfterASuccess() {
    for (int i = 0; i < 10; i++) {
      backoff.nextMs();
    }

    backoff.succeeded();

    assertThat(backoff.nextMs()).isLessThanOrEqualTo(100);
  }
}
