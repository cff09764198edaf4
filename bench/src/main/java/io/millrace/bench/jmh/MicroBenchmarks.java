package io.millrace.bench.jmh;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs JMH benchmarks, each in a process of its own, with the allocation profiler. */
public final class MicroBenchmarks {
  /** What a packager and a renderer of playlists do. */
  public static final List<Class<?>> PACKAGING =
      List.of(PackagingBenchmark.class, PlaylistBenchmark.class);

  private static final String ALLOCATED = "gc.alloc.rate.norm";
  private static final TimeValue ITERATION = TimeValue.seconds(2);
  private static final int ITERATIONS = 5;

  /**
   * One benchmark's figures for one operation.
   *
   * @param name with its parameters
   * @param microseconds of time
   * @param error half the confidence interval of 99.9 %
   * @param allocatedBytes on the heap
   */
  public record Step(String name, double microseconds, double error, long allocatedBytes) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT, "%-48s %10.1f ± %.1f µs, %,d B", name, microseconds, error, allocatedBytes);
    }
  }

  private MicroBenchmarks() {}

  /** Runs the benchmarks of these classes. */
  public static List<Step> run(List<Class<?>> benchmarks) throws RunnerException {
    OptionsBuilder options = new OptionsBuilder();
    for (Class<?> each : benchmarks) {
      options.include(each.getName());
    }
    options
        .forks(1)
        .warmupTime(ITERATION)
        .warmupIterations(ITERATIONS)
        .measurementTime(ITERATION)
        .measurementIterations(ITERATIONS)
        .shouldFailOnError(true)
        .verbosity(VerboseMode.SILENT)
        .addProfiler(GCProfiler.class);
    return steps(new Runner(options.build()).run());
  }

  private static List<Step> steps(Collection<RunResult> results) {
    List<Step> steps = new ArrayList<>();
    for (RunResult result : results) {
      String parameters =
          result.getParams().getParamsKeys().stream()
              .map(key -> " " + key + "=" + result.getParams().getParam(key))
              .collect(Collectors.joining());
      String name = result.getParams().getBenchmark();
      String method = name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1);
      steps.add(
          new Step(
              method + parameters,
              result.getPrimaryResult().getScore(),
              result.getPrimaryResult().getScoreError(),
              Math.round(
                  Objects.requireNonNull(result.getSecondaryResults().get(ALLOCATED), ALLOCATED)
                      .getScore())));
    }
    return steps;
  }
}
