package io.millrace.server.process;

import io.millrace.server.data.Endpoints;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** Runs the millrace command as a child process, with this program's class path and JVM flags. */
public final class MillraceProcess implements AutoCloseable {
  /** The settings of all ports, without {@code .port}. */
  public static final List<String> PORTS =
      List.of("rtmp", "edge.http", "control", "control.grpc", "fabric", "metrics");

  private static final String MAIN = "io.millrace.server.Main";
  private static final Duration STOP_WITHIN = Duration.ofSeconds(10);
  private static final long POLL_NS = 20_000_000;

  private final Path data;
  private final Path log;
  private final long logStart;
  private final Process process;

  private MillraceProcess(Path data, Path log, long logStart, Process process) {
    this.data = data;
    this.log = log;
    this.logStart = logStart;
    this.process = process;
  }

  /**
   * Starts {@code millrace ARGUMENTS --data DATA}; output goes to {@code DATA.log} beside the data
   * directory, after what is there.
   */
  public static MillraceProcess start(Path data, String... arguments) throws IOException {
    return start(data, List.of(), Map.of(), arguments);
  }

  /** The same with more flags for its JVM and more variables in its environment. */
  public static MillraceProcess start(
      Path data, List<String> jvmFlags, Map<String, String> environment, String... arguments)
      throws IOException {
    Path log = data.resolveSibling(data.getFileName() + ".log");
    if (log.getParent() != null) {
      Files.createDirectories(log.getParent());
    }
    long logStart = Files.exists(log) ? Files.size(log) : 0;
    List<String> command = command(jvmFlags, arguments);
    command.addAll(List.of("--data", data.toString()));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    // Whoever stops it here waits for no viewer, unless the arguments say otherwise.
    builder.environment().put("MILLRACE_DRAIN_TIMEOUT", "0");
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    return new MillraceProcess(data, log, logStart, process);
  }

  /** So many different TCP ports that are free now, for processes that must know each other's. */
  public static List<Integer> freeTcpPorts(int count) throws IOException {
    List<ServerSocket> probes = new ArrayList<>();
    try {
      // All are open at once: one that is closed might be given again.
      for (int i = 0; i < count; i++) {
        probes.add(new ServerSocket(0));
      }
      return probes.stream().map(ServerSocket::getLocalPort).toList();
    } finally {
      for (ServerSocket probe : probes) {
        probe.close();
      }
    }
  }

  /** The arguments, with every port that they do not set set to any free one. */
  public static String[] freePorts(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    for (String port : PORTS) {
      String setting = port + ".port=";
      if (all.stream().noneMatch(argument -> argument.startsWith(setting))) {
        all.addAll(List.of("--set", setting + "0"));
      }
    }
    return all.toArray(String[]::new);
  }

  /** Runs a millrace command to its end and gives what it printed; fails where it failed. */
  public static String run(Duration limit, String... arguments)
      throws IOException, InterruptedException {
    File errors = File.createTempFile("millrace", ".log");
    try {
      Process process =
          new ProcessBuilder(command(List.of(), arguments)).redirectError(errors).start();
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

  private static List<String> command(List<String> jvmFlags, String... arguments) {
    // What runs in the background of a script ignores SIGINT, and its children with it.
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
    command.add(ProcessHandle.current().info().command().orElse("java"));
    // Agents (a debugger, a coverage tool) belong to this process alone.
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> !argument.startsWith("-agent") && !argument.startsWith("-javaagent"))
        .forEach(command::add);
    command.addAll(jvmFlags);
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

  /** The programs that it has started and that run now. */
  public List<ProcessHandle> descendants() {
    return process.descendants().toList();
  }

  /** What it has printed and logged so far. */
  public String output() {
    try {
      byte[] all = Files.readAllBytes(log);
      int from = (int) Math.min(logStart, all.length);
      return new String(all, from, all.length - from, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Waits until the process has written its addresses, which it does when it has started. */
  public Endpoints awaitReady(Duration limit)
      throws IOException, InterruptedException, TimeoutException {
    long deadlineNs = System.nanoTime() + limit.toNanos();
    while (System.nanoTime() < deadlineNs) {
      Optional<Endpoints> endpoints = Endpoints.read(data);
      if (endpoints.isPresent() && endpoints.get().pid() == process.pid()) {
        return endpoints.get();
      }
      if (!process.isAlive()) {
        throw new IOException("millrace ended at once:\n" + output());
      }
      LockSupport.parkNanos(POLL_NS);
    }
    throw new TimeoutException("millrace was not ready:\n" + output());
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

  /** Sends a signal by its name, {@code INT} or {@code TERM}. */
  public void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("sh", "-c", "kill -%s %d".formatted(name, process.pid())).start().waitFor();
  }

  /** Waits for its end. Returns the exit status. */
  public int awaitExit(Duration limit) throws InterruptedException, TimeoutException {
    if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new TimeoutException("millrace goes on:\n" + output());
    }
    return process.exitValue();
  }

  /** Ends the process with SIGTERM and waits for it; the time that took. */
  public Duration stop() {
    long startNs = System.nanoTime();
    process.destroy();
    try {
      if (!process.waitFor(STOP_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
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
