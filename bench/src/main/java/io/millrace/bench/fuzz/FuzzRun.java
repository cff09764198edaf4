package io.millrace.bench.fuzz;

import io.netty.util.LeakPresenceDetector;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Runs Jazzer on one target in a process of its own, since it instruments the classes it loads and
 * ends the process where it finds something.
 */
public final class FuzzRun {
  /**
   * What a run saw.
   *
   * @param executions inputs fed
   * @param coverage edges of our code reached
   * @param findings files with the inputs that were neither accepted nor refused
   * @param output what Jazzer printed
   */
  public record Result(long executions, long coverage, List<Path> findings, String output) {
    public Result {
      findings = List.copyOf(findings);
    }
  }

  private static final String JAZZER = "com.code_intelligence.jazzer.Jazzer";
  private static final int MOST_INPUT_BYTES = 1 << 14;
  private static final int SLOW_INPUT_SECONDS = 10;
  private static final int START_AND_END_SECONDS = 120;
  private static final Pattern EXECUTIONS =
      Pattern.compile("stat::number_of_executed_units: *(\\d+)");
  private static final Pattern COVERAGE = Pattern.compile(" cov: (\\d+) ");

  private final FuzzTarget target;
  private final Path directory;

  /** Works in {@code directory}: the corpus that grows, the findings, the log. */
  public FuzzRun(FuzzTarget target, Path directory) {
    this.target = target;
    this.directory = directory;
  }

  /** Fuzzes for so long, or up to the first finding. */
  public Result run(int seconds) throws IOException, InterruptedException {
    Path corpus = Files.createDirectories(directory.resolve("corpus"));
    Path findings = Files.createDirectories(directory.resolve("findings"));
    write(target.parser().seeds(), corpus, "seed-");
    write(Corpus.of(target), corpus, "kept-");
    List<Path> earlier = files(findings);
    Path log = directory.resolve("jazzer.log");
    Process process =
        new ProcessBuilder(command(seconds, corpus, findings))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .directory(directory.toFile())
            .start();
    try {
      process.getOutputStream().close();
      if (!process.waitFor(seconds + (long) START_AND_END_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("Jazzer did not end; its output is in " + log);
      }
    } finally {
      process.destroyForcibly();
    }
    String output = Files.readString(log, StandardCharsets.ISO_8859_1);
    List<Path> found = new ArrayList<>(files(findings));
    found.removeAll(earlier);
    Result result = new Result(last(EXECUTIONS, output), last(COVERAGE, output), found, output);
    if (result.executions() == 0 && result.findings().isEmpty()) {
      throw new IOException("Jazzer fed nothing; its output is in " + log + ":\n" + output);
    }
    return result;
  }

  private static void write(List<byte[]> inputs, Path corpus, String prefix) throws IOException {
    for (int i = 0; i < inputs.size(); i++) {
      Files.write(corpus.resolve(prefix + i), inputs.get(i));
    }
  }

  private List<String> command(int seconds, Path corpus, Path findings) {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--") || argument.startsWith("-D"))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-XX:+EnableDynamicAgentLoading",
            "-Dio.netty.customResourceLeakDetector=" + LeakPresenceDetector.class.getName(),
            "-Xmx1g",
            "-cp",
            System.getProperty("java.class.path"),
            JAZZER,
            "--target_class=" + FuzzEntry.class.getName(),
            "--target_args=" + target.label(),
            "--instrumentation_includes=io.millrace.**",
            "--custom_hook_includes=io.millrace.**",
            "-max_total_time=" + seconds,
            "-max_len=" + MOST_INPUT_BYTES,
            "-timeout=" + SLOW_INPUT_SECONDS,
            "-rss_limit_mb=3000",
            "-print_final_stats=1",
            "-artifact_prefix=" + findings + "/",
            corpus.toString()));
    return command;
  }

  private static long last(Pattern pattern, String output) {
    long value = 0;
    Matcher matcher = pattern.matcher(output);
    while (matcher.find()) {
      value = Long.parseLong(matcher.group(1));
    }
    return value;
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }
}
