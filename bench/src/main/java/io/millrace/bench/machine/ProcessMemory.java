package io.millrace.bench.machine;

import io.millrace.bench.http.HttpConnection;
import io.millrace.server.process.MillraceProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Tells what a process holds, from its own metrics.
 *
 * @param heapBytes live on the heap
 * @param directBytes in use of Netty's allocator
 */
public record ProcessMemory(long heapBytes, long directBytes) {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** Collects the garbage in the process first. */
  public static ProcessMemory afterCollection(MillraceProcess process)
      throws IOException, InterruptedException {
    collect(process.pid());
    String metrics;
    try (HttpConnection connection = new HttpConnection(process.http("metrics"), TIMEOUT)) {
      metrics = connection.get("/metrics").text();
    }
    return new ProcessMemory(
        value(metrics, "jvm_memory_used_bytes{area=\"heap\"}"),
        value(metrics, "millrace_netty_direct_bytes"));
  }

  private static void collect(long pid) throws IOException, InterruptedException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    Process collection =
        new ProcessBuilder(jcmd.toString(), Long.toString(pid), "GC.run")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!collection.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS) || collection.exitValue() != 0) {
      throw new IOException("no garbage collection: " + jcmd + " did not work");
    }
  }

  private static long value(String metrics, String series) {
    return metrics
        .lines()
        .filter(line -> line.startsWith(series + " "))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(series.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no " + series + " in /metrics"));
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "heap %.1f MiB, direct %.1f MiB", heapBytes / 0x1p20, directBytes / 0x1p20);
  }
}
