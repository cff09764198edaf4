package io.millrace.packager;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Bytes;
import io.millrace.media.MalformedMediaException;
import io.millrace.media.flv.FlvEvent;
import io.millrace.media.flv.FlvFileReader;
import io.millrace.media.flv.FlvTag;
import io.millrace.media.flv.FlvTrackReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Real tags of every codec, cut at every point. */
class TruncatedTagsTest {
  private static final int MOST_TAGS = 16;

  static Stream<String> clips() {
    return Codecs.CLIPS.stream();
  }

  @ParameterizedTest
  @MethodSource("clips")
  void areReadOrRefusedAndNothingElse(String clip) {
    List<FlvTag> before = new ArrayList<>();
    FlvFileReader file = new FlvFileReader(ByteBuffer.wrap(Codecs.clip(clip)));
    int refused = 0;
    while (before.size() < MOST_TAGS) {
      FlvTag tag = next(file);
      for (int length = 0; length < tag.body().length(); length++) {
        FlvTrackReader tracks = new FlvTrackReader();
        before.forEach(one -> read(tracks, one.type(), one.body()));
        refused += read(tracks, tag.type(), tag.body().slice(0, length)) ? 0 : 1;
        // What was cut spoils nothing that comes whole.
        assertThat(read(tracks, tag.type(), tag.body())).isTrue();
      }
      before.add(tag);
    }
    assertThat(refused).isPositive();
  }

  private static FlvTag next(FlvFileReader file) {
    Optional<FlvTag> tag = file.next();
    while (tag.isPresent() && tag.get().type() == FlvTag.SCRIPT) {
      tag = file.next();
    }
    return tag.orElseThrow();
  }

  /** Whether the tag was taken. */
  private static boolean read(FlvTrackReader tracks, int type, Bytes body) {
    try {
      List<FlvEvent> events = type == FlvTag.VIDEO ? tracks.video(body, 0) : tracks.audio(body, 0);
      return events.stream().noneMatch(FlvEvent.Refused.class::isInstance);
    } catch (MalformedMediaException e) {
      assertThat(e).hasMessageMatching("(?s).+");
      return false;
    }
  }
}
