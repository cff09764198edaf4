package io.millrace.bench.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.LongFunction;
import java.util.stream.Stream;

/** Reads a process's processor time and memory from {@code /proc}. */
public final class ProcessCpu {
  /** USER_HZ, fixed at 100 by the kernel's interface to programs. */
  private static final long TICK_MS = 10;

  private ProcessCpu() {}

  /** User and system time that the process {@code pid} has used, all its threads. */
  public static Duration of(long pid) {
    return ticks(pid, 2);
  }

  /** The same of the processes that it has started, those that have ended included. */
  public static Duration ofChildren(long pid) {
    // A process has the time of those below it that have ended beside its own.
    return ofEachChild(pid, child -> ticks(child, 4)).reduce(Duration.ZERO, Duration::plus);
  }

  /** Sums the first of utime, stime, cutime, cstime (proc(5)). */
  private static Duration ticks(long pid, int times) {
    String stat = read(Path.of("/proc", Long.toString(pid), "stat"));
    // The command's name stands in parentheses and may hold spaces: count fields after it.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    long ticks = Arrays.stream(fields, 11, 11 + times).mapToLong(Long::parseLong).sum();
    return Duration.ofMillis(ticks * TICK_MS);
  }

  private static <T> Stream<T> ofEachChild(long pid, LongFunction<T> figure) {
    return ProcessHandle.of(pid).stream()
        .flatMap(ProcessHandle::descendants)
        .flatMap(
            child -> {
              try {
                return Stream.of(figure.apply(child.pid()));
              } catch (UncheckedIOException e) {
                return Stream.empty(); // it has ended meanwhile
              }
            });
  }

  /** The share of one core that {@code spent} is of {@code elapsed}, percent, two decimals. */
  public static double corePercent(Duration spent, Duration elapsed) {
    return Math.round(10_000.0 * spent.toNanos() / elapsed.toNanos()) / 100.0;
  }

  /** Resident memory of the process {@code pid}, bytes. */
  public static long residentBytes(long pid) {
    return bytes(pid, "status", "VmRSS:");
  }

  /** Resident memory of the processes that it has started, bytes; what they share counts once. */
  public static long residentBytesOfChildren(long pid) {
    return ofEachChild(pid, child -> bytes(child, "smaps_rollup", "Pss:"))
        .mapToLong(Long::longValue)
        .sum();
  }

  private static long bytes(long pid, String file, String field) {
    return read(Path.of("/proc", Long.toString(pid), file))
        .lines()
        .filter(line -> line.startsWith(field))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .findFirst()
        .orElse(0);
  }

  private static String read(Path path) {
    try {
      return Files.readString(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
