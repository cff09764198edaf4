package io.millrace.bench.command;

import io.millrace.bench.http.HttpConnection;
import io.millrace.bench.machine.MachineLoad;
import io.millrace.bench.player.BrowserTools;
import io.millrace.bench.player.Player;
import io.millrace.bench.player.PlayerResult;
import io.millrace.bench.player.PlayerRun;
import io.millrace.bench.process.Deployment;
import io.millrace.bench.publish.Broadcast;
import io.millrace.bench.publish.Clip;
import io.millrace.bench.publish.ClipMaker;
import io.millrace.bench.publish.CodecClip;
import io.millrace.server.data.Endpoints;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Publishes each codec's clip in a loop, and has players play it where the browser says that it has
 * the codec.
 */
final class CodecRuns {
  private static final Duration WATCHABLE_WITHIN = Duration.ofSeconds(30);
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** shaka-player says so of every picture but H.264 and HEVC, in which it looks for captions. */
  private static final String NO_CAPTIONS = "Unable to determine bitstream format for CEA parsing!";

  private static final Pattern CODECS = Pattern.compile("CODECS=\"([^\"]+)\"");

  private final BrowserTools tools;
  private final Deployment deployment;
  private final Path directory;
  private final PlayerRun run;
  private final Clip encoded;

  CodecRuns(BrowserTools tools, Deployment deployment, Path directory, PlayerRun run)
      throws IOException, InterruptedException {
    this.tools = tools;
    this.deployment = deployment;
    this.directory = directory;
    this.run = run;
    this.encoded = ClipMaker.make(directory);
  }

  /**
   * What came of one codec with one player.
   *
   * @param player with its protocol; the browser's name where it does not have the codec
   * @param outcome in a few words
   * @param complaints warnings and errors of the player
   */
  record Row(
      String codec,
      String type,
      String player,
      boolean good,
      String outcome,
      List<String> complaints) {
    Map<String, Object> toMap() {
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("codec", codec);
      values.put("type", type);
      values.put("player", player);
      values.put("good", good);
      values.put("outcome", outcome);
      values.put("complaints", complaints);
      return values;
    }

    @Override
    public String toString() {
      return "%s, %s: %s".formatted(codec, player, outcome);
    }
  }

  /** Publishes the codec, and has the players play it one after the other. */
  List<Row> play(CodecClip codec, List<Player> players) throws Exception {
    String name = codec.name().toLowerCase(Locale.ROOT).replace('_', '-');
    Deployment.Channel channel = deployment.createChannel(name);
    Endpoints.Endpoint rtmp = deployment.rtmp();
    List<Row> rows = new ArrayList<>();
    try (Broadcast broadcast =
        Broadcast.start(
            rtmp.host(),
            rtmp.port(),
            channel.key(),
            codec.clip(tools.root(), encoded),
            (tag, writtenNs) -> {})) {
      deployment.awaitWatchable(name, WATCHABLE_WITHIN);
      String type =
          "%s/mp4; codecs=\"%s\"".formatted(codec.isPicture() ? "video" : "audio", codecs(name));
      if (!tools.takes(type, directory)) {
        return List.of(
            new Row(codec.label(), type, "Chromium", true, "does not have the codec", List.of()));
      }
      TimeUnit.NANOSECONDS.sleep(PlayersCommand.WARM_UP.toNanos());
      for (Player player : players) {
        PlayerResult result =
            run.play(
                tools,
                player,
                player.address(deployment.edge(), deployment.control().http("control"), name),
                directory,
                PlayerRun.Listener.NONE);
        broadcast.check();
        rows.add(row(codec, type, player, result));
      }
    }
    return rows;
  }

  /** As the channel's playlist tells them. */
  private String codecs(String channel) throws IOException {
    try (HttpConnection connection = new HttpConnection(deployment.edge(), TIMEOUT)) {
      String playlist = connection.get("/live/" + channel + "/index.m3u8").text();
      Matcher codecs = CODECS.matcher(playlist);
      if (!codecs.find()) {
        throw new IOException("no CODECS in " + playlist);
      }
      return codecs.group(1);
    }
  }

  private static Row row(CodecClip codec, String type, Player player, PlayerResult result) {
    List<String> complaints = new ArrayList<>(result.errors());
    complaints.addAll(result.warnings());
    complaints.removeIf(complaint -> complaint.contains(NO_CAPTIONS));
    List<String> faults = new ArrayList<>(result.faults());
    boolean decoded = codec.isPicture() ? result.frames() > 0 : result.soundBytes() > 0;
    if (!decoded && faults.isEmpty()) {
      faults.add("nothing was decoded");
    }
    String outcome =
        codec.isPicture() ? result.frames() + " frames" : result.soundBytes() + " bytes of sound";
    return new Row(
        codec.label(),
        type,
        player.label() + ", " + player.protocol(),
        faults.isEmpty() && complaints.isEmpty(),
        faults.isEmpty() ? outcome : String.join("; ", faults),
        complaints.stream().distinct().toList());
  }

  static void print(List<Row> rows, PrintWriter out) {
    Table table = new Table("codec", "type", "player", "", "decoded");
    for (Row row : rows) {
      table.row(row.codec, row.type, row.player, row.good ? "ok" : "FAILED", row.outcome);
    }
    table.print(out);
    for (Row row : rows) {
      row.complaints.forEach(
          complaint -> out.println(row.codec + ", " + row.player + " told: " + complaint));
    }
    out.printf(Locale.ROOT, "load of the machine meanwhile: %.2f%n", MachineLoad.oneMinute());
  }
}
