package io.millrace.bench.player;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Says what a viewer got.
 *
 * @param json as {@code web/live/play.mjs} prints it
 */
public record PlayerResult(JsonNode json) {
  private static final String FATAL = "fatal ";

  /** Of what should have been played, the share from which on it counts as played. */
  private static final double PLAYED_SHARE = 0.5;

  /** One that did not get so far as to tell. */
  static PlayerResult failed(String why) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("failure", why);
    return new PlayerResult(json);
  }

  /** What keeps it from being a success, each in a few words. */
  public List<String> faults() {
    List<String> faults = new ArrayList<>();
    if (json.has("failure")) {
      faults.add("did not play: " + text(json.path("failure")));
    } else {
      if (!played(json)) {
        faults.add("stood still");
      }
      if (json.has("rewind") && !rewindWorked()) {
        faults.add("did not come back from " + json.path("rewind"));
      }
      if (json.has("restart") && !restartWorked()) {
        faults.add("did not come through the restart: " + json.path("restart"));
      }
    }
    errors().stream().filter(error -> error.startsWith(FATAL)).distinct().forEach(faults::add);
    return faults;
  }

  private static boolean played(JsonNode stretch) {
    return stretch.path("goesOn").asBoolean()
        && stretch.path("playedSeconds").asDouble()
            > stretch.path("seconds").asDouble() * PLAYED_SHARE;
  }

  private boolean rewindWorked() {
    JsonNode rewind = json.path("rewind");
    return rewind.path("wentBack").asBoolean()
        && rewind.path("played").asBoolean()
        && rewind.path("returned").asBoolean()
        && played(json.path("returned"));
  }

  private boolean restartWorked() {
    JsonNode restart = json.path("restart");
    return restart.path("samePlayer").asBoolean()
        && restart.path("reloads").asInt() == 0
        && !restart.path("stoodAtEnd").asBoolean()
        && played(json.path("restarted"));
  }

  /** From beginning to end; what the player calls fatal begins so. */
  public List<String> errors() {
    return texts("allErrors");
  }

  /** What the page wrote to its console as a warning or an error. */
  public List<String> warnings() {
    return texts("warnings");
  }

  private List<String> texts(String name) {
    return json.path(name).valueStream().map(PlayerResult::text).toList();
  }

  private static String text(JsonNode node) {
    return node.asString("");
  }

  /** Whether it has heard of a date range of that class. */
  public boolean heard(String rangeClass) {
    return json.path("marks")
        .valueStream()
        .anyMatch(mark -> text(mark.path("kind")).equals(rangeClass));
  }

  /** Pictures that were decoded in the first stretch. */
  public int frames() {
    return json.path("totalFrames").asInt();
  }

  /** Bytes of sound that were decoded in it. */
  public long soundBytes() {
    return json.path("decodedSoundBytes").asLong();
  }

  /** Latency by {@code programDateTime} or {@code picture}: p50 and p95. */
  public String latency(String clock) {
    JsonNode ms = json.path("latencyMs").path(clock);
    return ms.isMissingNode()
        ? "-"
        : "%s / %s s".formatted(seconds(ms.path("p50")), seconds(ms.path("p95")));
  }

  /** How far behind the player itself wants to be, where it says. */
  public String target() {
    JsonNode target = json.path("targetSeconds");
    return target.isNumber() ? String.format(Locale.ROOT, "%.2f s", target.asDouble()) : "-";
  }

  /** From the player's start to a picture that moves. */
  public String start() {
    JsonNode start = json.path("startSeconds");
    return start.isNumber() ? String.format(Locale.ROOT, "%.1f s", start.asDouble()) : "-";
  }

  private static String seconds(JsonNode ms) {
    return String.format(Locale.ROOT, "%.2f", ms.asDouble() / 1_000);
  }

  /** Stalls of the first stretch, and of the one after it had returned. */
  public String stalls() {
    String first = text(json.path("stalls"), "-");
    return json.has("returned")
        ? first + " + " + text(json.path("returned").path("stalls"), "-")
        : first;
  }

  private static String text(JsonNode node, String otherwise) {
    return node.isMissingNode() ? otherwise : node.toString();
  }

  /** What became of going back. */
  public String rewind() {
    if (!json.has("rewind")) {
      return "-";
    }
    return rewindWorked()
        ? String.format(
            Locale.ROOT,
            "%.1f s and back",
            json.path("rewind").path("landedSecondsBack").asDouble())
        : "failed";
  }

  /** What became of the publisher's restart. */
  public String restart() {
    if (!json.has("restart")) {
      return "-";
    }
    return String.format(
        Locale.ROOT,
        "%sstood %.1f s",
        restartWorked() ? "" : "failed, ",
        json.path("restart").path("stoodStillSeconds").asDouble());
  }
}
