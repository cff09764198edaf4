package io.millrace.server.data;

import io.millrace.server.ServerException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers child processes on disk, so that the start after a SIGKILL ends those that were left. A
 * file holds pid and start time; both must match, as pids come back.
 */
public final class Children {
  private static final Logger log = LoggerFactory.getLogger(Children.class);
  private static final Duration STOP = Duration.ofSeconds(1);
  private static final long POLL_NS = 2_000_000;

  private final Path directory;

  Children(Path directory) {
    this.directory = directory;
  }

  /** Keeps the process under a name; {@link #forget} when it has ended. */
  public void remember(String name, ProcessHandle process) {
    try {
      Files.createDirectories(directory);
      Files.writeString(file(name), process.pid() + " " + startTicks(process) + "\n");
    } catch (IOException e) {
      throw new ServerException("%s cannot be written: %s".formatted(file(name), e), e);
    }
  }

  public void forget(String name) {
    try {
      Files.deleteIfExists(file(name));
    } catch (IOException e) {
      log.warn("{} cannot be removed: {}", file(name), e.toString());
    }
  }

  /** Ends what an earlier process left running. Returns how many. */
  public int endLeftovers() {
    if (!Files.isDirectory(directory)) {
      return 0;
    }
    int ended = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.pid")) {
      for (Path file : files) {
        Optional<ProcessHandle> left = leftover(Files.readString(file));
        if (left.isPresent()) {
          end(left.get());
          ended++;
        }
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new ServerException("%s cannot be read: %s".formatted(directory, e), e);
    }
    return ended;
  }

  private static Optional<ProcessHandle> leftover(String text) {
    String[] parts = text.strip().split(" ", -1);
    if (parts.length != 2 || !parts[0].matches("\\d{1,18}") || !parts[1].matches("\\d{1,18}")) {
      return Optional.empty();
    }
    long startTicks = Long.parseLong(parts[1]);
    return ProcessHandle.of(Long.parseLong(parts[0]))
        .filter(process -> startTicks != 0 && startTicks(process) == startTicks);
  }

  /** Ends whatever this process has started and that still runs, at once. */
  public static void endAll() {
    long untilNs = System.nanoTime() + STOP.toNanos();
    do { // another may be born meanwhile
      List<ProcessHandle> left = descendants();
      if (left.isEmpty()) {
        return;
      }
      left.forEach(ProcessHandle::destroyForcibly);
      LockSupport.parkNanos(POLL_NS);
    } while (System.nanoTime() < untilNs);
  }

  private static List<ProcessHandle> descendants() {
    return ProcessHandle.current().descendants().filter(Children::isRunning).toList();
  }

  /** Whether it is alive, and not only waits for its parent to take notice of its end. */
  static boolean isRunning(ProcessHandle process) {
    return ProcessStat.of(process.pid()).map(ProcessStat::isRunning).orElseGet(process::isAlive);
  }

  /** Asks the process to end, then makes it. */
  public static void end(ProcessHandle process) {
    process.destroy();
    try {
      process.onExit().get(STOP.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private static long startTicks(ProcessHandle process) {
    return ProcessStat.of(process.pid()).map(ProcessStat::startTicks).orElse(0L);
  }

  private Path file(String name) {
    return directory.resolve(name + ".pid");
  }
}
