package io.millrace.bench.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.fabric.aeron.FabricConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A signal to a benchmark ends all that it has started. */
class StoppedBenchTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir private Path directory;

  @Test
  void whatWasStartedEndsAndNothingIsLeft() throws Exception {
    Path temporary = Files.createDirectory(directory.resolve("tmp"));
    Path log = directory.resolve("log");
    Process bench =
        new ProcessBuilder(command(temporary, "bench", "idle", "--seconds", "600"))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      // The node, and its Postgres.
      await()
          .atMost(LIMIT)
          .failFast(() -> assertThat(bench.isAlive()).as(log::toString).isTrue())
          .until(() -> bench.descendants().count() >= 3);
      List<ProcessHandle> started = bench.descendants().toList();

      bench.destroy();

      assertThat(bench.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
      // What a Postgres that is only being made has started ends with it, a moment later.
      await()
          .atMost(LIMIT)
          .untilAsserted(() -> assertThat(started).noneMatch(ProcessHandle::isAlive));
      assertThat(workDirectories(temporary)).as(Files.readString(log)).isEmpty();
      assertThat(Files.readString(log)).doesNotContain("Exception");
    } finally {
      bench.descendants().forEach(ProcessHandle::destroyForcibly);
      bench.destroyForcibly();
    }
  }

  /** A terminal tells the nodes too, and what the benchmark says to them comes on top. */
  @Test
  void whatItsNodesShareGoesTooWhereTheyAreToldTwice() throws Exception {
    Path temporary = Files.createDirectory(directory.resolve("tmp"));
    Path log = directory.resolve("log");
    Process bench =
        new ProcessBuilder(command(temporary, "bench", "latency", "--parts", "100000"))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      await()
          .atMost(LIMIT)
          .failFast(() -> assertThat(bench.isAlive()).as(log::toString).isTrue())
          .until(() -> dataDirectories(temporary).size() == 2);
      List<Path> shared =
          dataDirectories(temporary).stream().map(FabricConfig::directoryFor).toList();
      assertThat(shared).allMatch(Files::isDirectory);

      for (ProcessHandle node : bench.children().toList()) {
        new ProcessBuilder("sh", "-c", "kill -INT " + node.pid()).start().waitFor();
      }
      bench.destroy();

      assertThat(bench.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(shared).as(Files.readString(log)).noneMatch(Files::exists);
      assertThat(workDirectories(temporary)).isEmpty();
    } finally {
      bench.descendants().forEach(ProcessHandle::destroyForcibly);
      bench.destroyForcibly();
    }
  }

  /** Those of nodes that are ready. */
  private static List<Path> dataDirectories(Path temporary) {
    try (Stream<Path> files = Files.walk(temporary, 3)) {
      return files.filter(file -> file.endsWith("endpoints.json")).map(Path::getParent).toList();
    } catch (IOException | UncheckedIOException e) {
      return List.of(); // something went while it was looked at
    }
  }

  private static List<Path> workDirectories(Path temporary) throws IOException {
    try (Stream<Path> files = Files.list(temporary)) {
      return files.filter(file -> file.getFileName().toString().contains("bench")).toList();
    }
  }

  private static List<String> command(Path temporary, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--"))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-Djava.io.tmpdir=" + temporary,
            "-cp",
            System.getProperty("java.class.path"),
            "io.millrace.server.Main"));
    command.addAll(List.of(arguments));
    return command;
  }
}
