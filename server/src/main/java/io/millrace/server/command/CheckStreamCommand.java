package io.millrace.server.command;

import static java.util.Objects.requireNonNull;

import io.millrace.conformance.CheckOptions;
import io.millrace.conformance.ConformanceException;
import io.millrace.conformance.Report;
import io.millrace.conformance.ReportText;
import io.millrace.conformance.Rule;
import io.millrace.conformance.Severity;
import io.millrace.conformance.StreamCheck;
import io.millrace.conformance.http.JdkFetcher;
import io.millrace.server.node.Signals;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Follows a live address and says which rules of the standards it breaks. */
@Command(
    name = "stream",
    description = {
      "Follow a live address, HLS or DASH, and say which rules of the standards it breaks.",
      "With both of a channel, their bytes are compared. Ctrl-C ends it with what was found so"
          + " far.",
      "Exit status: 0 where no MUST is broken, 1 where one is, 2 where the command line is wrong."
    })
final class CheckStreamCommand implements Callable<Integer> {
  private static final int MAX_SECONDS = 86_400;
  private static final int PROGRESS_EVERY_S = 5;

  @Spec private @Nullable CommandSpec spec;

  @Mixin private Output output = new Output();

  @Parameters(paramLabel = "URL", arity = "0..2", description = "Playlist or MPD; or one of each.")
  private List<URI> addresses = new ArrayList<>();

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "30",
      description = "How long to follow it (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--jitter",
      paramLabel = "TIME",
      defaultValue = "250ms",
      converter = Milliseconds.class,
      description = "What network and machines may add to times (default: ${DEFAULT-VALUE}).")
  private int jitterMs;

  @Option(names = "--rules", description = "Print the rules instead.")
  private boolean rules;

  @Override
  public Integer call() throws InterruptedException {
    if (rules) {
      printRules();
      return 0;
    }
    if (addresses.isEmpty()) {
      throw wrong("no address (expected: check stream URL)");
    }
    if (seconds < 1 || seconds > MAX_SECONDS) {
      throw wrong("--seconds: %d (expected: from 1 to %d)".formatted(seconds, MAX_SECONDS));
    }
    try (JdkFetcher fetcher = new JdkFetcher()) {
      CheckOptions options =
          new CheckOptions(
              Duration.ofSeconds(seconds),
              Duration.ofMillis(jitterMs),
              CheckOptions.MAX_RENDITIONS);
      StreamCheck check = new StreamCheck(fetcher, options);
      Signals.on("INT", check::stop);
      Report report = follow(check);
      print(report);
      return report.ok() ? 0 : 1;
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(requireNonNull(spec, "spec").commandLine(), message);
  }

  /** Runs it on a thread of its own, and tells how it goes. */
  private Report follow(StreamCheck check) throws InterruptedException {
    FutureTask<Report> task = new FutureTask<>(() -> check.run(addresses));
    Thread.ofVirtual().name("check").start(task);
    for (int gone = 0; ; gone += PROGRESS_EVERY_S) {
      try {
        return task.get(PROGRESS_EVERY_S, TimeUnit.SECONDS);
      } catch (TimeoutException e) {
        progress(check.report(), gone + PROGRESS_EVERY_S);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof ConformanceException refused) {
          throw refused;
        }
        throw new IllegalStateException(e.getCause());
      }
    }
  }

  private void progress(Report report, int goneSeconds) {
    output.progress(
        "%3d of %d s: %d rules met in %d looks; broken: %d MUST, %d SHOULD"
            .formatted(
                goneSeconds,
                seconds,
                report.results().size(),
                looks(report),
                report.broken(Severity.MUST).size(),
                report.broken(Severity.SHOULD).size()));
  }

  private static long looks(Report report) {
    return report.results().stream().mapToLong(Report.Result::looks).sum();
  }

  private void printRules() {
    List<Map<String, Object>> all = Stream.of(Rule.values()).map(CheckStreamCommand::rule).toList();
    output.print(
        all,
        out ->
            Stream.of(Rule.values())
                .forEach(
                    rule ->
                        out.printf(
                            "%-34s %-6s %-32s %s%n",
                            rule.id(), rule.severity(), rule.clause(), rule.says())));
  }

  private static Map<String, Object> rule(Rule rule) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("rule", rule.id());
    values.put("severity", rule.severity().name());
    values.put("clause", rule.clause());
    values.put("says", rule.says());
    return values;
  }

  private void print(Report report) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("ok", report.ok());
    json.put("must", report.broken(Severity.MUST).stream().map(CheckStreamCommand::json).toList());
    json.put(
        "should", report.broken(Severity.SHOULD).stream().map(CheckStreamCommand::json).toList());
    json.put("looks", looks(report));
    json.put("met", report.results().stream().map(result -> result.rule().id()).toList());
    output.print(json, out -> text(report, out));
  }

  private static Map<String, Object> json(Report.Result result) {
    Map<String, Object> values = rule(result.rule());
    values.put("broken", result.broken());
    values.put("looks", result.looks());
    values.put(
        "findings",
        result.findings().stream()
            .map(
                finding ->
                    Map.of(
                        "where", finding.where(),
                        "seen", finding.seen(),
                        "expected", finding.expected()))
            .toList());
    return values;
  }

  private static void text(Report report, PrintWriter out) {
    ReportText.writeBroken(report, out);
    out.printf(
        "%d of %d rules were met, in %d looks%s%n",
        report.results().size(),
        Rule.values().length,
        looks(report),
        report.results().isEmpty() ? ": nothing was checked" : "");
  }
}
