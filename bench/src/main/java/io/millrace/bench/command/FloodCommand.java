package io.millrace.bench.command;

import io.millrace.bench.flood.Attack;
import io.millrace.bench.flood.Flood;
import io.millrace.bench.machine.MachineLoad;
import io.millrace.bench.machine.ProcessMemory;
import io.millrace.bench.process.Deployment;
import io.millrace.bench.publish.Broadcast;
import io.millrace.bench.publish.Clip;
import io.millrace.bench.publish.ClipMaker;
import io.millrace.server.command.Output;
import io.millrace.server.data.Endpoints;
import io.millrace.server.process.MillraceProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Attacks every open TCP port of a process while a channel is live on it: all connections must be
 * closed within their limits, the channel must lose nothing, and the memory must be as before.
 */
@Command(
    name = "flood",
    description =
        "Attacks the ports of a process of its own while a channel is live: what stays open, what"
            + " the channel loses, and what memory is not given back.")
final class FloodCommand implements Callable<Integer> {
  private static final String ALL = "control,ingest,packager,origin,edge";
  private static final String CHANNEL = "flood";
  private static final Duration WARM_UP = Duration.ofSeconds(10);
  private static final Duration RECOVERY = Duration.ofSeconds(30);
  private static final double MOST_GROWTH = 1.05;

  @Mixin private Output output = new Output();

  @Parameters(
      arity = "0..*",
      paramLabel = "ATTACK",
      description = "Which: ${COMPLETION-CANDIDATES} (default: all).")
  private List<Attack> attacks = List.of();

  @Option(
      names = "--connections",
      defaultValue = "1000",
      description = "Connections at once, all attacks together (default: ${DEFAULT-VALUE}).")
  private int connections;

  @Override
  public Integer call() throws Exception {
    try (WorkDirectory work = new WorkDirectory()) {
      Clip clip = ClipMaker.make(work.path());
      boolean stood;
      try (Deployment deployment = Deployment.start(work.path(), ALL)) {
        stood = attack(deployment, clip);
      }
      if (stood) {
        work.succeeded();
      }
      return stood ? 0 : 1;
    }
  }

  private boolean attack(Deployment deployment, Clip clip) throws Exception {
    Deployment.Channel channel = deployment.createChannel(CHANNEL);
    Endpoints.Endpoint rtmp = deployment.rtmp();
    try (Broadcast broadcast =
            Broadcast.start(rtmp.host(), rtmp.port(), channel.key(), clip, (tag, writtenNs) -> {});
        ChannelReader reader = ChannelReader.start(deployment.edge(), channel.name(), clip)) {
      List<Attack> wanted = attacks.isEmpty() ? Arrays.asList(Attack.values()) : attacks;
      int ofEach = Math.max(1, connections / wanted.size());
      // The first of each shows the server the way: classes, buffers, counters are there after it.
      TimeUnit.SECONDS.sleep(WARM_UP.toSeconds());
      Flood.run(wanted, Math.min(ofEach, 2), name -> address(deployment.control(), name));
      ProcessMemory before = ProcessMemory.afterCollection(deployment.control());
      Map<Attack, Flood.Outcome> outcomes =
          Flood.run(wanted, ofEach, name -> address(deployment.control(), name));
      ProcessMemory after = recovered(deployment.control(), before);
      broadcast.check();
      return report(outcomes, before, after, reader);
    }
  }

  private static ProcessMemory recovered(MillraceProcess process, ProcessMemory before)
      throws IOException, InterruptedException {
    long endNs = System.nanoTime() + RECOVERY.toNanos();
    ProcessMemory now = ProcessMemory.afterCollection(process);
    while (!isAsBefore(before, now) && System.nanoTime() < endNs) {
      TimeUnit.SECONDS.sleep(2);
      now = ProcessMemory.afterCollection(process);
    }
    return now;
  }

  private static boolean isAsBefore(ProcessMemory before, ProcessMemory now) {
    return now.heapBytes() <= before.heapBytes() * MOST_GROWTH
        && now.directBytes() <= before.directBytes() * MOST_GROWTH;
  }

  private static InetSocketAddress address(MillraceProcess process, String name) {
    Endpoints.Endpoint address =
        Endpoints.read(process.data()).flatMap(all -> all.address(name)).orElseThrow();
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), address.port());
  }

  private boolean report(
      Map<Attack, Flood.Outcome> outcomes,
      ProcessMemory before,
      ProcessMemory after,
      ChannelReader reader) {
    int leftOpen = outcomes.values().stream().mapToInt(Flood.Outcome::leftOpen).sum();
    Optional<String> failure = reader.failure();
    List<Map<String, Object>> each = new ArrayList<>();
    outcomes.forEach(
        (attack, outcome) -> {
          Map<String, Object> figures = new LinkedHashMap<>();
          figures.put("attack", attack.label());
          figures.put("connections", outcome.connections());
          figures.put("limitSeconds", attack.limit().toSeconds());
          figures.put("longestOpenSeconds", outcome.longestOpenMs() / 1000.0);
          figures.put("leftOpen", outcome.leftOpen());
          each.add(figures);
        });
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("attacks", each);
    result.put("leftOpen", leftOpen);
    result.put("partsRead", reader.parts());
    result.put("lostSamples", reader.lostSamples());
    result.put("failure", failure.orElse(""));
    result.put("heapBytesBefore", before.heapBytes());
    result.put("heapBytesAfter", after.heapBytes());
    result.put("directBytesBefore", before.directBytes());
    result.put("directBytesAfter", after.directBytes());
    result.put("load", MachineLoad.oneMinute());
    output.print(
        result,
        out -> {
          each.forEach(figures -> out.println(figures));
          out.printf(
              Locale.ROOT,
              "live channel meanwhile: %d parts read, %d samples lost %s%n",
              reader.parts(),
              reader.lostSamples(),
              failure.orElse(""));
          out.println("memory after a collection, before: " + before);
          out.println("memory after a collection, after:  " + after);
          out.printf(Locale.ROOT, "load of the machine meanwhile: %.2f%n", MachineLoad.oneMinute());
        });
    return leftOpen == 0
        && reader.lostSamples() == 0
        && failure.isEmpty()
        && isAsBefore(before, after);
  }
}
