package io.millrace.bench.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.netty.util.LeakPresenceDetector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
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
      for (int i = 0; i < mutations(target); i++) {
        byte[] mutated = seed.clone();
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
          mutated[random.nextInt(mutated.length)] = (byte) random.nextInt(256);
        }
        assertThatCode(() -> parser.feed(mutated)).doesNotThrowAnyException();
      }
    }
  }

  private static int mutations(FuzzTarget target) {
    return switch (target) {
      case HTTP2, API -> 200; // a connection for each
      case HANDSHAKE, CHUNK, AMF, FLV, HTTP, WIRE, GUARD -> 2_000;
    };
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

  /** Each in a process of its own, and four of those at a time: much of it is their start. */
  @Test
  void standAFewSecondsOfFuzzing() throws Exception {
    try (ExecutorService fourAtATime = Executors.newFixedThreadPool(4)) {
      Map<FuzzTarget, Future<FuzzRun.Result>> runs = new EnumMap<>(FuzzTarget.class);
      for (FuzzTarget target : FuzzTarget.values()) {
        Path itsOwn = Files.createDirectory(directory.resolve(target.name()));
        runs.put(target, fourAtATime.submit(() -> new FuzzRun(target, itsOwn).run(SECONDS)));
      }
      for (Map.Entry<FuzzTarget, Future<FuzzRun.Result>> run : runs.entrySet()) {
        FuzzRun.Result result = run.getValue().get();
        String where = run.getKey() + ": " + result.output();
        assertThat(result.findings()).as(where).isEqualTo(List.of());
        assertThat(result.executions()).as(where).isPositive();
        assertThat(result.coverage()).as(where).isPositive();
      }
    }
  }
}
