package io.millrace.bench.command;

import io.millrace.bench.fuzz.FuzzRun;
import io.millrace.bench.fuzz.FuzzTarget;
import io.millrace.server.command.Output;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Feeds the parsers that read from open ports with what nobody would send. */
@Command(
    name = "fuzz",
    description =
        "Feeds what reads from open ports with mutated input; whatever is neither accepted nor"
            + " refused is a finding, and the exit status 1.")
final class FuzzCommand implements Callable<Integer> {
  @Mixin private Output output = new Output();

  @Parameters(
      arity = "0..*",
      paramLabel = "TARGET",
      description = "What to feed: ${COMPLETION-CANDIDATES} (default: all, one after the other).")
  private List<FuzzTarget> targets = List.of();

  @Option(
      names = "--seconds",
      paramLabel = "SECONDS",
      defaultValue = "600",
      description = "Seconds for each target (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--keep",
      paramLabel = "DIR",
      description = "Keep corpus, findings and logs there, and go on from what is there.")
  private @Nullable Path keep;

  @Override
  public Integer call() throws Exception {
    List<FuzzTarget> wanted = targets.isEmpty() ? Arrays.asList(FuzzTarget.values()) : targets;
    boolean clean = true;
    try (WorkDirectory work = new WorkDirectory()) {
      if (keep == null) {
        work.keepWhenStopped();
      }
      Path directory = keep == null ? work.path() : keep.toAbsolutePath();
      List<Map<String, Object>> results = new ArrayList<>();
      for (FuzzTarget target : wanted) {
        FuzzRun.Result result = new FuzzRun(target, directory.resolve(target.label())).run(seconds);
        clean &= result.findings().isEmpty();
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("target", target.label());
        figures.put("executions", result.executions());
        figures.put("coverage", result.coverage());
        figures.put("findings", result.findings().stream().map(Path::toString).toList());
        results.add(figures);
        output.progress(figures.toString());
      }
      output.print(Map.of("targets", results), out -> {});
      if (clean || keep != null) {
        work.succeeded();
      }
    }
    return clean ? 0 : 1;
  }
}
