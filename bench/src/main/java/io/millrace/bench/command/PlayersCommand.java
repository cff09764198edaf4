package io.millrace.bench.command;

import static java.util.Objects.requireNonNullElse;

import io.millrace.bench.machine.MachineLoad;
import io.millrace.bench.player.BrowserTools;
import io.millrace.bench.player.Player;
import io.millrace.bench.player.PlayerResult;
import io.millrace.bench.player.PlayerRun;
import io.millrace.bench.process.Deployment;
import io.millrace.bench.publish.CodecClip;
import io.millrace.bench.publish.DemoPublisher;
import io.millrace.server.command.Output;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Has the players of the web play a live channel, one after the other, and tells what a viewer got:
 * latency, stalls, whether they go back and return, and whether they come through a restart of the
 * publisher. The picture is the demo's, encoded in real time; publisher and server are two
 * processes.
 */
@Command(
    name = "players",
    description = {
      "hls.js, our watch page, shaka-player and dash.js in headless Chromium: latency, stalls,"
          + " going back, the publisher's restart.",
      "Exit status 1 where one did not play, had a fatal error, or did not come back."
    })
final class PlayersCommand implements Callable<Integer> {
  private static final Duration WATCHABLE_WITHIN = Duration.ofSeconds(30);
  private static final Duration AWAY = Duration.ofSeconds(2);

  /** shaka-player 5.2 does not begin with a playlist that has but one or two segments. */
  static final Duration WARM_UP = Duration.ofSeconds(8);

  private static final int RESTART_SECONDS = 20;
  private static final int SECONDS = 180;
  private static final int SETTLE_SECONDS = 8;
  private static final int CODEC_SECONDS = 15;
  private static final int CODEC_SETTLE_SECONDS = 3;
  private static final BigDecimal MARK_SECONDS = BigDecimal.TEN;

  @Mixin private Output output = new Output();

  @Option(
      names = "--seconds",
      paramLabel = "SECONDS",
      description = "Seconds to measure each for (180; with --codecs 15).")
  private @Nullable Integer seconds;

  @Option(
      names = "--settle",
      paramLabel = "SECONDS",
      description = "Seconds of playing before that (8; with --codecs 3).")
  private @Nullable Integer settle;

  @Option(
      names = "--back",
      paramLabel = "SECONDS",
      defaultValue = "20",
      description = "How far to go back afterwards; 0: not at all (default: ${DEFAULT-VALUE}).")
  private int back;

  @Option(
      names = "--restart",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "At last kill the publisher, which comes back after 2 s; --no-restart: do not.")
  private boolean restart;

  @Option(
      names = "--mark",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Mark a date range while each plays; --no-mark: do not.")
  private boolean mark;

  @Option(
      names = "--codecs",
      description = "Instead, play each codec that the browser has with each player.")
  private boolean codecs;

  @Option(
      names = "--codec",
      paramLabel = "CODEC",
      description = "With --codecs: only this one; again for more: ${COMPLETION-CANDIDATES} (all).")
  private List<CodecClip> wantedCodecs = new ArrayList<>();

  @Option(
      names = "--player",
      paramLabel = "PLAYER",
      description = "Only this one; again for more: ${COMPLETION-CANDIDATES} (all).")
  private List<Player> players = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    List<Player> wanted = players.isEmpty() ? Arrays.asList(Player.values()) : players;
    BrowserTools tools = BrowserTools.find(wanted);
    boolean good;
    try (WorkDirectory work = new WorkDirectory()) {
      try (Deployment deployment =
          Deployment.start(work.path(), "control,ingest,packager,origin,edge")) {
        good =
            codecs
                ? playCodecs(tools, wanted, deployment, work.path())
                : playLive(tools, wanted, deployment, work.path());
      }
      if (good) {
        work.succeeded();
      }
    }
    return good ? 0 : 1;
  }

  private boolean playLive(
      BrowserTools tools, List<Player> wanted, Deployment deployment, Path directory)
      throws Exception {
    PlayerRun run =
        new PlayerRun(
            requireNonNullElse(seconds, SECONDS),
            requireNonNullElse(settle, SETTLE_SECONDS),
            back,
            restart ? RESTART_SECONDS : 0);
    List<Row> rows = new ArrayList<>();
    try (DemoPublisher publisher = DemoPublisher.start(deployment, directory)) {
      deployment.awaitWatchable(DemoPublisher.CHANNEL, WATCHABLE_WITHIN);
      TimeUnit.NANOSECONDS.sleep(WARM_UP.toNanos());
      for (Player player : wanted) {
        deployment.awaitWatchable(DemoPublisher.CHANNEL, WATCHABLE_WITHIN);
        String rangeClass =
            "com.example.bench-" + player.name().toLowerCase(Locale.ROOT).replace('_', '-');
        PlayerResult result =
            run.play(
                tools,
                player,
                player.address(
                    deployment.edge(), deployment.control().http("control"), DemoPublisher.CHANNEL),
                directory,
                listener(deployment, publisher, mark ? rangeClass : ""));
        Row row = new Row(player, result, result.heard(rangeClass), MachineLoad.oneMinute());
        rows.add(row);
        output.progress(
            "%s, %s: %s"
                .formatted(
                    player.label(),
                    player.protocol(),
                    result.faults().isEmpty() ? "played" : result.faults()));
      }
    }
    print(run, rows);
    return rows.stream().allMatch(row -> row.result().faults().isEmpty());
  }

  /** Marks a range of the class, where there is one, and restarts the publisher. */
  private static PlayerRun.Listener listener(
      Deployment deployment, DemoPublisher publisher, String rangeClass) {
    return new PlayerRun.Listener() {
      @Override
      public void onMeasuring() {
        if (!rangeClass.isEmpty()) {
          var _ =
              deployment
                  .api()
                  .post(
                      "channels/" + DemoPublisher.CHANNEL + "/date-ranges",
                      Map.of("class", rangeClass, "durationSeconds", MARK_SECONDS));
        }
      }

      @Override
      public void onRestart() throws InterruptedException {
        publisher.restart(AWAY);
      }
    };
  }

  /** What came of one player; the machine's load over its last minute. */
  private record Row(Player player, PlayerResult result, boolean heard, double load) {
    Map<String, Object> toMap() {
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("player", player.label());
      values.put("protocol", player.protocol());
      values.put("faults", result.faults());
      values.put("heardOfTheMark", heard);
      values.put("load", load);
      values.put("told", result.json());
      return values;
    }
  }

  private void print(PlayerRun run, List<Row> rows) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("seconds", run.seconds());
    json.put("players", rows.stream().map(Row::toMap).toList());
    json.put("load", MachineLoad.oneMinute());
    output.print(json, out -> table(run, rows, out));
  }

  private static void table(PlayerRun run, List<Row> rows, PrintWriter out) {
    out.printf(
        "%d s each; latency p50 / p95 by the presentation's clock and by the picture's; stalls then"
            + " and in 10 s after the return%n",
        run.seconds());
    Table table =
        new Table(
            "player",
            "over",
            "start",
            "aims at",
            "latency",
            "of the picture",
            "stalls",
            "went back",
            "restart",
            "mark",
            "errors",
            "load");
    for (Row row : rows) {
      PlayerResult result = row.result();
      table.row(
          row.player().label(),
          row.player().protocol(),
          result.start(),
          result.target(),
          result.latency("programDateTime"),
          result.latency("picture"),
          result.stalls(),
          result.rewind(),
          result.restart(),
          row.heard() ? "heard" : "-",
          result.errors().size(),
          String.format(Locale.ROOT, "%.2f", row.load()));
    }
    table.print(out);
    for (Row row : rows) {
      PlayerResult result = row.result();
      String name = row.player().label() + ", " + row.player().protocol();
      result.faults().forEach(fault -> out.println("failed: " + name + ": " + fault));
      counted(result.errors()).forEach(error -> out.println(name + " told: " + error));
    }
  }

  /** Each text once, with how often it was there. */
  private static List<String> counted(List<String> texts) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    texts.forEach(text -> counts.merge(text, 1, Integer::sum));
    return counts.entrySet().stream().map(e -> e.getValue() + " × " + e.getKey()).toList();
  }

  private boolean playCodecs(
      BrowserTools tools, List<Player> wanted, Deployment deployment, Path directory)
      throws Exception {
    PlayerRun run =
        new PlayerRun(
            requireNonNullElse(seconds, CODEC_SECONDS),
            requireNonNullElse(settle, CODEC_SETTLE_SECONDS),
            /* back= */ 0,
            /* restart= */ 0);
    CodecRuns runs = new CodecRuns(tools, deployment, directory, run);
    List<CodecRuns.Row> rows = new ArrayList<>();
    // The watch page has the same hls.js.
    List<Player> bare = wanted.stream().filter(player -> player != Player.PAGE).toList();
    for (CodecClip codec :
        wantedCodecs.isEmpty() ? Arrays.asList(CodecClip.values()) : wantedCodecs) {
      for (CodecRuns.Row row : runs.play(codec, bare)) {
        rows.add(row);
        output.progress(row.toString());
      }
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("seconds", run.seconds());
    json.put("rows", rows.stream().map(CodecRuns.Row::toMap).toList());
    json.put("load", MachineLoad.oneMinute());
    output.print(json, out -> CodecRuns.print(rows, out));
    return rows.stream().allMatch(CodecRuns.Row::good);
  }
}
