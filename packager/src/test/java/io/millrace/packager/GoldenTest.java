package io.millrace.packager;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.input.InputRecord;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * Compares what is made of a real stream with a dump that can be read. {@code
 * -Dmillrace.golden.rewrite=true} writes it anew.
 */
class GoldenTest {
  private static final Path GOLDEN =
      Path.of("src/test/resources/io/millrace/packager/bframes.golden.txt");

  private static RecordingSink made() {
    return InputScript.opened()
        .flv(RealStreamTest.clip())
        .add(new InputRecord.BroadcastClosed(InputScript.START_UTC_NS + 5_000_000_000L))
        .run();
  }

  @Test
  void theOutputIsAsItWas() throws IOException {
    IndexDump.assertSame(made(), GOLDEN);
  }

  @Test
  void theSameLogGivesTheSameBytes() {
    RecordingSink one = made();
    RecordingSink two = made();

    assertThat(two.records).isEqualTo(one.records);
    assertThat(two.parts).isEqualTo(one.parts);
  }
}
