package io.millrace.server.command;

import io.millrace.server.client.ApiClient;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Creates, shows and removes channels through the API. */
@Command(
    name = "channel",
    description =
        "Create, list, show, mark, end and delete channels; make new stream keys; have viewers need"
            + " tokens, and make and revoke them.",
    subcommands = {
      ChannelCommand.Create.class,
      ChannelCommand.ListAll.class,
      ChannelCommand.Show.class,
      ChannelCommand.Key.class,
      ChannelCommand.End.class,
      ChannelMark.class,
      ChannelTokens.Guard.class,
      ChannelTokens.Issue.class,
      ChannelTokens.Revoke.class,
      ChannelTokens.NewKey.class,
      ChannelCommand.Delete.class
    },
    synopsisSubcommandLabel = "COMMAND")
final class ChannelCommand {

  static String path(String name) {
    return "channels/" + ApiClient.segment(name);
  }

  /** Adds the addresses that are not there yet as null, so that every answer has the same names. */
  private static JsonNode complete(JsonNode channel) {
    if (channel.path("publish") instanceof ObjectNode publish) {
      putMissing(publish, "rtmp", "srt");
    }
    if (channel.path("watch") instanceof ObjectNode watch) {
      putMissing(watch, "hls", "dash", "page");
    }
    return channel;
  }

  private static void putMissing(ObjectNode node, String... names) {
    for (String name : names) {
      if (!node.has(name)) {
        node.putNull(name);
      }
    }
  }

  static void line(PrintWriter out, String label, String value) {
    if (!value.isEmpty()) {
      out.printf("%-12s %s%n", label, value);
    }
  }

  private static void printAddresses(PrintWriter out, JsonNode channel) {
    line(out, "OBS server", channel.path("publish").path("rtmpServer").asString(""));
    line(out, "OBS key", channel.path("key").asString(""));
    line(out, "publish", channel.has("key") ? text(channel, "publish", "rtmp") : "");
    line(out, "", text(channel, "publish", "srt"));
    line(out, "watch", text(channel, "watch", "page"));
    line(out, "HLS", text(channel, "watch", "hls"));
    line(out, "DASH", text(channel, "watch", "dash"));
  }

  private static String text(JsonNode channel, String group, String name) {
    return channel.path(group).path(name).asString("");
  }

  /** What a command that asks the control plane shares with the others. */
  abstract static class AtControlPlane implements Callable<Integer> {
    @Mixin private ClientOptions client = new ClientOptions();
    @Mixin Output output = new Output();

    ApiClient api() {
      return client.connect();
    }
  }

  /** What a command on a channel that is there shares with the others. */
  abstract static class OnOne extends AtControlPlane {
    @Parameters(paramLabel = "NAME", description = "The channel's name, or its id.")
    String name = "";
  }

  @Command(
      name = "create",
      description = "Create a channel; its stream key is shown now and never again.")
  static final class Create extends AtControlPlane {
    @Parameters(paramLabel = "NAME", description = "The channel's name.")
    private String name = "";

    @Option(names = "--title", paramLabel = "TEXT", description = "What people read (the name).")
    private @Nullable String title;

    @Option(
        names = "--part",
        paramLabel = "TIME",
        converter = Milliseconds.class,
        description = "Goal for a part (200ms).")
    private @Nullable Integer partMs;

    @Option(
        names = "--segment",
        paramLabel = "TIME",
        converter = Milliseconds.class,
        description = "Goal for a segment (2s).")
    private @Nullable Integer segmentMs;

    @Option(
        names = "--window",
        paramLabel = "TIME",
        converter = Milliseconds.class,
        description = "What viewers reach (60s).")
    private @Nullable Integer windowMs;

    @Option(
        names = "--grace",
        paramLabel = "TIME",
        converter = Milliseconds.class,
        description = "How long a lost publisher may come back to the same timeline (30s).")
    private @Nullable Integer graceMs;

    @Override
    public Integer call() {
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("name", name);
      if (title != null) {
        body.put("title", title);
      }
      Map<String, Object> settings = new LinkedHashMap<>();
      putIfSet(settings, "partMs", partMs);
      putIfSet(settings, "segmentMs", segmentMs);
      putIfSet(settings, "windowMs", windowMs);
      putIfSet(settings, "graceMs", graceMs);
      if (!settings.isEmpty()) {
        body.put("settings", settings);
      }
      JsonNode channel = complete(api().post("channels", body));
      output.print(
          channel,
          out -> {
            out.printf("Channel %s is there. Its key is shown this once:%n%n", name);
            printAddresses(out, channel);
          });
      return 0;
    }

    private static void putIfSet(Map<String, Object> to, String key, @Nullable Integer value) {
      if (value != null) {
        to.put(key, value);
      }
    }
  }

  @Command(
      name = "list",
      description =
          "List the channels with their live state. TO EDGE: how long what arrived takes until it"
              + " can be watched.")
  static final class ListAll implements Callable<Integer> {
    private static final int PAGE = 500;

    @Mixin private ClientOptions client = new ClientOptions();
    @Mixin private Output output = new Output();

    @Override
    public Integer call() {
      ApiClient api = client.connect();
      List<JsonNode> channels = new ArrayList<>();
      String after = "";
      do {
        JsonNode page = api.get("channels?limit=" + PAGE + after);
        page.path("channels").forEach(channel -> channels.add(complete(channel)));
        String next = page.path("next").asString("");
        after = next.isEmpty() ? "" : "&after=" + ApiClient.segment(next);
      } while (!after.isEmpty());
      output.print(Map.of("channels", channels), out -> table(out, channels));
      return 0;
    }

    private static void table(PrintWriter out, List<JsonNode> channels) {
      if (channels.isEmpty()) {
        out.println("There is no channel yet: ./millrace channel create NAME");
        return;
      }
      out.printf(
          "%-24s %-8s %7s %10s %10s  %s%n",
          "NAME", "STATE", "VIEWERS", "MBIT/S", "TO EDGE", "TRACKS");
      for (JsonNode channel : channels) {
        JsonNode live = channel.path("live");
        out.printf(
            Locale.ROOT,
            "%-24s %-8s %7s %10s %10s  %s%n",
            channel.path("name").asString(""),
            live.path("state").asString(""),
            live.path("viewers").asInt(0),
            live.path("bitrateBps").isNumber()
                ? String.format(Locale.ROOT, "%.2f", live.path("bitrateBps").asDouble() / 1e6)
                : "-",
            live.path("latencyMs").isNumber() ? latency(live.path("latencyMs").asDouble()) : "-",
            tracks(live));
      }
    }
  }

  private static String latency(double ms) {
    return String.format(Locale.ROOT, ms < 1 ? "%.1f ms" : "%.0f ms", ms);
  }

  private static String tracks(JsonNode live) {
    List<String> tracks = new ArrayList<>();
    for (JsonNode track : live.path("tracks")) {
      String codec = track.path("codec").asString("");
      if ("video".equals(track.path("kind").asString(""))) {
        tracks.add(
            "%s %dx%d %.4g fps"
                .formatted(
                    codec,
                    track.path("width").asInt(0),
                    track.path("height").asInt(0),
                    track.path("frameRate").asDouble(0)));
      } else {
        tracks.add("%s %d Hz".formatted(codec, track.path("sampleRate").asInt(0)));
      }
    }
    return String.join(", ", tracks);
  }

  @Command(name = "show", description = "Show a channel, its addresses and its live state.")
  static final class Show extends OnOne {
    @Override
    public Integer call() {
      JsonNode channel = complete(api().get(path(name)));
      output.print(
          channel,
          out -> {
            JsonNode live = channel.path("live");
            line(out, "name", channel.path("name").asString(""));
            line(out, "title", channel.path("title").asString(""));
            line(out, "id", channel.path("id").asString(""));
            line(out, "state", live.path("state").asString(""));
            line(out, "tracks", tracks(live));
            line(out, "viewers", String.valueOf(live.path("viewers").asInt(0)));
            line(out, "publisher", live.path("publisher").asString(""));
            line(out, "viewers need", ChannelTokens.needs(channel.path("tokens")));
            line(out, "key", channel.path("keyHint").asString(""));
            printAddresses(out, channel);
            live.path("hints").forEach(hint -> line(out, "hint", hint.asString("")));
          });
      return 0;
    }
  }

  @Command(
      name = "key",
      description =
          "Make a new stream key; it is shown now and never again. The old one is refused.")
  static final class Key extends OnOne {
    @Override
    public Integer call() {
      JsonNode channel = complete(api().post(path(name) + "/key", null));
      output.print(channel, out -> printAddresses(out, channel));
      return 0;
    }
  }

  @Command(name = "end", description = "End the broadcast that is on air, without grace period.")
  static final class End extends OnOne {
    @Override
    public Integer call() {
      JsonNode channel = complete(api().post(path(name) + "/end", null));
      output.print(channel, out -> out.printf("The broadcast of %s ends.%n", name));
      return 0;
    }
  }

  @Command(
      name = "delete",
      description = "End what is on air and remove the channel with its keys.")
  static final class Delete extends OnOne {
    @Override
    public Integer call() {
      api().delete(path(name));
      output.print(Map.of("deleted", name), out -> out.printf("Channel %s is removed.%n", name));
      return 0;
    }
  }
}
