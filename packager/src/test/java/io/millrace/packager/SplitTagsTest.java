package io.millrace.packager;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Bytes;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A tag's body came in chunks, and its bytes need not lie in a row. */
class SplitTagsTest {
  private static final int RANDOM_SPLITS = 500;

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
    int[] longest = {0};
    InputScript whole =
        InputScript.opened()
            .flv(
                clip,
                body -> {
                  longest[0] = Math.max(longest[0], body.length());
                  return body;
                });

    for (int at = 1; at < longest[0]; at++) {
      int place = at;
      InputScript split = InputScript.opened().flv(clip, body -> split(body, place));
      assertThat(split.entries.equals(whole.entries)).as("split at %d", at).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("clips")
  void readsTheSameOfThreePieces(String name) {
    byte[] clip = Codecs.clip(name);
    InputScript whole = InputScript.opened().flv(clip);
    Random random = new Random(3);

    for (int i = 0; i < RANDOM_SPLITS; i++) {
      InputScript split =
          InputScript.opened()
              .flv(
                  clip,
                  body -> {
                    int second = random.nextInt(body.length() + 1);
                    return Bytes.join(
                        List.of(
                            split(body.slice(0, second), random.nextInt(second + 1)),
                            body.slice(second)));
                  });
      assertThat(split.entries.equals(whole.entries)).as("run %d", i).isTrue();
    }
  }
}
