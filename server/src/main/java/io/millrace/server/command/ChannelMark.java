package io.millrace.server.command;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Has a date range in the playlists of what is on air. */
@Command(
    name = "mark",
    description =
        "Have a date range (EXT-X-DATERANGE) in the playlists of the broadcast that is on air.")
final class ChannelMark extends ChannelCommand.OnOne {
  @Option(
      names = "--class",
      paramLabel = "CLASS",
      description = "A reverse domain name, such as com.apple.hls.interstitial (none).")
  private @Nullable String rangeClass;

  @Option(
      names = "--start",
      paramLabel = "TIME",
      description = "When it begins, such as 2026-05-01T10:00:00Z (now).")
  private @Nullable String start;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      converter = Milliseconds.class,
      description = "How long it is, such as 5s; 0 for a moment (until the broadcast ends).")
  private @Nullable Integer durationMs;

  @Option(
      names = "--planned-duration",
      paramLabel = "TIME",
      converter = Milliseconds.class,
      description = "How long it is meant to be, such as 30s (not said).")
  private @Nullable Integer plannedDurationMs;

  @Option(
      names = "--attribute",
      paramLabel = "NAME=VALUE",
      description =
          "X-…, SCTE35-CMD, SCTE35-OUT, SCTE35-IN or CUE; again for more. Decimal digits are a"
              + " number, 0x and hexadecimal digits are bytes; NAME='\"1\"' is a string.")
  private Map<String, String> attributes = new LinkedHashMap<>();

  @Override
  public Integer call() {
    Map<String, Object> body = new LinkedHashMap<>();
    if (rangeClass != null) {
      body.put("class", rangeClass);
    }
    if (start != null) {
      body.put("start", start);
    }
    putSeconds(body, "durationSeconds", durationMs);
    putSeconds(body, "plannedDurationSeconds", plannedDurationMs);
    if (!attributes.isEmpty()) {
      Map<String, Object> values = new LinkedHashMap<>();
      attributes.forEach((key, value) -> values.put(key, value(value)));
      body.put("attributes", values);
    }
    JsonNode range = api().post(ChannelCommand.path(name) + "/date-ranges", body);
    output.print(
        range,
        out ->
            out.printf(
                "Date range %s stands in the playlists of %s, from %s on.%n",
                range.path("id").asString(""), name, range.path("start").asString("")));
    return 0;
  }

  private static void putSeconds(Map<String, Object> body, String key, @Nullable Integer ms) {
    if (ms != null) {
      body.put(key, BigDecimal.valueOf(ms, 3));
    }
  }

  /** A number, or a string with the quotation marks that tell it from one taken off. */
  static Object value(String text) {
    if (text.matches("[0-9]+(\\.[0-9]+)?")) {
      return new BigDecimal(text);
    }
    boolean quoted = text.length() > 1 && text.startsWith("\"") && text.endsWith("\"");
    return quoted ? text.substring(1, text.length() - 1) : text;
  }
}
