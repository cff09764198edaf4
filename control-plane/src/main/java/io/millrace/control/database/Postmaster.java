package io.millrace.control.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds and stops the main process of a Postgres, ours or one that an earlier run left behind, by
 * its {@code postmaster.pid}.
 */
final class Postmaster {
  private static final Logger log = LoggerFactory.getLogger(Postmaster.class);
  private static final int STATUS_LINE = 7;
  private static final Duration FAST_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration ORPHANS_TIMEOUT = Duration.ofSeconds(3);
  private static final Duration IMMEDIATE_TIMEOUT = Duration.ofSeconds(5);

  private Postmaster() {}

  /** Stops what an earlier run left running on the data, and removes a mark that it left. */
  static void stopLeftover(Path data) throws IOException, InterruptedException {
    Optional<ProcessHandle> process = running(data);
    if (process.isPresent()) {
      log.warn(
          "An earlier run left Postgres running on {} (process {}): stopping it",
          data,
          process.get().pid());
      stop(process.get());
    }
    if (Files.exists(pidFile(data))) {
      awaitOrphans(data);
      // Postgres would take another program that has the process number now for itself.
      Files.deleteIfExists(pidFile(data));
    }
  }

  /**
   * What a main process that was killed had started ends by itself, but not at once; a new one must
   * not work on the same files meanwhile, which the mark, while it is there, would tell it.
   */
  private static void awaitOrphans(Path data) throws IOException, InterruptedException {
    long deadlineNs = System.nanoTime() + ORPHANS_TIMEOUT.toNanos();
    List<ProcessHandle> orphans =
        ProcessHandle.allProcesses().filter(each -> isOn(each, data)).toList();
    // Asked anew each time: one that nobody reaps stays alive, but works on nothing.
    while (orphans.stream().anyMatch(each -> isOn(each, data))) {
      long lateNs = System.nanoTime() - deadlineNs;
      if (lateNs > ORPHANS_TIMEOUT.toNanos()) {
        throw new IOException("processes of an earlier Postgres do not end: " + pids(orphans));
      }
      if (lateNs > 0) {
        orphans.forEach(Postmaster::kill);
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  private static List<Long> pids(List<ProcessHandle> processes) {
    return processes.stream().map(ProcessHandle::pid).toList();
  }

  private static boolean isOn(ProcessHandle process, Path data) {
    try {
      return serves(process, data);
    } catch (IOException e) {
      return false; // another user's
    }
  }

  /** The process that runs on the data. */
  static Optional<ProcessHandle> running(Path data) throws IOException {
    List<String> lines = lines(pidFile(data));
    Optional<ProcessHandle> process =
        lines.isEmpty() ? Optional.empty() : parsePid(lines.getFirst()).flatMap(ProcessHandle::of);
    return process.isPresent() && serves(process.get(), data) ? process : Optional.empty();
  }

  /** There while Postgres runs, and after it was killed. */
  static Path pidFile(Path data) {
    return data.resolve("postmaster.pid");
  }

  /** Whether the process has opened the data and takes connections. */
  static boolean isReady(Path data, long pid) {
    try {
      List<String> lines = lines(pidFile(data));
      return lines.size() > STATUS_LINE
          && parsePid(lines.getFirst()).filter(found -> found == pid).isPresent()
          && lines.get(STATUS_LINE).strip().equals("ready");
    } catch (IOException e) {
      return false;
    }
  }

  /** Ends it in order; where that takes too long, without a checkpoint; at last by force. */
  static void stop(ProcessHandle process) throws InterruptedException {
    if (!process.isAlive()) {
      return;
    }
    if (signal(process, "INT") && ended(process, FAST_TIMEOUT)) {
      return;
    }
    log.warn("Postgres (process {}) does not stop: stopping it at once", process.pid());
    if (signal(process, "QUIT") && ended(process, IMMEDIATE_TIMEOUT)) {
      return;
    }
    if (!kill(process)) {
      throw new DatabaseException(
          "Postgres (process %d) cannot be stopped".formatted(process.pid()));
    }
  }

  /**
   * Ends a program and what it has started by force. Returns whether it has ended; what it had
   * started is an orphan then, and stays visible for as long as nobody reaps it.
   */
  static boolean kill(ProcessHandle process) {
    if (!process.isAlive()) {
      return true;
    }
    List<ProcessHandle> descendants = process.descendants().toList();
    process.destroyForcibly();
    descendants.forEach(ProcessHandle::destroyForcibly);
    boolean interrupted = Thread.interrupted();
    try {
      return ended(process, IMMEDIATE_TIMEOUT);
    } catch (InterruptedException e) {
      interrupted = true;
      return false;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Postgres works in its data directory, and its program is named so. */
  private static boolean serves(ProcessHandle process, Path data) throws IOException {
    Path proc = Path.of("/proc", Long.toString(process.pid()));
    if (!Files.isDirectory(proc)) {
      String commandLine = process.info().commandLine().orElse("");
      return commandLine.contains("postgres") && commandLine.contains(data.toString());
    }
    try {
      Path program = Files.readSymbolicLink(proc.resolve("exe"));
      Path directory = Files.readSymbolicLink(proc.resolve("cwd"));
      return program.getFileName().toString().startsWith("postgres")
          && directory.equals(data.toRealPath());
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Java itself can send TERM and KILL only; TERM would wait for every client to leave. */
  private static boolean signal(ProcessHandle process, String name) throws InterruptedException {
    try {
      Process kill =
          new ProcessBuilder("sh", "-c", "kill -%s %d".formatted(name, process.pid()))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      kill.waitFor();
      return true;
    } catch (IOException e) {
      log.warn("No shell to send a signal with", e);
      return process.destroy();
    }
  }

  private static boolean ended(ProcessHandle process, Duration timeout)
      throws InterruptedException {
    long deadlineNs = System.nanoTime() + timeout.toNanos();
    while (process.isAlive()) {
      if (System.nanoTime() - deadlineNs > 0) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
    return true;
  }

  private static List<String> lines(Path pidFile) throws IOException {
    try {
      return Files.readAllLines(pidFile);
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  private static Optional<Long> parsePid(String line) {
    try {
      long pid = Long.parseLong(line.strip());
      return pid > 0 ? Optional.of(pid) : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
