package io.millrace.bench.process;

import io.millrace.server.data.Endpoints;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** Runs the millrace command as a child process, with this program's class path and JVM flags. */
public final class MillraceProcess implements AutoCloseable {
  private static final String MAIN = "io.millrace.server.Main";
  private static final Duration STOP_WITHIN = Duration.ofSeconds(10);
  static final List<String> PORTS =
      List.of("rtmp", "edge.http", "control", "control.grpc", "fabric", "metrics");
  private static final long POLL_NS = 20_000_000;

  private final Path data;
  private final Path log;
  private final Process process;

  private MillraceProcess(Path data, Path log, Process process) {
    this.data = data;
    this.log = log;
    this.process = process;
  }

  /**
   * Starts {@code millrace ARGUMENTS --data DATA}, every port free; output goes to {@code
   * DATA-COMMAND.log} beside the data directory.
   */
  public static MillraceProcess start(Path data, String... arguments) throws IOException {
    Files.createDirectories(data);
    Path log = data.resolveSibling(data.getFileName() + ".log");
    List<String> command = command(arguments);
    command.addAll(List.of("--data", data.toString()));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    process.getOutputStream().close();
    return new MillraceProcess(data, log, process);
  }

  /** The arguments, with every port set to any free one. */
  public static String[] freePorts(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    for (String port : PORTS) {
      all.addAll(List.of("--set", port + ".port=0"));
    }
    return all.toArray(String[]::new);
  }

  /** Runs a millrace command to its end and gives what it printed; fails where it failed. */
  public static String run(Duration limit, String... arguments)
      throws IOException, InterruptedException {
    File errors = File.createTempFile("millrace", ".log");
    try {
      Process process = new ProcessBuilder(command(arguments)).redirectError(errors).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IOException(
            "millrace %s failed: %s%s"
                .formatted(String.join(" ", arguments), output, Files.readString(errors.toPath())));
      }
      return output;
    } finally {
      Files.deleteIfExists(errors.toPath());
    }
  }

  private static List<String> command(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    // Agents (a debugger, a coverage tool) belong to this process alone.
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> !argument.startsWith("-agent") && !argument.startsWith("-javaagent"))
        .forEach(command::add);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN));
    command.addAll(List.of(arguments));
    return command;
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public Path data() {
    return data;
  }

  /** Waits until the process has written its addresses, which it does when it is ready. */
  public Endpoints awaitReady(Duration limit)
      throws IOException, InterruptedException, TimeoutException {
    long deadlineNs = System.nanoTime() + limit.toNanos();
    while (System.nanoTime() < deadlineNs) {
      Optional<Endpoints> endpoints = Endpoints.read(data);
      if (endpoints.isPresent() && endpoints.get().pid() == process.pid()) {
        return endpoints.get();
      }
      if (!process.isAlive()) {
        throw new IOException("millrace ended at once:\n" + Files.readString(log));
      }
      LockSupport.parkNanos(POLL_NS);
    }
    throw new TimeoutException("millrace was not ready:\n" + Files.readString(log));
  }

  /** The address named {@code name} in {@code endpoints.json}, as an HTTP address. */
  public URI http(String name) {
    Endpoints.Endpoint address =
        Endpoints.read(data)
            .flatMap(endpoints -> endpoints.address(name))
            .orElseThrow(() -> new IllegalStateException("no address " + name + " in " + data));
    return URI.create("http://" + address.host() + ":" + address.port());
  }

  /** Ends the process as a power cut would. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Ends the process with SIGTERM and waits for it; the time that took. */
  public Duration stop() {
    long startNs = System.nanoTime();
    process.destroy();
    try {
      if (!process.waitFor(STOP_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    return Duration.ofNanos(System.nanoTime() - startNs);
  }

  @Override
  public void close() {
    stop();
  }
}
