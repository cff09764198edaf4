package io.millrace.conformance.hls;

import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Judges the EXT-X-DATERANGE tags of a playlist (RFC 8216bis 4.4.5.1). */
final class DateRangeRules {
  private static final long MS_NS = 1_000_000;
  private static final Set<String> CUES = Set.of("PRE", "POST", "ONCE");

  private DateRangeRules() {}

  static void check(MediaPlaylist playlist, String address, Findings findings) {
    Map<String, Map<String, String>> known = new HashMap<>();
    boolean dated =
        playlist.skipped() >= 0
            || playlist.tags().stream().anyMatch(t -> t.name().equals("EXT-X-PROGRAM-DATE-TIME"));
    for (Tag tag : playlist.dateRanges()) {
      String at = "%s line %d".formatted(address, tag.line());
      Attributes range = tag.attributes();
      findings.check(
          Rule.HLS_DATERANGE_DATES,
          dated,
          at,
          "no EXT-X-PROGRAM-DATE-TIME",
          "at least one where there is an EXT-X-DATERANGE");
      Map<String, String> before = known.computeIfAbsent(range.get("ID"), _ -> new HashMap<>());
      findings.check(
          Rule.HLS_DATERANGE_ATTRIBUTES,
          isWhole(range, before),
          at,
          tag.value(),
          "ID; START-DATE in the first; END-DATE = START-DATE + DURATION; END-ON-NEXT=YES with"
              + " CLASS and without both; CUE of PRE or POST, and ONCE");
      boolean same =
          range.values().entrySet().stream()
              .allMatch(
                  each ->
                      each.getValue().equals(before.getOrDefault(each.getKey(), each.getValue())));
      findings.check(
          Rule.HLS_DATERANGE_SAME, same, at, tag.value(), "the values of the same ID before it");
      before.putAll(range.values());
    }
    known.forEach(
        (id, range) ->
            InterstitialRules.check(
                range, "%s EXT-X-DATERANGE %s".formatted(address, id), findings));
  }

  private static boolean isWhole(Attributes range, Map<String, String> before) {
    long start = PlaylistReader.instantNs(range.get("START-DATE"));
    if (range.get("ID").isEmpty()
        || (start == MediaPlaylist.NO_TIME && !before.containsKey("START-DATE"))) {
      return false;
    }
    if (range.has("END-ON-NEXT")
        && (!range.isYes("END-ON-NEXT")
            || range.get("CLASS").isEmpty()
            || range.has("DURATION")
            || range.has("END-DATE"))) {
      return false;
    }
    Optional<Long> duration = range.secondsNs("DURATION");
    if ((range.has("DURATION") && duration.isEmpty())
        || (range.has("PLANNED-DURATION") && range.secondsNs("PLANNED-DURATION").isEmpty())) {
      return false;
    }
    List<String> cues = List.of(range.get("CUE").split(","));
    if (!InterstitialRules.isOf(range.get("CUE"), CUES)
        || (cues.contains("PRE") && cues.contains("POST"))) {
      return false;
    }
    if (!range.has("END-DATE") || start == MediaPlaylist.NO_TIME) {
      return true;
    }
    long end = PlaylistReader.instantNs(range.get("END-DATE"));
    return end >= start && (duration.isEmpty() || Math.abs(end - start - duration.get()) <= MS_NS);
  }
}
