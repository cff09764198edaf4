package io.millrace.packager;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares what is made of each codec's stream with a dump that can be read. */
class CodecGoldenTest {
  private static final Path DIRECTORY = Path.of("src/test/resources/io/millrace/packager/codecs");

  static Stream<String> clips() {
    return Codecs.CLIPS.stream();
  }

  @ParameterizedTest
  @MethodSource("clips")
  void theOutputIsAsItWas(String clip) throws IOException {
    RecordingSink made = Codecs.packaged(clip);

    IndexRules.check(made);
    IndexDump.assertSame(made, DIRECTORY.resolve(clip + ".golden.txt"));
  }

  @Test
  void theOutputOfHeAacIsAsItWas() throws IOException {
    RecordingSink made = Codecs.heAac();

    IndexRules.check(made);
    assertThat(made.irregularities).isEmpty();
    IndexDump.assertSame(made, DIRECTORY.resolve("he-aac.golden.txt"));
  }
}
