package io.millrace.bench.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Reads a process's processor time and memory from {@code /proc}. */
public final class ProcessCpu {
  /** USER_HZ, fixed at 100 by the kernel's interface to programs. */
  private static final long TICK_MS = 10;

  private ProcessCpu() {}

  /** User and system time that the process {@code pid} has used, all its threads. */
  public static Duration of(long pid) {
    String stat = read(Path.of("/proc", Long.toString(pid), "stat"));
    // The command's name stands in parentheses and may hold spaces: count fields after it.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return Duration.ofMillis((Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * TICK_MS);
  }

  /** The share of one core that {@code spent} is of {@code elapsed}, percent, two decimals. */
  public static double corePercent(Duration spent, Duration elapsed) {
    return Math.round(10_000.0 * spent.toNanos() / elapsed.toNanos()) / 100.0;
  }

  /** Resident memory of the process {@code pid}, bytes. */
  public static long residentBytes(long pid) {
    return read(Path.of("/proc", Long.toString(pid), "status"))
        .lines()
        .filter(line -> line.startsWith("VmRSS:"))
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
