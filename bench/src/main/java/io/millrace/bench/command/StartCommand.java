package io.millrace.bench.command;

import io.millrace.bench.hls.RenditionReader;
import io.millrace.bench.machine.MachineLoad;
import io.millrace.bench.process.Deployment;
import io.millrace.bench.publish.Broadcast;
import io.millrace.bench.publish.Clip;
import io.millrace.bench.publish.ClipMaker;
import io.millrace.server.command.Output;
import io.millrace.server.data.Endpoints;
import io.millrace.server.process.MillraceProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Measures how long a start takes: of {@code up} on new data and again on the same, with Postgres;
 * and of an edge that was killed while it served, up to the first part that is newer than the kill.
 * Stops too. All times are from the launch of the JVM, or from the signal, to what a client sees.
 */
@Command(
    name = "start",
    description =
        "Time from the start of up to ready, again and again on the same data, and to stop; and of"
            + " a killed edge to its first new part.")
final class StartCommand implements Callable<Integer> {
  private static final Duration READY_WITHIN = Duration.ofSeconds(60);
  private static final Duration WATCHABLE_WITHIN = Duration.ofSeconds(20);
  private static final String REST = "control,ingest,packager,origin";
  private static final String EDGE = "edge";

  @Mixin private Output output = new Output();

  @Option(
      names = "--starts",
      paramLabel = "COUNT",
      defaultValue = "3",
      description = "Starts of up on the same data (default: ${DEFAULT-VALUE}).")
  private int starts;

  @Option(
      names = "--kills",
      paramLabel = "COUNT",
      defaultValue = "3",
      description = "How often the edge is killed and started (default: ${DEFAULT-VALUE}).")
  private int kills;

  @Override
  public Integer call() throws Exception {
    try (WorkDirectory work = new WorkDirectory()) {
      List<Double> readySeconds = new ArrayList<>();
      List<Double> stopSeconds = new ArrayList<>();
      Path data = work.path().resolve("data");
      for (int i = 0; i < starts; i++) {
        long startNs = System.nanoTime();
        try (MillraceProcess up = MillraceProcess.start(data, MillraceProcess.freePorts("up"))) {
          up.awaitReady(READY_WITHIN);
          readySeconds.add(secondsSince(startNs));
          stopSeconds.add(seconds(up.stop().toNanos()));
        }
      }
      report(readySeconds, stopSeconds, kills == 0 ? List.of() : edgeRestarts(work.path()));
      work.succeeded();
    }
    return 0;
  }

  /** From the start of the edge's process to the last byte of a part newer than the kill. */
  private List<Double> edgeRestarts(Path directory) throws Exception {
    Clip clip = ClipMaker.make(directory);
    List<Double> restarts = new ArrayList<>();
    try (Deployment deployment = Deployment.start(directory, REST, EDGE)) {
      Deployment.Channel channel = deployment.createChannel("start");
      Endpoints.Endpoint rtmp = deployment.rtmp();
      try (Broadcast broadcast =
          Broadcast.start(rtmp.host(), rtmp.port(), channel.key(), clip, (tag, writtenNs) -> {})) {
        readOne(deployment, channel);
        for (int i = 0; i < kills; i++) {
          broadcast.check();
          deployment.process(EDGE).kill();
          long startNs = System.nanoTime();
          deployment.start(EDGE);
          readOne(deployment, channel);
          restarts.add(secondsSince(startNs));
        }
      }
    }
    return restarts;
  }

  /** Reads the next part to come: what is listed at first may be older, what is hinted is not. */
  private static void readOne(Deployment deployment, Deployment.Channel channel) throws Exception {
    try (RenditionReader reader =
        RenditionReader.open(
            deployment.edge(), channel.name(), RenditionReader.Kind.VIDEO, WATCHABLE_WITHIN)) {
      reader.next();
    }
  }

  private void report(List<Double> ready, List<Double> stop, List<Double> edge) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("readySeconds", ready);
    result.put("stopSeconds", stop);
    result.put("edgeRestartSeconds", edge);
    result.put("load", MachineLoad.oneMinute());
    output.print(
        result,
        out -> {
          out.println("up, start to ready, on the same data, Postgres included: " + list(ready));
          out.println("up, signal to exit:                                      " + list(stop));
          out.println("killed edge, start to a part newer than the kill:        " + list(edge));
          out.printf(Locale.ROOT, "load of the machine meanwhile: %.2f%n", MachineLoad.oneMinute());
        });
  }

  private static String list(List<Double> seconds) {
    return seconds.isEmpty()
        ? "not measured"
        : String.join(", ", seconds.stream().map(each -> each + " s").toList());
  }

  private static double secondsSince(long startNs) {
    return seconds(System.nanoTime() - startNs);
  }

  private static double seconds(long ns) {
    return Math.round(ns / 1e7) / 100.0;
  }
}
