package io.millrace.bench.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Bytes;
import io.millrace.media.flv.FlvTag;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CodecClipTest {
  private static final Path CLONE = Path.of("..");

  /** Nothing that is looked at. */
  private static final Clip NO_CLIP =
      new Clip(List.of(), List.of(new FlvTag(FlvTag.AUDIO, 0, Bytes.ofHex("af0100"))), 1);

  /** How long a round is: of sound, whole frames that are whole milliseconds. */
  @ParameterizedTest
  @CsvSource({
    "HEVC, 2200, 2300",
    "AV1, 2150, 2300",
    "VP9, 2150, 2300",
    "HE_AAC, 2048, 2048",
    "OPUS, 2180, 2240",
    "AC3, 2176, 2240",
    "EAC3, 2176, 2240",
    "MP3, 1280, 1280",
    "FLAC, 2160, 2304"
  })
  void aSampleIsOneTrackThatCanBeLooped(CodecClip codec, long leastMs, long mostMs)
      throws Exception {
    Clip clip = codec.clip(CLONE, NO_CLIP);

    int type = codec.isPicture() ? FlvTag.VIDEO : FlvTag.AUDIO;
    assertThat(clip.frames()).hasSizeGreaterThan(20).allMatch(tag -> tag.type() == type);
    assertThat(clip.headers()).allMatch(tag -> tag.type() == type && !Clip.isFrame(tag));
    assertThat(clip.headers().isEmpty()).isEqualTo(codec == CodecClip.MP3);
    assertThat(clip.frames().getFirst().timestampMs()).isZero();
    assertThat(clip.frames().getLast().timestampMs()).isLessThan(clip.durationMs());
    assertThat(clip.durationMs()).isBetween(leastMs, mostMs);
    assertThat(clip.frames().stream().map(FlvTag::timestampMs)).isSorted();
    assertThat(Clip.isKeyframe(clip.frames().getFirst())).isEqualTo(codec.isPicture());
  }
}
