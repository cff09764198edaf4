package io.millrace.fabric.aeron;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SessionLimiterTest {
  private static final long SECOND_NS = 1_000_000_000;
  private static final int TERM = 1 << 16;
  private static final int STREAM = 1;

  private final SessionLimiter limiter = new SessionLimiter(TERM, 32);

  @Test
  void allowsAsManyAtOnceAsMayCallAgainAndThenSoManyASecond() {
    assertThat(allowed(0, 2_000, 0)).isEqualTo(64);
    assertThat(allowed(2_000, 2_000, SECOND_NS)).isEqualTo(32);
    assertThat(allowed(4_000, 2_000, 3 * SECOND_NS)).isEqualTo(64);
  }

  @Test
  void doesNotCountTheSetupsOfASessionThatIsThere() {
    assertThat(limiter.allowsSetup(STREAM, -1, TERM, 0)).isTrue();
    allowed(0, 2_000, 0);

    assertThat(limiter.allowsSetup(STREAM, -1, TERM, 0)).isTrue();
    assertThat(limiter.allowsData(STREAM, -1, 0)).isTrue();
    assertThat(limiter.allowsSetup(STREAM + 1, -1, TERM, 0)).as("of another stream").isFalse();
  }

  @Test
  void asksForSoManySessionsOfDataFramesOnly() {
    int asked = 0;
    for (int session = 0; session < 2_000; session++) {
      asked += limiter.allowsData(STREAM, session, 0) ? 1 : 0;
    }

    assertThat(asked).isEqualTo(64);
    assertThat(limiter.sessions()).isZero();
    assertThat(allowed(0, 1, 0)).as("setups are counted for themselves").isEqualTo(1);
  }

  @Test
  void forgetsASessionOfWhichNothingComesAndKeepsOneThatSends() {
    limiter.allowsSetup(STREAM, 1, TERM, 0);
    limiter.allowsSetup(STREAM, 2, TERM, 0);
    limiter.allowsData(STREAM, 2, 8 * SECOND_NS);

    limiter.allowsSetup(STREAM, 3, TERM, 11 * SECOND_NS);

    assertThat(limiter.sessions()).isEqualTo(2);
  }

  @Test
  void letsNewOnesInAndForgetsThemWhereTheClockStandsBelowZero() {
    long nowNs = -1_000_000 * SECOND_NS;
    assertThat(allowed(0, 2_000, nowNs)).isEqualTo(64);
    assertThat(allowed(2_000, 2_000, nowNs + SECOND_NS)).isEqualTo(32);

    assertThat(allowed(4_000, 1, nowNs + 20 * SECOND_NS)).isEqualTo(1);
    assertThat(limiter.sessions()).isEqualTo(1);
  }

  @Test
  void refusesTermsThatCannotBeOrAreLongerThanItsOwn() {
    for (int termBytes : new int[] {2 * TERM, TERM / 2, TERM - 1, 0, -1, Integer.MIN_VALUE}) {
      assertThat(limiter.allowsSetup(STREAM, 1, termBytes, 0)).as("%d", termBytes).isFalse();
    }
    assertThat(limiter.sessions()).isZero();
  }

  private int allowed(int firstSession, int sessions, long nowNs) {
    int allowed = 0;
    for (int i = 0; i < sessions; i++) {
      allowed += limiter.allowsSetup(STREAM, firstSession + i, TERM, nowNs) ? 1 : 0;
    }
    return allowed;
  }
}
