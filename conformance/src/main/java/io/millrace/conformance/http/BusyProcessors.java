package io.millrace.conformance.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Knows for how long all processors of this machine were busy at a time, at most, by what Linux
 * counts of each one's idle time: only then does a task wait for one. Where that is not to be had,
 * it is no time. May be used by many threads.
 *
 * <p>Pressure stall information would say it more exactly, but is brought up to date every two
 * seconds only.
 */
final class BusyProcessors {
  private static final Path STAT = Path.of("/proc/stat");

  /** Idle, and idle while something is read or written. */
  private static final Pattern IDLE =
      Pattern.compile("cpu\\d+ \\d+ \\d+ \\d+ (\\d{1,15}) (\\d{1,15}) .*");

  /** USER_HZ is 100 wherever Java runs on Linux. */
  private static final long TICK_NS = 10_000_000;

  private static final int KEPT = 8_192;

  private final Path file;

  /** Ticks that each processor was idle so far, by when they were read. */
  private final ConcurrentSkipListMap<Long, List<Long>> idle = new ConcurrentSkipListMap<>();

  BusyProcessors() {
    this(STAT);
  }

  BusyProcessors(Path file) {
    this.file = file;
  }

  /** Reads what was counted up to now. */
  void sample(long nowNs) {
    try {
      List<Long> ticks =
          Files.readAllLines(file).stream()
              .map(IDLE::matcher)
              .filter(Matcher::matches)
              .map(line -> Long.parseLong(line.group(1)) + Long.parseLong(line.group(2)))
              .toList();
      idle.put(nowNs, ticks);
      if (idle.size() > KEPT) {
        idle.pollFirstEntry();
      }
    } catch (IOException e) {
      // Another system, or a container that does not show it.
      idle.clear();
    }
  }

  /**
   * For how long all were busy between two times, at most; so far as samples tell, which are taken
   * before and after each request.
   */
  long busyNs(long fromNs, long toNs) {
    Map.Entry<Long, List<Long>> from = idle.floorEntry(fromNs);
    Map.Entry<Long, List<Long>> to = idle.ceilingEntry(toNs);
    from = from == null ? idle.firstEntry() : from;
    to = to == null ? idle.lastEntry() : to;
    if (from == null || to == null) {
      return 0;
    }
    long mostIdleNs = 0;
    int processors = Math.min(from.getValue().size(), to.getValue().size());
    for (int i = 0; i < processors; i++) {
      long ticks = to.getValue().get(i) - from.getValue().get(i);
      mostIdleNs = Math.max(mostIdleNs, ticks * TICK_NS);
    }
    long busyNs = processors == 0 ? 0 : to.getKey() - from.getKey() - mostIdleNs;
    return Math.clamp(busyNs, 0, Math.max(0, toNs - fromNs));
  }
}
