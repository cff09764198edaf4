package io.millrace.packager.segmenter;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SegmentWindowTest {
  private static final long SECOND_NS = 1_000_000_000L;

  @Test
  void countsDiscontinuitiesThatHavePassed() {
    SegmentWindow window = new SegmentWindow(Duration.ofSeconds(20).toNanos());
    window.discontinuityBefore(3);
    window.discontinuityBefore(9);
    for (int msn = 0; msn < 15; msn++) {
      window.add(2 * SECOND_NS);
    }

    assertThat(window.firstMsn()).isEqualTo(5);
    assertThat(window.passedDiscontinuities()).isEqualTo(1);
  }

  @Test
  void holdsAtMostWhatAPlaylistHasRoomFor() {
    SegmentWindow window = new SegmentWindow(Duration.ofHours(24).toNanos());
    for (int msn = 0; msn < SegmentWindow.MOST_SEGMENTS; msn++) {
      assertThat(window.add(2 * SECOND_NS)).isFalse();
    }

    assertThat(window.add(2 * SECOND_NS)).isTrue();
    assertThat(window.firstMsn()).isEqualTo(1);
  }
}
