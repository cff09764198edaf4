package io.millrace.packager.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.LongUnaryOperator;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrameRateTest {
  private static final int TICKS_PER_MS = 90;

  private final FrameRate rate = new FrameRate(/* declaredRate= */ 0, 90_000);

  private void frames(int count, LongUnaryOperator dtsMs) {
    for (int i = 0; i < count; i++) {
      rate.add(dtsMs.applyAsLong(i) * TICKS_PER_MS);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "10, 10", "12.5, 12.5", "15, 15", "20, 20", "24000, 23.976", "24, 24", "25, 25",
    "30000, 29.970", "30, 30", "48, 48", "50, 50", "60000, 59.940", "60, 60", "100, 100",
    "120000, 119.880", "120, 120"
  })
  void findsEveryUsualRateInMillisecondsWhereverTheyBegin(double setting, double expected) {
    double exact = setting > 1000 ? setting / 1001 : setting;
    for (double phaseMs = 0; phaseMs < 1; phaseMs += 0.13) {
      for (int seconds = 1; seconds <= 4; seconds++) {
        FrameRate rounded = new FrameRate(0, 90_000);
        FrameRate truncated = new FrameRate(0, 90_000);
        for (int i = 0; i <= seconds * exact; i++) {
          rounded.add(Math.round(phaseMs + i * 1000 / exact) * TICKS_PER_MS);
          long truncatedMs = (long) (phaseMs + i * 1000 / exact);
          truncated.add(truncatedMs * TICKS_PER_MS);
        }

        assertThat(rounded.learn()).isTrue();
        assertThat(truncated.learn()).isTrue();
        assertThat(rounded.framesPerSecond()).isCloseTo(expected, Offset.offset(0.0005));
        assertThat(truncated.framesPerSecond()).isCloseTo(expected, Offset.offset(0.0005));
      }
    }
  }

  @Test
  void aRateThatNobodyIsUsedToIsToldAsItIs() {
    frames(37, i -> Math.round(i * 1000 / 18.0));

    assertThat(rate.learn()).isTrue();
    assertThat(rate.framesPerSecond()).isEqualTo(18);
  }

  @Test
  void framesThatAreLeftOutDoNotLowerIt() {
    int[] frame = {0};
    frames(90, i -> Math.round((frame[0] += i % 10 == 9 ? 3 : 1) * 1000 / 60.0));

    assertThat(rate.learn()).isTrue();
    assertThat(rate.framesPerSecond()).isEqualTo(60);
  }

  @Test
  void theRateOfWhatVariesIsTheHighest() {
    // A second of 24 frames, then one of 60, on no common grid.
    frames(84, i -> Math.round(i < 24 ? i * 1000 / 24.0 : 1000 + (i - 24) * 1000 / 60.0));

    assertThat(rate.learn()).isTrue();
    assertThat(rate.framesPerSecond()).isCloseTo(60, Offset.offset(0.5));
  }

  @Test
  void aClockThatTremblesIsNoVariableRate() {
    Random random = new Random(1);
    frames(61, i -> Math.round(i * 1000 / 30.0) + (i % 60 == 0 ? 0 : random.nextInt(-4, 5)));

    assertThat(rate.learn()).isTrue();
    assertThat(rate.framesPerSecond()).isEqualTo(30);
  }

  @Test
  void aHigherRateIsLearnedLaterAndALowerOneIsNot() {
    frames(61, i -> Math.round(i * 1000 / 30.0));
    assertThat(rate.learn()).isTrue();

    rate.restart();
    frames(121, i -> Math.round(i * 1000 / 60.0));
    assertThat(rate.learn()).isTrue();
    assertThat(rate.framesPerSecond()).isEqualTo(60);

    rate.restart();
    frames(61, i -> Math.round(i * 1000 / 30.0));
    assertThat(rate.learn()).isFalse();
    assertThat(rate.framesPerSecond()).isEqualTo(60);
  }

  @Test
  void framesThatCatchUpDoNotRaiseIt() {
    frames(61, i -> Math.round(i * 1000 / 30.0));
    rate.learn();

    // Half a second of nothing, then its frames at once.
    frames(60, i -> 2_000 + (i < 15 ? 500 + 3 * i : Math.round((i + 1) * 1000 / 30.0)));
    assertThat(rate.learn()).isFalse();
    assertThat(rate.framesPerSecond()).isEqualTo(30);
  }

  @Test
  void aFewFramesTellNothingYet() {
    frames(6, i -> i * 200);
    assertThat(rate.learn()).isFalse();
    assertThat(rate.framesPerSecond()).isZero();

    frames(6, i -> 1_200 + i * 200);
    assertThat(rate.learn()).isTrue();
    assertThat(rate.framesPerSecond()).isEqualTo(5);
  }

  @Test
  void aPauseIsNoFrame() {
    frames(20, i -> Math.round(i * 1000 / 30.0));
    frames(31, i -> 60_000 + Math.round(i * 1000 / 30.0));

    assertThat(rate.learn()).isTrue();
    assertThat(rate.framesPerSecond()).isEqualTo(30);
  }

  @Test
  void whatTheStreamDeclaresIsNotMeasured() {
    FrameRate declared = new FrameRate(29.5, 90_000);
    for (int i = 0; i < 61; i++) {
      declared.add(i * 3000L);
    }

    assertThat(declared.learn()).isFalse();
    assertThat(declared.framesPerSecond()).isEqualTo(29.5);
  }
}
