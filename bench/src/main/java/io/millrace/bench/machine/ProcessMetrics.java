package io.millrace.bench.machine;

import io.millrace.bench.http.HttpConnection;
import io.millrace.server.process.MillraceProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Reads what a process tells of itself under {@code /metrics}. */
public final class ProcessMetrics {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private ProcessMetrics() {}

  /** What each of these comes to, all its labels together; 0 for those that are not there. */
  public static Map<String, Long> sums(MillraceProcess process, List<String> names)
      throws IOException {
    String text = text(process);
    Map<String, Long> sums = new LinkedHashMap<>();
    for (String name : names) {
      sums.put(name, sum(text, name).orElse(0));
    }
    return sums;
  }

  /** Their text. */
  static String text(MillraceProcess process) throws IOException {
    try (HttpConnection connection = new HttpConnection(process.http("metrics"), TIMEOUT)) {
      return connection.get("/metrics").text();
    }
  }

  /** What the series of this name come to; empty where there is none. */
  static OptionalLong sum(String text, String name) {
    return text.lines()
        .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .reduce(Long::sum);
  }
}
