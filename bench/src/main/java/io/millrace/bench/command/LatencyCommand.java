package io.millrace.bench.command;

import io.millrace.bench.hls.CmafPart;
import io.millrace.bench.hls.RenditionReader;
import io.millrace.bench.machine.LoopbackEcho;
import io.millrace.bench.machine.MachineLoad;
import io.millrace.bench.machine.Percentiles;
import io.millrace.bench.process.Deployment;
import io.millrace.bench.publish.Broadcast;
import io.millrace.bench.publish.Clip;
import io.millrace.bench.publish.ClipMaker;
import io.millrace.media.Bytes;
import io.millrace.media.flv.FlvTag;
import io.millrace.server.command.Output;
import io.millrace.server.data.Endpoints;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Measures from the publisher's write of a part's last byte to the first byte of that part at a
 * client that waits for it at the edge. Publisher and client are this process, on one monotonic
 * clock; the edge is a process of its own, the rest another.
 */
@Command(
    name = "latency",
    description =
        "Time from the publisher's write of a part's last byte to its first byte at a waiting"
            + " viewer, edge in a process of its own.")
final class LatencyCommand implements Callable<Integer> {
  private static final int ECHOES = 500;
  private static final long ECHO_PAUSE_NS = 2_000_000;
  private static final int WARM_UP_PARTS = 50;
  private static final Duration WATCHABLE_WITHIN = Duration.ofSeconds(20);
  private static final int FLV_VIDEO_HEADER = 5;

  @Mixin private Output output = new Output();

  @Option(
      names = "--parts",
      paramLabel = "COUNT",
      defaultValue = "500",
      description = "Parts to measure (default: ${DEFAULT-VALUE}).")
  private int parts;

  @Override
  public Integer call() throws Exception {
    try (WorkDirectory work = new WorkDirectory()) {
      Clip clip = ClipMaker.make(work.path());
      try (Deployment deployment =
          Deployment.start(work.path(), "control,ingest,packager,origin", "edge")) {
        Percentiles latency = measure(deployment, clip);
        Percentiles echo = new Percentiles(LoopbackEcho.roundTrips(ECHOES, ECHO_PAUSE_NS));
        report(latency, echo);
      }
      work.succeeded();
    }
    return 0;
  }

  private Percentiles measure(Deployment deployment, Clip clip) throws Exception {
    Deployment.Channel channel = deployment.createChannel("latency");
    Map<Bytes, Long> written = new ConcurrentHashMap<>();
    Endpoints.Endpoint rtmp = deployment.rtmp();
    try (Broadcast broadcast =
            Broadcast.start(
                rtmp.host(),
                rtmp.port(),
                channel.key(),
                clip,
                (tag, writtenNs) -> remember(tag, writtenNs, written));
        RenditionReader reader =
            RenditionReader.open(
                deployment.edge(), channel.name(), RenditionReader.Kind.VIDEO, WATCHABLE_WITHIN)) {
      long[] times = new long[parts];
      for (int i = -WARM_UP_PARTS; i < parts; i++) {
        RenditionReader.Part part = reader.next();
        broadcast.check();
        Bytes lastSample = CmafPart.samples(part.answer().body()).getLast();
        Long writtenNs = written.get(lastSample);
        if (writtenNs == null) {
          throw new IllegalStateException(
              "part %d.%d ends with a sample that was not sent".formatted(part.msn(), part.part()));
        }
        if (i >= 0) {
          times[i] = part.answer().firstByteNs() - writtenNs;
        }
      }
      return new Percentiles(times);
    }
  }

  private static void remember(FlvTag tag, long writtenNs, Map<Bytes, Long> written) {
    if (Clip.isVideo(tag)) {
      written.put(tag.body().slice(FLV_VIDEO_HEADER), writtenNs);
    }
  }

  private void report(Percentiles latency, Percentiles echo) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("parts", latency.count());
    result.put("p50Ms", latency.ms(0.5));
    result.put("p90Ms", latency.ms(0.9));
    result.put("p99Ms", latency.ms(0.99));
    result.put("maxMs", latency.ms(1));
    result.put("echoP50Ms", echo.ms(0.5));
    result.put("echoP99Ms", echo.ms(0.99));
    result.put("load", MachineLoad.oneMinute());
    output.print(
        result,
        out -> {
          out.println("part, write of its last byte to first byte at a waiting viewer: " + latency);
          out.println("loopback echo on this machine, one byte there and back:         " + echo);
          out.printf(Locale.ROOT, "load of the machine meanwhile: %.2f%n", MachineLoad.oneMinute());
        });
  }
}
