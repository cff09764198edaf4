package io.millrace.server.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.server.data.Endpoints;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A {@code millrace} command in a JVM of its own, on free ports. */
final class MillraceProcess implements AutoCloseable {
  private static final Duration LONGEST_START = Duration.ofMinutes(2);
  private static final List<String> FREE_PORTS =
      Stream.of("rtmp", "edge.http", "control", "control.grpc", "fabric", "metrics")
          .flatMap(name -> Stream.of("--set", name + ".port=0"))
          .toList();

  private final Process process;
  private final Path data;
  private final Path output;

  private MillraceProcess(Process process, Path data, Path output) {
    this.process = process;
    this.data = data;
    this.output = output;
  }

  static MillraceProcess start(Path data, String... command) throws IOException {
    Path output = Files.createTempFile(data.resolveSibling("."), "millrace", ".log");
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.startsWith("--"))
        .forEach(line::add);
    line.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1", "-Xmx256m", "-cp", System.getProperty("java.class.path")));
    line.add("io.millrace.server.Main");
    line.addAll(List.of(command));
    line.addAll(List.of("--data", data.toString()));
    line.addAll(FREE_PORTS);
    Process process =
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(output.toFile()).start();
    return new MillraceProcess(process, data, output);
  }

  MillraceProcess awaitReady() {
    await()
        .atMost(LONGEST_START)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> !process.isAlive() || Endpoints.read(data).isPresent());
    assertThat(process.isAlive()).as(this::output).isTrue();
    return this;
  }

  String url(String name) {
    return Endpoints.read(data).flatMap(all -> all.address(name)).orElseThrow().url();
  }

  long pid() {
    return process.pid();
  }

  List<ProcessHandle> descendants() {
    return process.descendants().toList();
  }

  String output() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Sends SIGTERM. Returns the exit status. */
  int terminate() throws InterruptedException {
    process.destroy();
    return awaitExit();
  }

  int awaitExit() throws InterruptedException {
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(this::output).isTrue();
    return process.exitValue();
  }

  /** Sends SIGKILL. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    awaitExit();
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
