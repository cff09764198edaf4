package io.millrace.bench.machine;

import io.millrace.server.process.MillraceProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Tells what a process holds, from its own metrics.
 *
 * @param heapBytes live on the heap when it was collected; what was allocated since does not count
 * @param directBytes held by Netty's allocators, the one of the port for nodes included
 */
public record ProcessMemory(long heapBytes, long directBytes) {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /**
   * The least of some readings, each after a collection: what is on its way at the moment of one is
   * not there at all of them.
   */
  public static ProcessMemory settled(MillraceProcess process, int readings)
      throws IOException, InterruptedException {
    ProcessMemory least = afterCollection(process);
    for (int i = 1; i < readings; i++) {
      TimeUnit.SECONDS.sleep(1);
      ProcessMemory next = afterCollection(process);
      least =
          new ProcessMemory(
              Math.min(least.heapBytes, next.heapBytes),
              Math.min(least.directBytes, next.directBytes));
    }
    return least;
  }

  /** Collects the garbage in the process first. */
  public static ProcessMemory afterCollection(MillraceProcess process)
      throws IOException, InterruptedException {
    collect(process.pid());
    String metrics = ProcessMetrics.text(process);
    return new ProcessMemory(
        sum(metrics, "jvm_memory_pool_collection_used_bytes"),
        sum(metrics, "millrace_netty_direct_bytes")
            + ProcessMetrics.sum(metrics, "millrace_control_node_direct_bytes").orElse(0));
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

  private static long sum(String metrics, String name) {
    return ProcessMetrics.sum(metrics, name)
        .orElseThrow(() -> new IllegalStateException("no " + name + " in /metrics"));
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "heap %.1f MiB, direct %.1f MiB", heapBytes / 0x1p20, directBytes / 0x1p20);
  }
}
