package io.millrace.packager;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Bytes;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A tag's body came in chunks, and its bytes need not lie in a row. */
class SplitTagsTest {
  /** Further than any tag's head or decoder configuration of these clips goes. */
  private static final int FURTHEST_SPLIT = 192;

  static Stream<String> clips() {
    return Codecs.CLIPS.stream();
  }

  private static Bytes split(Bytes body, int at) {
    return at >= body.length() ? body : Bytes.join(List.of(body.slice(0, at), body.slice(at)));
  }

  @ParameterizedTest
  @MethodSource("clips")
  void readsTheSameOfEveryCodecAtEverySplit(String name) {
    byte[] clip = Codecs.clip(name);
    InputScript whole = InputScript.opened().flv(clip);

    for (int at = 1; at < FURTHEST_SPLIT; at++) {
      int place = at;
      InputScript split = InputScript.opened().flv(clip, body -> split(body, place));
      assertThat(split.entries.equals(whole.entries)).as("split at %d", at).isTrue();
    }
  }
}
