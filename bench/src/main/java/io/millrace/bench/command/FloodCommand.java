package io.millrace.bench.command;

import com.sun.management.UnixOperatingSystemMXBean;
import io.millrace.bench.flood.Attack;
import io.millrace.bench.flood.DatagramFlood;
import io.millrace.bench.flood.Flood;
import io.millrace.bench.machine.MachineLoad;
import io.millrace.bench.machine.ProcessMemory;
import io.millrace.bench.machine.ProcessMetrics;
import io.millrace.bench.process.Deployment;
import io.millrace.bench.publish.Broadcast;
import io.millrace.bench.publish.Clip;
import io.millrace.bench.publish.ClipMaker;
import io.millrace.server.ServerException;
import io.millrace.server.command.Output;
import io.millrace.server.data.Endpoints;
import io.millrace.server.process.MillraceProcess;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Attacks every open port of a process, and the links to an edge in another, while a channel is
 * live on both: all connections must be closed within their limits, the channel must lose nothing,
 * and the memory must be as before.
 */
@Command(
    name = "flood",
    description =
        "Attacks the ports of processes of its own while a channel is live: what stays open, what"
            + " the channel loses, and what memory is not given back. Status 1 where anything is.")
final class FloodCommand implements Callable<Integer> {
  private static final String ALL = "control,ingest,packager,origin,edge";
  private static final String FAR_EDGE = "edge";
  private static final String CHANNEL = "flood";

  /** Shorter than usual, so that it is soon as full as it ever gets. */
  private static final String WINDOW_MS = "30000";

  private static final int READINGS = 3;

  /** Of this process, beside those for the connections. */
  private static final int OTHER_FILES = 100;

  private static final double MOST_GROWTH = 1.05;

  /** However soon the connections are closed. */
  private static final Duration DATAGRAMS_FOR = Duration.ofSeconds(15);

  /** What tells of datagrams and of what they did; those of other feeds and reasons are summed. */
  private static final List<String> LINK_COUNTERS =
      List.of(
          "millrace_fabric_invalid_datagrams_total",
          "millrace_fabric_refused_sessions_total",
          "millrace_fabric_refused_messages_total",
          "millrace_fabric_driver_errors_total",
          "millrace_fabric_agent_stalls_total",
          "millrace_fabric_links_lost_total");

  @Mixin private Output output = new Output();

  @Parameters(
      arity = "0..*",
      paramLabel = "ATTACK",
      description = "Which: ${COMPLETION-CANDIDATES} (default: all).")
  private List<Attack> attacks = List.of();

  @Option(
      names = "--connections",
      paramLabel = "COUNT",
      defaultValue = "1000",
      description =
          "Connections at once to each port, its attacks together (default: ${DEFAULT-VALUE}).")
  private int connections;

  @Option(
      names = "--datagrams",
      paramLabel = "COUNT",
      defaultValue = "2000",
      description =
          "Forged datagrams a second to the ports of the links between nodes, all together"
              + " (default: ${DEFAULT-VALUE}; 0: none).")
  private int datagrams;

  /** The window, three segments that are kept beyond it, and some. */
  @Option(
      names = "--settle",
      paramLabel = "SECONDS",
      defaultValue = "42",
      description = "Seconds on air before the first reading (default: ${DEFAULT-VALUE}).")
  private int settle;

  @Option(
      names = "--recovery",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description =
          "Seconds in which memory may come down after the last flood (default: ${DEFAULT-VALUE}).")
  private int recovery;

  @Option(
      names = "--warm-up",
      paramLabel = "COUNT",
      defaultValue = "2",
      description =
          "Floods of the same size before the one that counts: they load classes and fill pools"
              + " (default: ${DEFAULT-VALUE}).")
  private int warmUp;

  /**
   * What an attacked process held.
   *
   * @param earlier before the first flood, and after each that does not count
   * @param after the flood that counts
   */
  private record Memory(List<ProcessMemory> earlier, ProcessMemory after) {
    boolean isAsBefore() {
      return FloodCommand.isAsBefore(earlier.getLast(), after);
    }

    List<Long> each(ToLongFunction<ProcessMemory> figure) {
      return Stream.concat(earlier.stream(), Stream.of(after)).map(figure::applyAsLong).toList();
    }
  }

  /** A process under attack, and the reader of the channel at its edge. */
  private record Attacked(String name, MillraceProcess process, ChannelReader reader) {
    boolean stood() {
      return reader.lostSamples() == 0 && reader.failure().isEmpty();
    }
  }

  /** What the connections came to, and how many datagrams were sent. */
  private record Flooded(Map<Attack, Flood.Outcome> outcomes, long datagrams) {
    int leftOpen() {
      return outcomes.values().stream().mapToInt(Flood.Outcome::leftOpen).sum();
    }
  }

  @Override
  public Integer call() throws Exception {
    Map<Attack, Integer> wanted = shares();
    requireFiles(wanted.values().stream().mapToInt(Integer::intValue).sum() + OTHER_FILES);
    try (WorkDirectory work = new WorkDirectory()) {
      Clip clip = ClipMaker.make(work.path());
      boolean stood;
      try (Deployment deployment = Deployment.start(work.path(), ALL, FAR_EDGE)) {
        stood = attack(deployment, clip, wanted);
      }
      if (stood) {
        work.succeeded();
      }
      return stood ? 0 : 1;
    }
  }

  /** How many connections make each attack: those to one port share what it gets. */
  private Map<Attack, Integer> shares() {
    List<Attack> wanted = attacks.isEmpty() ? Arrays.asList(Attack.values()) : attacks;
    Map<String, List<Attack>> byPort =
        wanted.stream().distinct().collect(Collectors.groupingBy(Attack::port));
    Map<Attack, Integer> shares = new EnumMap<>(Attack.class);
    for (List<Attack> ofPort : byPort.values()) {
      int share = Math.max(1, connections / ofPort.size());
      ofPort.forEach(attack -> shares.put(attack, share));
    }
    return shares;
  }

  /** The JVM has raised its limit as far as it may; the attacked process has the same. */
  private static void requireFiles(int files) {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
        && system.getMaxFileDescriptorCount() < files) {
      throw new ServerException(
          "open files: at most %d (expected: %d or more; ulimit -n tells and changes it)"
              .formatted(system.getMaxFileDescriptorCount(), files));
    }
  }

  private boolean attack(Deployment deployment, Clip clip, Map<Attack, Integer> wanted)
      throws Exception {
    Deployment.Channel channel = deployment.createChannel(CHANNEL, "--window", WINDOW_MS);
    Endpoints.Endpoint rtmp = deployment.rtmp();
    MillraceProcess near = deployment.control();
    MillraceProcess far = deployment.process(FAR_EDGE);
    try (Broadcast broadcast =
            Broadcast.start(rtmp.host(), rtmp.port(), channel.key(), clip, (tag, writtenNs) -> {});
        ChannelReader nearReader = ChannelReader.start(near.http("edge.http"), CHANNEL, clip);
        ChannelReader farReader = ChannelReader.start(far.http("edge.http"), CHANNEL, clip)) {
      boolean stood =
          measure(
              List.of(
                  new Attacked("all roles", near, nearReader),
                  new Attacked("edge over UDP", far, farReader)),
              wanted);
      broadcast.check();
      return stood;
    }
  }

  private boolean measure(List<Attacked> processes, Map<Attack, Integer> wanted)
      throws IOException, InterruptedException {
    // What a channel on air holds grows until its window is full, attacked or not.
    output.progress("%d s until the channel's window is full".formatted(settle));
    TimeUnit.SECONDS.sleep(settle);
    List<List<ProcessMemory>> earlier = new ArrayList<>();
    earlier.add(settled(processes));
    // What each flood leaves behind shows in the last as well; what the first ones load does not.
    for (int i = 0; i < warmUp; i++) {
      output.progress("flood %d of %d, which warms up".formatted(i + 1, warmUp + 1));
      flood(processes, wanted);
      earlier.add(settled(processes));
    }
    output.progress("flood %d of %d, which counts".formatted(warmUp + 1, warmUp + 1));
    Flooded flooded = flood(processes, wanted);
    List<Memory> memory = new ArrayList<>();
    for (int i = 0; i < processes.size(); i++) {
      int process = i;
      List<ProcessMemory> readings = earlier.stream().map(each -> each.get(process)).toList();
      ProcessMemory after = recovered(processes.get(i).process(), readings.getLast());
      memory.add(new Memory(readings, after));
    }
    report(processes, flooded, memory);
    return flooded.leftOpen() == 0
        && processes.stream().allMatch(Attacked::stood)
        && memory.stream().allMatch(Memory::isAsBefore);
  }

  private Flooded flood(List<Attacked> processes, Map<Attack, Integer> wanted)
      throws IOException, InterruptedException {
    MillraceProcess near = processes.getFirst().process();
    long startNs = System.nanoTime();
    List<MillraceProcess> all = processes.stream().map(Attacked::process).toList();
    try (DatagramFlood forged = DatagramFlood.start(datagrams, all)) {
      Map<Attack, Flood.Outcome> outcomes = Flood.run(wanted, name -> address(near, name));
      if (datagrams > 0) {
        long leftNs = DATAGRAMS_FOR.toNanos() - (System.nanoTime() - startNs);
        TimeUnit.NANOSECONDS.sleep(leftNs);
      }
      forged.check();
      return new Flooded(outcomes, forged.sent());
    }
  }

  private static List<ProcessMemory> settled(List<Attacked> processes)
      throws IOException, InterruptedException {
    List<ProcessMemory> each = new ArrayList<>();
    for (Attacked attacked : processes) {
      each.add(ProcessMemory.settled(attacked.process(), READINGS));
    }
    return each;
  }

  private ProcessMemory recovered(MillraceProcess process, ProcessMemory before)
      throws IOException, InterruptedException {
    long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(recovery);
    ProcessMemory now = ProcessMemory.settled(process, READINGS);
    while (!isAsBefore(before, now) && System.nanoTime() < endNs) {
      TimeUnit.SECONDS.sleep(2);
      now = ProcessMemory.settled(process, READINGS);
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

  private void report(List<Attacked> processes, Flooded flooded, List<Memory> memory)
      throws IOException {
    Map<String, Object> result = new LinkedHashMap<>();
    List<Map<String, Object>> ended = ended(flooded.outcomes());
    result.put("attacks", ended);
    result.put("leftOpen", flooded.leftOpen());
    result.put("datagrams", flooded.datagrams());
    List<Map<String, Object>> each = new ArrayList<>();
    for (int i = 0; i < processes.size(); i++) {
      each.add(figures(processes.get(i), memory.get(i)));
    }
    result.put("processes", each);
    result.put("load", MachineLoad.oneMinute());
    output.print(
        result,
        out -> {
          attacks(flooded).print(out);
          out.printf("forged datagrams: %d%n", flooded.datagrams());
          processes(each).print(out);
          out.printf(
              "memory before the floods, after each, and after the last%s%n",
              memory.stream().allMatch(Memory::isAsBefore)
                  ? ", which left it as it was"
                  : ": more than it was before");
          out.printf(Locale.ROOT, "load of the machine meanwhile: %.2f%n", MachineLoad.oneMinute());
        });
  }

  private static Table attacks(Flooded flooded) {
    Table table = new Table("attack", "connections", "longest open", "limit", "left open");
    flooded
        .outcomes()
        .forEach(
            (attack, outcome) ->
                table.row(
                    attack.label(),
                    outcome.connections(),
                    String.format(Locale.ROOT, "%.1f s", outcome.longestOpenMs() / 1000.0),
                    attack.limit().toSeconds() + " s",
                    outcome.leftOpen()));
    return table;
  }

  /** The processes side by side. */
  private static Table processes(List<Map<String, Object>> each) {
    Table table =
        new Table(
            Stream.concat(
                    Stream.of(""),
                    each.stream().map(figures -> String.valueOf(figures.get("process"))))
                .toArray(String[]::new));
    for (String name : each.getFirst().keySet()) {
      if (!name.equals("process")) {
        table.row(
            Stream.concat(Stream.of(name), each.stream().map(figures -> shown(name, figures)))
                .toArray());
      }
    }
    return table;
  }

  private static String shown(String name, Map<String, Object> figures) {
    Object value = figures.get(name);
    return value instanceof List<?> bytes
        ? bytes.stream()
            .map(each -> String.format(Locale.ROOT, "%.2f", ((Number) each).longValue() / 0x1p20))
            .collect(Collectors.joining(", ", "", " MiB"))
        : String.valueOf(value);
  }

  private static List<Map<String, Object>> ended(Map<Attack, Flood.Outcome> outcomes) {
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
    return each;
  }

  private static Map<String, Object> figures(Attacked attacked, Memory memory) throws IOException {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("process", attacked.name());
    figures.put("partsRead", attacked.reader().parts());
    figures.put("lostSamples", attacked.reader().lostSamples());
    figures.put("failure", attacked.reader().failure().orElse(""));
    figures.put("heapBytes", memory.each(ProcessMemory::heapBytes));
    figures.put("directBytes", memory.each(ProcessMemory::directBytes));
    figures.put("memoryIsAsBefore", memory.isAsBefore());
    figures.putAll(ProcessMetrics.sums(attacked.process(), LINK_COUNTERS));
    return figures;
  }
}
