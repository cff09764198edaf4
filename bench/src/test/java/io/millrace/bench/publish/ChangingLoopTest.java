package io.millrace.bench.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.media.Bytes;
import io.millrace.media.flv.FlvTag;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChangingLoopTest {
  private static final int PICTURE_MS = 40;
  private static final int SOUND_MS = 20;
  private static final int GOP = 5;
  private static final int ROUND_MS = 400;
  private static final int ROUND_TAGS = ROUND_MS / PICTURE_MS + ROUND_MS / SOUND_MS;

  private final Clip large = clip("01");
  private final Clip small = clip("02");

  /** Ten pictures, twenty sounds, and a configuration of either; the last byte names the clip. */
  private static Clip clip(String name) {
    List<FlvTag> frames = new ArrayList<>();
    for (int ms = 0; ms < ROUND_MS; ms += SOUND_MS) {
      if (ms % PICTURE_MS == 0) {
        boolean key = ms / PICTURE_MS % GOP == 0;
        frames.add(tag(FlvTag.VIDEO, ms, (key ? "17" : "27") + "01" + name));
      }
      frames.add(tag(FlvTag.AUDIO, ms, "af01" + name));
    }
    List<FlvTag> headers =
        List.of(tag(FlvTag.VIDEO, 0, "1700" + name), tag(FlvTag.AUDIO, 0, "af00" + name));
    return new Clip(headers, frames, ROUND_MS);
  }

  private static FlvTag tag(int type, long ms, String hex) {
    return new FlvTag(type, ms, Bytes.ofHex(hex));
  }

  private static List<String> pictures(List<FlvTag> tags) {
    return tags.stream().filter(Clip::isVideo).map(tag -> tag.body().toHex()).toList();
  }

  private static List<FlvTag> take(TagSource source, int count) {
    List<FlvTag> tags = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      tags.add(source.next());
    }
    return tags;
  }

  @Test
  void itsTimesGoOnFromRoundToRound() {
    List<FlvTag> tags = take(new ChangingLoop(large), 2 + 3 * ROUND_TAGS);

    assertThat(tags.stream().filter(Clip::isFrame).map(FlvTag::timestampMs)).isSorted();
    assertThat(tags.getLast().timestampMs()).isEqualTo(3 * ROUND_MS - SOUND_MS);
    assertThat(pictures(tags)).startsWith("170001", "170101", "270101").hasSize(1 + 3 * 10);
  }

  @Test
  void anotherPictureBeginsWithItsConfigurationAtAKeyframe() {
    ChangingLoop loop = new ChangingLoop(large);
    take(loop, 6);

    loop.show(small);
    List<FlvTag> tags = take(loop, ROUND_TAGS);

    List<String> pictures = pictures(tags);
    int change = pictures.indexOf("170002");
    assertThat(pictures.subList(0, change)).isNotEmpty().containsOnly("270101");
    assertThat(pictures.subList(change, change + 3)).containsExactly("170002", "170102", "270102");
    assertThat(tags.stream().filter(tag -> !Clip.isVideo(tag)))
        .allMatch(tag -> tag.body().toHex().equals("af0101"));
  }

  @Test
  void soundGoesOnAloneUntilThereIsAPictureAgain() {
    ChangingLoop loop = new ChangingLoop(large);
    loop.showNothing();

    List<FlvTag> alone = take(loop, ROUND_MS / SOUND_MS);
    loop.show(large);
    List<FlvTag> both = take(loop, ROUND_TAGS);

    assertThat(pictures(alone)).isEmpty();
    assertThat(pictures(both)).startsWith("170001", "170101");
  }

  @Test
  void aPictureOfOtherTimesIsRefused() {
    Clip shorter = new Clip(large.headers(), large.frames().subList(0, 5), ROUND_MS);

    assertThatThrownBy(() -> new ChangingLoop(large).show(shorter))
        .hasMessageContaining("expected: 10");
  }
}
