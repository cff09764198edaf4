package io.millrace.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.ingest.rtmp.chunk.ChunkLimits;
import io.millrace.ingest.rtmp.message.AmfLimits;
import io.millrace.ingest.rtmp.session.SessionConfig;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RtmpConfigTest {
  @Test
  void hasDefaults() {
    assertThat(RtmpConfig.defaults().port()).isEqualTo(1935);
    assertThat(RtmpConfig.defaults().withPort(0).port()).isZero();
    assertThat(RtmpConfig.defaults().session().chunkSizeBytes()).isEqualTo(65_536);
  }

  @Test
  void namesTheKeyThatItRefuses() {
    assertThatThrownBy(() -> RtmpConfig.defaults().withPort(65_536))
        .hasMessage("rtmp.port: 65536 (expected: 0..65535)");
    RtmpConfig usual = RtmpConfig.defaults();
    assertThatThrownBy(
            () -> new RtmpConfig("", 0, 1, 1, usual.chunks(), (1 << 20) - 1, usual.session()))
        .hasMessage("rtmp.max-all-partial-bytes: 1048575 (expected: 1 MiB or more)");
    assertThatThrownBy(() -> new ChunkLimits(1 << 24, 1, 1, 1, 1))
        .hasMessage("rtmp.max-media-bytes: 16777216 (expected: 1..16777215)");
    assertThatThrownBy(() -> new AmfLimits(257, 1, 1))
        .hasMessage("rtmp.max-amf-depth: 257 (expected: 1..256)");
    Duration second = Duration.ofSeconds(1);
    assertThatThrownBy(
            () ->
                new SessionConfig(
                    second,
                    second,
                    second,
                    second,
                    second,
                    second,
                    second,
                    65_536,
                    2_500_000,
                    600,
                    200,
                    120,
                    AmfLimits.defaults()))
        .hasMessage("rtmp.ping-after: PT1S (expected: below rtmp.idle-timeout PT1S)");
  }
}
