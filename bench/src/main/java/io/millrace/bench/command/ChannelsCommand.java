package io.millrace.bench.command;

import io.millrace.bench.machine.MachineLoad;
import io.millrace.bench.machine.ProcessCpu;
import io.millrace.bench.process.Deployment;
import io.millrace.bench.publish.Broadcast;
import io.millrace.bench.publish.Clip;
import io.millrace.bench.publish.ClipMaker;
import io.millrace.server.command.Output;
import io.millrace.server.data.Endpoints;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
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
 * Publishes many channels at once, reads every part of each at the edge, and tells what that costs.
 * Ingest and packager, origin, and edge are processes of their own.
 */
@Command(
    name = "channels",
    description =
        "Publishes many channels at once, reads all their parts at the edge, and tells lost parts"
            + " and the processor time of each node.")
final class ChannelsCommand implements Callable<Integer> {
  private static final String INGEST = "ingest,packager";
  private static final String ORIGIN = "origin";
  private static final String EDGE = "edge";

  @Mixin private Output output = new Output();

  @Option(
      names = "--channels",
      paramLabel = "COUNT",
      defaultValue = "50",
      description = "Channels to publish (default: ${DEFAULT-VALUE}).")
  private int channels;

  @Option(
      names = "--seconds",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "Seconds to measure for, idle and live (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      defaultValue = "15",
      description = "Seconds before each of both measurements (default: ${DEFAULT-VALUE}).")
  private int warmUp;

  @Override
  public Integer call() throws Exception {
    try (WorkDirectory work = new WorkDirectory()) {
      Clip clip = ClipMaker.make(work.path());
      boolean complete;
      try (Deployment deployment = Deployment.start(work.path(), "control", INGEST, ORIGIN, EDGE)) {
        complete = measure(deployment, clip);
      }
      if (complete) {
        work.succeeded();
      }
      return complete ? 0 : 1;
    }
  }

  private boolean measure(Deployment deployment, Clip clip) throws Exception {
    TimeUnit.SECONDS.sleep(warmUp);
    Map<String, Duration> idle = cpuOver(deployment);
    List<Broadcast> broadcasts = new ArrayList<>();
    List<ChannelReader> readers = new ArrayList<>();
    try {
      for (int i = 0; i < channels; i++) {
        Deployment.Channel channel = deployment.createChannel("channel-" + i);
        Endpoints.Endpoint rtmp = deployment.rtmp();
        broadcasts.add(
            Broadcast.start(rtmp.host(), rtmp.port(), channel.key(), clip, (tag, ns) -> {}));
        readers.add(ChannelReader.start(deployment.edge(), channel.name(), clip));
      }
      TimeUnit.SECONDS.sleep(warmUp);
      Map<String, Duration> live = cpuOver(deployment);
      for (Broadcast broadcast : broadcasts) {
        broadcast.check();
      }
      return report(deployment, idle, live, readers);
    } finally {
      closeAll(readers, broadcasts);
    }
  }

  private Map<String, Duration> cpuOver(Deployment deployment) throws InterruptedException {
    Map<String, Duration> before = cpu(deployment);
    TimeUnit.SECONDS.sleep(seconds);
    Map<String, Duration> spent = new LinkedHashMap<>();
    cpu(deployment)
        .forEach(
            (roles, after) ->
                spent.put(roles, after.minus(before.getOrDefault(roles, Duration.ZERO))));
    return spent;
  }

  private static Map<String, Duration> cpu(Deployment deployment) {
    Map<String, Duration> used = new LinkedHashMap<>();
    for (String roles : List.of(INGEST, ORIGIN, EDGE)) {
      used.put(roles, ProcessCpu.of(deployment.process(roles).pid()));
    }
    return used;
  }

  private boolean report(
      Deployment deployment,
      Map<String, Duration> idle,
      Map<String, Duration> live,
      List<ChannelReader> readers) {
    long lost = readers.stream().mapToLong(ChannelReader::lostSamples).sum();
    long read = readers.stream().mapToLong(ChannelReader::parts).sum();
    List<String> failures =
        readers.stream().flatMap(reader -> reader.failure().stream()).distinct().toList();
    Map<String, Object> nodes = new LinkedHashMap<>();
    live.forEach(
        (roles, spent) -> {
          Duration spentIdle = idle.getOrDefault(roles, Duration.ZERO);
          nodes.put(
              roles,
              Map.of(
                  "idleCorePercent", percent(spentIdle),
                  "liveCorePercent", percent(spent),
                  "cpuMsPerStreamMinute", perStreamMinute(spent.minus(spentIdle)),
                  "residentMiB", ProcessCpu.residentBytes(deployment.process(roles).pid()) >> 20));
        });
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("channels", channels);
    result.put("seconds", seconds);
    result.put("partsRead", read);
    result.put("lostSamples", lost);
    result.put("failures", failures);
    result.put("nodes", nodes);
    result.put("load", MachineLoad.oneMinute());
    output.print(
        result,
        out -> {
          out.printf(
              "%d channels for %d s: %d parts read, %d samples lost%n",
              channels, seconds, read, lost);
          failures.forEach(failure -> out.println("failed: " + failure));
          nodes.forEach((roles, figures) -> out.printf("%-16s %s%n", roles, figures));
          out.printf(Locale.ROOT, "load of the machine meanwhile: %.2f%n", MachineLoad.oneMinute());
        });
    return lost == 0 && failures.isEmpty() && read > 0;
  }

  private double percent(Duration spent) {
    return ProcessCpu.corePercent(spent, Duration.ofSeconds(seconds));
  }

  private double perStreamMinute(Duration spent) {
    return Math.round(spent.toMillis() * 600.0 / seconds / channels) / 10.0;
  }

  private static void closeAll(List<ChannelReader> readers, List<Broadcast> broadcasts)
      throws IOException {
    for (ChannelReader reader : readers) {
      reader.close();
    }
    for (Broadcast broadcast : broadcasts) {
      broadcast.close();
    }
  }
}
