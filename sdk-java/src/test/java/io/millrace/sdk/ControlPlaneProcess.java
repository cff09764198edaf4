package io.millrace.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real {@code millrace} command in a process of its own, on free ports and on the JDK that the
 * server needs, whichever one these tests run on.
 */
final class ControlPlaneProcess implements AutoCloseable {
  private static final Duration LONGEST_START = Duration.ofMinutes(2);
  private static final List<String> PORTS =
      List.of("rtmp", "edge.http", "control", "control.grpc", "fabric", "metrics");

  private final Process process;
  private final Path data;
  private final Path output;

  private ControlPlaneProcess(Process process, Path data, Path output) {
    this.process = process;
    this.data = data;
    this.output = output;
  }

  /**
   * Starts a command that serves, and waits until it does.
   *
   * @param controlPort 0 for any free one
   */
  static ControlPlaneProcess start(Path data, int controlPort, String... command) {
    try {
      Path server = Path.of(System.getProperty("millrace.server.directory"));
      Path output = data.resolveSibling(data.getFileName() + ".log");
      List<String> line = new ArrayList<>();
      line.add(jdk(server.resolveSibling("build/find-jdk")).resolve("bin/java").toString());
      line.addAll(Arrays.asList(System.getProperty("millrace.jvm.flags").split(" ")));
      line.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xmx256m", "-cp", classPath(server)));
      line.add("io.millrace.server.Main");
      line.addAll(List.of(command));
      line.addAll(List.of("--data", data.toString()));
      for (String port : PORTS) {
        int number = port.equals("control") ? controlPort : 0;
        line.addAll(List.of("--set", port + ".port=" + number));
      }
      Process process =
          new ProcessBuilder(line)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
              .start();
      return new ControlPlaneProcess(process, data, output).awaitReady();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String classPath(Path server) throws IOException {
    Path libraries = server.resolve("target/server.classpath");
    assertThat(libraries).as("the server has to be built before (mvn -am)").exists();
    return server.resolve("target/classes") + ":" + Files.readString(libraries).strip();
  }

  private static Path jdk(Path findJdk) throws IOException {
    Process find = new ProcessBuilder(findJdk.toString()).start();
    String home =
        new String(find.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(home).as("what %s found", findJdk).isNotBlank();
    return Path.of(home.strip());
  }

  private ControlPlaneProcess awaitReady() {
    await()
        .atMost(LONGEST_START)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> !process.isAlive() || Files.exists(data.resolve("endpoints.json")));
    assertThat(process.isAlive()).as(this::output).isTrue();
    return this;
  }

  Path data() {
    return data;
  }

  MillraceClient.Builder client() {
    return MillraceClient.builder().dataDirectory(data);
  }

  int port() {
    try (MillraceClient client = client().build()) {
      return client.baseUri().getPort();
    }
  }

  String output() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Sends SIGKILL, so that nothing is cleaned up but the file that says that it is ready. */
  void kill() throws IOException, InterruptedException {
    process.destroyForcibly();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    Files.deleteIfExists(data.resolve("endpoints.json"));
  }

  @Override
  public void close() {
    List<ProcessHandle> children =
        Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        children.forEach(ProcessHandle::destroyForcibly);
      }
    } catch (InterruptedException e) {
      children.forEach(ProcessHandle::destroyForcibly);
      Thread.currentThread().interrupt();
    }
  }
}
