package io.millrace.bench.command;

import io.millrace.bench.http.HttpConnection;
import io.millrace.bench.machine.MachineLoad;
import io.millrace.bench.machine.ProcessCpu;
import io.millrace.server.command.Output;
import io.millrace.server.process.MillraceProcess;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures what {@code up} costs while no channel is live. */
@Command(name = "idle", description = "Processor time and memory of up while no channel is live.")
final class IdleCommand implements Callable<Integer> {
  private static final Duration READY_WITHIN = Duration.ofSeconds(60);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  @Mixin private Output output = new Output();

  @Option(
      names = "--seconds",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "Seconds to measure for (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--settle",
      paramLabel = "SECONDS",
      defaultValue = "20",
      description = "Seconds to wait after the start (default: ${DEFAULT-VALUE}).")
  private int settle;

  @Override
  public Integer call() throws Exception {
    try (WorkDirectory work = new WorkDirectory()) {
      try (MillraceProcess up =
          MillraceProcess.start(work.path().resolve("data"), MillraceProcess.freePorts("up"))) {
        up.awaitReady(READY_WITHIN);
        TimeUnit.SECONDS.sleep(settle);
        Duration before = ProcessCpu.of(up.pid());
        Duration postgresBefore = ProcessCpu.ofChildren(up.pid());
        long startNs = System.nanoTime();
        TimeUnit.SECONDS.sleep(seconds);
        Duration elapsed = Duration.ofNanos(System.nanoTime() - startNs);
        report(
            up,
            ProcessCpu.corePercent(ProcessCpu.of(up.pid()).minus(before), elapsed),
            ProcessCpu.corePercent(ProcessCpu.ofChildren(up.pid()).minus(postgresBefore), elapsed));
      }
      work.succeeded();
    }
    return 0;
  }

  private void report(MillraceProcess up, double corePercent, double postgresPercent)
      throws IOException {
    String metrics = metrics(up.http("metrics"));
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("corePercent", corePercent);
    result.put("postgresCorePercent", postgresPercent);
    result.put("heapUsedMiB", mebibytes(metrics, "jvm_memory_used_bytes{area=\"heap\"}"));
    result.put("heapCommittedMiB", mebibytes(metrics, "jvm_memory_committed_bytes{area=\"heap\"}"));
    result.put("directMiB", mebibytes(metrics, "jvm_buffer_pool_used_bytes{pool=\"direct\"}"));
    result.put("mappedMiB", mebibytes(metrics, "jvm_buffer_pool_used_bytes{pool=\"mapped\"}"));
    result.put("residentMiB", ProcessCpu.residentBytes(up.pid()) >> 20);
    result.put("postgresResidentMiB", ProcessCpu.residentBytesOfChildren(up.pid()) >> 20);
    result.put("seconds", seconds);
    result.put("load", MachineLoad.oneMinute());
    output.print(
        result,
        out -> result.forEach((name, value) -> out.printf(Locale.ROOT, "%-20s %s%n", name, value)));
  }

  private static String metrics(URI address) throws IOException {
    try (HttpConnection connection = new HttpConnection(address, TIMEOUT)) {
      return connection.get("/metrics").text();
    }
  }

  private static long mebibytes(String metrics, String series) {
    Predicate<String> wanted = line -> line.startsWith(series + " ");
    return metrics
        .lines()
        .filter(wanted)
        .mapToLong(line -> (long) Double.parseDouble(line.substring(series.length() + 1)) >> 20)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no " + series + " in /metrics"));
  }
}
