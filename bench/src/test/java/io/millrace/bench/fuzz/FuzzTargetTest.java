package io.millrace.bench.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.netty.util.LeakPresenceDetector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What was ever found stays found; and a few seconds of looking for more. */
class FuzzTargetTest {
  private static final Path FOUND = Path.of("src/test/resources/fuzz");
  private static final int SECONDS = 5;

  @TempDir private Path directory;

  @AfterEach
  void releasedEveryBuffer() {
    LeakPresenceDetector.check();
  }

  @ParameterizedTest
  @EnumSource
  void takesOrRefusesItsSeedsAndWhatIsNearThem(FuzzTarget target) {
    Random random = new Random(42);
    FuzzTarget.Parser parser = target.parser();
    for (byte[] seed : parser.seeds()) {
      parser.feed(seed);
      for (int i = 0; i < 2_000; i++) {
        byte[] mutated = seed.clone();
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
          mutated[random.nextInt(mutated.length)] = (byte) random.nextInt(256);
        }
        assertThatCode(() -> parser.feed(mutated)).doesNotThrowAnyException();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void takesOrRefusesWhatWasFound(FuzzTarget target) throws Exception {
    Path found = FOUND.resolve(target.label());
    if (!Files.isDirectory(found)) {
      return;
    }
    FuzzTarget.Parser parser = target.parser();
    try (Stream<Path> files = Files.list(found)) {
      for (Path file : files.sorted().toList()) {
        byte[] input = Files.readAllBytes(file);
        assertThatCode(() -> parser.feed(input)).as(file.toString()).doesNotThrowAnyException();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void takesOrRefusesWhatALongRunReached(FuzzTarget target) {
    FuzzTarget.Parser parser = target.parser();
    List<byte[]> corpus = Corpus.of(target);

    assertThat(corpus).isNotEmpty();
    for (byte[] input : corpus) {
      assertThatCode(() -> parser.feed(input)).doesNotThrowAnyException();
    }
  }

  @ParameterizedTest
  @EnumSource
  void standsAFewSecondsOfFuzzing(FuzzTarget target) throws Exception {
    FuzzRun.Result result = new FuzzRun(target, directory).run(SECONDS);

    assertThat(result.findings()).as(result.output()).isEqualTo(List.of());
    assertThat(result.executions()).isPositive();
    assertThat(result.coverage()).as(result.output()).isPositive();
  }
}
