package io.millrace.server.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What Linux tells of a process in {@code /proc/PID/stat} (proc_pid_stat(5)).
 *
 * @param state field 3: {@code Z} where it only waits for its parent to take notice of its end
 * @param startTicks field 22, from the machine's boot to the process's start: unlike a time of day
 *     it does not move when the clock is set
 */
record ProcessStat(char state, long startTicks) {
  private static final int STATE = 0;
  private static final int START = 22 - 3;

  /** Empty where there is no such process, or no {@code /proc}. */
  static Optional<ProcessStat> of(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      // The name before may have spaces and parentheses.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", START + 2);
      return Optional.of(new ProcessStat(fields[STATE].charAt(0), Long.parseLong(fields[START])));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  boolean isRunning() {
    return state != 'Z';
  }
}
