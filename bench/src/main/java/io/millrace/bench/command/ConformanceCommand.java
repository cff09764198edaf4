package io.millrace.bench.command;

import static java.util.Objects.requireNonNull;

import io.millrace.bench.machine.MachineLoad;
import io.millrace.bench.process.Deployment;
import io.millrace.conformance.CheckOptions;
import io.millrace.conformance.Finding;
import io.millrace.conformance.Report;
import io.millrace.conformance.ReportText;
import io.millrace.conformance.Rule;
import io.millrace.conformance.Severity;
import io.millrace.conformance.StreamCheck;
import io.millrace.conformance.http.JdkFetcher;
import io.millrace.server.ServerException;
import io.millrace.server.command.Output;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Follows a live channel under the rules of {@code check stream}, as HLS and DASH at the same time,
 * while its publisher is torn off and comes back, sends another size, sends sound alone for a
 * while, and is cut off from the ingest.
 *
 * <p>The publisher is this process, with clips that were encoded before. Between it and the ingest
 * stands a TCP proxy on the loopback interface; the network is cut in that the proxy forwards
 * nothing for 3 s and then goes on with what was kept, as TCP loses nothing.
 */
@Command(
    name = "conformance",
    description = {
      "check stream on a live channel, HLS and DASH at once, through a reconnect, another size,"
          + " sound alone and a network cut of 3 s.",
      "Exit status 1 where a MUST is broken."
    })
final class ConformanceCommand implements Callable<Integer> {
  private static final String CHANNEL = "conformance";
  private static final Duration WATCHABLE_WITHIN = Duration.ofSeconds(30);
  private static final Duration AWAY = Duration.ofSeconds(2);
  private static final Duration CUT = Duration.ofSeconds(3);
  private static final int SOUND_ALONE_SECONDS = 20;

  /** Of the time that it is followed, the most that there is sound alone. */
  private static final double SOUND_ALONE_SHARE = 0.2;

  private static final int SHORTEST_SECONDS = 10;
  private static final int LONGEST_SECONDS = 86_400;
  private static final int PROGRESS_EVERY_S = 30;

  @Spec private @Nullable CommandSpec spec;

  @Mixin private Output output = new Output();

  @Option(
      names = "--seconds",
      paramLabel = "SECONDS",
      defaultValue = "600",
      description = "How long to follow it (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--jitter",
      paramLabel = "MILLISECONDS",
      defaultValue = "1000",
      description =
          "What the machine may add to times before a rule counts as broken (default:"
              + " ${DEFAULT-VALUE}).")
  private int jitterMs;

  private final List<Event> events = new CopyOnWriteArrayList<>();

  /**
   * What happened, and when: seconds from the check's begin, and by the clock.
   *
   * @param broken how often each rule had been broken until then
   */
  private record Event(double second, Instant at, String what, Map<Rule, Long> broken) {
    Map<String, Object> toMap() {
      return Map.of("second", second, "at", at.toString(), "what", what);
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT, "%6.1f s  %s  %s", second, at.truncatedTo(ChronoUnit.MILLIS), what);
    }

    /** What was broken from it on until the other, and how often. */
    Map<String, Long> brokenUntil(Map<Rule, Long> later) {
      Map<String, Long> more = new LinkedHashMap<>();
      later.forEach(
          (rule, count) -> {
            long of = count - broken.getOrDefault(rule, 0L);
            if (of > 0) {
              more.put(rule.id(), of);
            }
          });
      return more;
    }
  }

  @Override
  public Integer call() throws Exception {
    if (seconds < SHORTEST_SECONDS || seconds > LONGEST_SECONDS || jitterMs < 0) {
      throw new ParameterException(
          requireNonNull(spec, "spec").commandLine(),
          "--seconds %d --jitter %d (expected: from %d to %d, and from 0)"
              .formatted(seconds, jitterMs, SHORTEST_SECONDS, LONGEST_SECONDS));
    }
    Report report;
    try (WorkDirectory work = new WorkDirectory()) {
      try (Deployment deployment =
              Deployment.start(work.path(), "control,ingest,packager,origin,edge");
          EventfulChannel channel = EventfulChannel.start(deployment, CHANNEL, work.path());
          JdkFetcher fetcher = new JdkFetcher()) {
        deployment.awaitWatchable(CHANNEL, WATCHABLE_WITHIN);
        CheckOptions options =
            new CheckOptions(
                Duration.ofSeconds(seconds),
                Duration.ofMillis(jitterMs),
                CheckOptions.MAX_RENDITIONS);
        report = follow(new StreamCheck(fetcher, options), deployment.edge(), channel);
        channel.check();
      }
      if (report.ok()) {
        work.succeeded();
      }
    }
    print(report);
    return report.ok() ? 0 : 1;
  }

  private Report follow(StreamCheck check, URI edge, EventfulChannel channel) throws Exception {
    List<URI> addresses =
        List.of(
            edge.resolve("/live/" + CHANNEL + "/index.m3u8"),
            edge.resolve("/live/" + CHANNEL + "/manifest.mpd"));
    FutureTask<Report> task = new FutureTask<>(() -> check.run(addresses));
    FutureTask<Boolean> happening = new FutureTask<>(() -> happen(channel, check));
    Thread.ofVirtual().name("check").start(task);
    Thread.ofVirtual().name("events").start(happening);
    Report report = await(task, happening, check);
    if (!happening.isDone()) {
      throw new ServerException("the check was over before all had happened: " + events);
    }
    var _ = happening.get();
    return report;
  }

  private Report await(FutureTask<Report> task, FutureTask<Boolean> happening, StreamCheck check)
      throws InterruptedException, ExecutionException {
    while (true) {
      try {
        return task.get(PROGRESS_EVERY_S, TimeUnit.SECONDS);
      } catch (TimeoutException e) {
        if (happening.state() == Future.State.FAILED) {
          check.stop();
        }
        Report soFar = check.report();
        output.progress(
            "%d MUST and %d SHOULD broken so far"
                .formatted(
                    soFar.broken(Severity.MUST).size(), soFar.broken(Severity.SHOULD).size()));
      }
    }
  }

  /** Spread over the whole time, with as much of it between two as lets the channel settle. */
  private boolean happen(EventfulChannel channel, StreamCheck check)
      throws IOException, InterruptedException {
    long startNs = System.nanoTime();
    tell(check, startNs, "the check begins");
    awaitShare(0.12, startNs);
    tell(check, startNs, "the publisher is torn off");
    channel.reconnect(AWAY);
    tell(check, startNs, "it is back, with its times from zero");
    awaitShare(0.35, startNs);
    tell(check, startNs, "640x360 in place of 1280x720, from the next keyframe on");
    channel.shrink();
    awaitShare(0.5, startNs);
    long soundAloneMs =
        Math.min(SOUND_ALONE_SECONDS * 1_000L, (long) (seconds * SOUND_ALONE_SHARE * 1_000));
    tell(
        check,
        startNs,
        "sound alone from where the next keyframe would be, for " + soundAloneMs + " ms");
    channel.soundAlone(Duration.ofMillis(soundAloneMs));
    tell(check, startNs, "a picture again, from the next keyframe on");
    awaitShare(0.78, startNs);
    tell(check, startNs, "the network is cut");
    channel.cut(Duration.ofMillis(Math.min(CUT.toMillis(), seconds * 100L)));
    tell(check, startNs, "the network is whole again");
    return true;
  }

  private void awaitShare(double share, long startNs) throws InterruptedException {
    long dueNs = startNs + (long) (share * seconds * 1e9);
    TimeUnit.NANOSECONDS.sleep(Math.max(0, dueNs - System.nanoTime()));
  }

  private void tell(StreamCheck check, long startNs, String what) {
    double second = Math.round((System.nanoTime() - startNs) / 1e8) / 10.0;
    Event event = new Event(second, Instant.now(), what, broken(check.report()));
    events.add(event);
    output.progress(event.toString());
  }

  private static Map<Rule, Long> broken(Report report) {
    Map<Rule, Long> counts = new EnumMap<>(Rule.class);
    report.results().forEach(result -> counts.put(result.rule(), result.broken()));
    return counts;
  }

  /** Each event, and what was broken from it on until the next. */
  private List<Map<String, Object>> eventsWithBroken(Report report) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (int i = 0; i < events.size(); i++) {
      Map<Rule, Long> later = i + 1 < events.size() ? events.get(i + 1).broken() : broken(report);
      Map<String, Object> values = new LinkedHashMap<>(events.get(i).toMap());
      values.put("broken", events.get(i).brokenUntil(later));
      all.add(values);
    }
    return all;
  }

  private void print(Report report) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("ok", report.ok());
    json.put("seconds", seconds);
    json.put("jitterMs", jitterMs);
    List<Map<String, Object>> happened = eventsWithBroken(report);
    json.put("events", happened);
    json.put("rules", report.results().stream().map(ConformanceCommand::json).toList());
    json.put("load", MachineLoad.oneMinute());
    output.print(json, out -> text(report, happened, out));
  }

  private static Map<String, Object> json(Report.Result result) {
    Rule rule = result.rule();
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("rule", rule.id());
    values.put("severity", rule.severity().name());
    values.put("clause", rule.clause());
    values.put("looks", result.looks());
    values.put("broken", result.broken());
    values.put("findings", result.findings().stream().map(Finding::toString).toList());
    return values;
  }

  private static void text(Report report, List<Map<String, Object>> happened, PrintWriter out) {
    Table table = new Table("rule", "", "clause", "looks", "broken");
    report
        .results()
        .forEach(
            result ->
                table.row(
                    result.rule().id(),
                    result.rule().severity(),
                    result.rule().clause(),
                    result.looks(),
                    result.broken()));
    table.print(out);
    out.println("broken from an event on until the next:");
    happened.forEach(
        event ->
            out.printf(
                "  %s s, %s: %s%n", event.get("second"), event.get("what"), event.get("broken")));
    ReportText.writeBroken(report, out);
    out.printf(
        Locale.ROOT,
        "%d of %d rules were met; load of the machine meanwhile: %.2f%n",
        report.results().size(),
        Rule.values().length,
        MachineLoad.oneMinute());
  }
}
