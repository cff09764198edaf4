package io.millrace.bench.command;

import io.millrace.bench.jmh.MicroBenchmarks;
import io.millrace.bench.machine.MachineLoad;
import io.millrace.bench.machine.ProcessCpu;
import io.millrace.bench.process.Deployment;
import io.millrace.bench.process.FfmpegPackagers;
import io.millrace.bench.publish.Broadcast;
import io.millrace.bench.publish.Clip;
import io.millrace.bench.publish.ClipMaker;
import io.millrace.server.command.Output;
import io.millrace.server.data.Endpoints;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Packages many streams at once, in turn with as many FFmpeg processes that package the same, and
 * tells what a stream costs either; then the cost of single steps.
 */
@Command(
    name = "package",
    description =
        "Packages many streams beside as many FFmpeg processes, and tells the processor time of a"
            + " stream; then that of single steps.")
final class PackageCommand implements Callable<Integer> {
  private static final String PACKAGER = "ingest,packager";
  private static final Duration WARM_UP = Duration.ofSeconds(15);

  @Mixin private Output output = new Output();

  @Option(
      names = "--streams",
      paramLabel = "COUNT",
      defaultValue = "50",
      description = "Streams to package (default: ${DEFAULT-VALUE}).")
  private int streams;

  @Option(
      names = "--seconds",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description = "Seconds to measure for, each time (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--rounds",
      paramLabel = "COUNT",
      defaultValue = "3",
      description =
          "Times that each is measured, in turn; 0 leaves it out (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(names = "--no-steps", description = "Leave the single steps out.")
  private boolean noSteps;

  @Override
  public Integer call() throws Exception {
    Map<String, Object> result = new LinkedHashMap<>();
    if (rounds > 0) {
      try (WorkDirectory work = new WorkDirectory()) {
        result.putAll(beside(work.path()));
        work.succeeded();
      }
    }
    if (!noSteps) {
      result.put("steps", MicroBenchmarks.run(MicroBenchmarks.PACKAGING));
    }
    result.put("load", MachineLoad.oneMinute());
    output.print(result, out -> print(result, out));
    return 0;
  }

  private Map<String, Object> beside(Path work) throws Exception {
    Clip clip = ClipMaker.make(work);
    double[] ours = new double[rounds];
    double[] peers = new double[rounds];
    try (Deployment deployment = Deployment.start(work, "control", PACKAGER)) {
      List<String> keys = new ArrayList<>();
      for (int i = 0; i < streams; i++) {
        keys.add(deployment.createChannel("stream-" + i).key());
      }
      long pid = deployment.process(PACKAGER).pid();
      TimeUnit.SECONDS.sleep(WARM_UP.toSeconds());
      Duration idle = over(() -> ProcessCpu.of(pid));
      for (int round = 0; round < rounds; round++) {
        ours[round] = perStreamMinute(packaged(deployment, clip, keys).minus(idle));
        peers[round] = perStreamMinute(packagedByFfmpeg(work));
      }
    }
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("streams", streams);
    result.put("seconds", seconds);
    result.put("cpuMsPerStreamMinute", ours);
    result.put("ffmpegCpuMsPerStreamMinute", peers);
    result.put("ratioOfMedians", Math.round(1000 * median(ours) / median(peers)) / 1000.0);
    return result;
  }

  private Duration packaged(Deployment deployment, Clip clip, List<String> keys) throws Exception {
    Endpoints.Endpoint rtmp = deployment.rtmp();
    List<Broadcast> broadcasts = new ArrayList<>();
    try {
      for (String key : keys) {
        broadcasts.add(Broadcast.start(rtmp.host(), rtmp.port(), key, clip, (tag, ns) -> {}));
      }
      TimeUnit.SECONDS.sleep(WARM_UP.toSeconds());
      Duration spent = over(() -> ProcessCpu.of(deployment.process(PACKAGER).pid()));
      for (Broadcast broadcast : broadcasts) {
        broadcast.check();
      }
      return spent;
    } finally {
      for (Broadcast broadcast : broadcasts) {
        broadcast.close();
      }
    }
  }

  private Duration packagedByFfmpeg(Path work) throws Exception {
    try (FfmpegPackagers peers =
        FfmpegPackagers.start(work.resolve(ClipMaker.FILE), work, streams)) {
      TimeUnit.SECONDS.sleep(WARM_UP.toSeconds());
      return over(peers::cpu);
    }
  }

  /** Reads processor time. */
  @FunctionalInterface
  private interface Cpu {
    Duration used() throws IOException;
  }

  private Duration over(Cpu cpu) throws InterruptedException, IOException {
    Duration before = cpu.used();
    TimeUnit.SECONDS.sleep(seconds);
    return cpu.used().minus(before);
  }

  private double perStreamMinute(Duration spent) {
    return Math.round(spent.toMillis() * 600.0 / seconds / streams) / 10.0;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private void print(Map<String, Object> result, PrintWriter out) {
    if (rounds > 0) {
      out.printf(
          "%d streams, processor time of a stream's minute, ms, %d rounds of %d s%n",
          streams, rounds, seconds);
      out.println(
          "ingest and packager  " + Arrays.toString((double[]) result.get("cpuMsPerStreamMinute")));
      out.println(
          "ffmpeg, fMP4 HLS     "
              + Arrays.toString((double[]) result.get("ffmpegCpuMsPerStreamMinute")));
      out.println("ours / ffmpeg, medians  " + result.get("ratioOfMedians"));
    }
    if (result.get("steps") instanceof List<?> steps) {
      steps.forEach(out::println);
    }
    out.printf(Locale.ROOT, "load of the machine meanwhile: %.2f%n", MachineLoad.oneMinute());
  }
}
