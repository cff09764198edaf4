package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class IngestConfigTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void hasDefaults() {
    IngestConfig config = IngestConfig.defaults();

    assertThat(config.tick()).isEqualTo(Duration.ofMillis(200));
    assertThat(config.report()).isEqualTo(SECOND);
  }

  @Test
  void namesTheKeyThatItRefuses() {
    assertThatThrownBy(() -> config(0, SECOND))
        .hasMessage("ingest.max-publishers: 0 (expected: 1 or more)");
    assertThatThrownBy(() -> config(1, Duration.ZERO))
        .hasMessage("ingest.linger: PT0S (expected: above 0)");
  }

  private static IngestConfig config(int maxPublishers, Duration linger) {
    return new IngestConfig(
        maxPublishers,
        16,
        1 << 20,
        1 << 20,
        1 << 20,
        16,
        1,
        SECOND,
        1 << 20,
        SECOND,
        SECOND,
        SECOND,
        linger);
  }
}
