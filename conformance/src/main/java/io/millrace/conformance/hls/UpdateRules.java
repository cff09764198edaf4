package io.millrace.conformance.hls;

import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.hls.MediaPlaylist.Part;
import io.millrace.conformance.hls.MediaPlaylist.Segment;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Judges what a later version of a media playlist differs in from an earlier one (RFC 8216bis
 * 6.2.1, 6.2.2). Both are whole, not deltas.
 */
final class UpdateRules {
  private final MediaPlaylist before;
  private final MediaPlaylist after;
  private final String address;
  private final Findings findings;

  private UpdateRules(
      MediaPlaylist before, MediaPlaylist after, String address, Findings findings) {
    this.before = before;
    this.after = after;
    this.address = address;
    this.findings = findings;
  }

  /**
   * Judges one by the other.
   *
   * @param apartNs how long the later came after the earlier
   */
  static void check(
      MediaPlaylist before, MediaPlaylist after, long apartNs, String address, Findings findings) {
    UpdateRules rules = new UpdateRules(before, after, address, findings);
    rules.numbers();
    rules.jump(apartNs);
    rules.kept();
    rules.removed();
    rules.dateRanges();
  }

  private void numbers() {
    findings.check(
        Rule.HLS_TARGETDURATION_KEPT,
        before.targetDuration() == after.targetDuration(),
        address,
        "EXT-X-TARGETDURATION %d, then %d"
            .formatted(before.targetDuration(), after.targetDuration()),
        "the same for ever");
    findings.check(
        Rule.HLS_MEDIA_SEQUENCE,
        after.mediaSequence() >= before.mediaSequence() && after.lastMsn() >= before.lastMsn(),
        address,
        "segments %d to %d, then %d to %d"
            .formatted(
                before.mediaSequence(), before.lastMsn(), after.mediaSequence(), after.lastMsn()),
        "numbers that only grow");
    findings.check(
        Rule.HLS_DISCONTINUITY_SEQUENCE,
        after.discontinuitySequence() >= before.discontinuitySequence(),
        address,
        "EXT-X-DISCONTINUITY-SEQUENCE %d, then %d"
            .formatted(before.discontinuitySequence(), after.discontinuitySequence()),
        "it never goes back");
    findings.check(
        Rule.HLS_INDEPENDENT_KEPT,
        before.independentSegments() == after.independentSegments(),
        address,
        "EXT-X-INDEPENDENT-SEGMENTS %s"
            .formatted(after.independentSegments() ? "has come" : "is gone"),
        "in all versions or in none");
    if (!after.ended()) {
      findings.check(
          Rule.HLS_CONTROL_KEPT,
          before.serverControl().values().equals(after.serverControl().values())
              && before.partTargetNs() == after.partTargetNs(),
          address,
          "EXT-X-SERVER-CONTROL %s with a PART-TARGET of %.3f s"
              .formatted(after.serverControl().values(), after.partTargetNs() / 1e9),
          "as before: %s with %.3f s"
              .formatted(before.serverControl().values(), before.partTargetNs() / 1e9));
    }
    if (after.mediaSequence() > before.mediaSequence() && !after.ended()) {
      findings.check(
          Rule.HLS_LENGTH,
          after.durationNs() >= 3 * after.targetDurationNs(),
          address,
          "%.3f s after segments were removed".formatted((double) after.durationNs() / 1e9),
          "at least three target durations");
    }
  }

  /**
   * A playlist is at least three target durations long: what was its end a while ago is listed
   * still, or has just been removed.
   */
  private void jump(long apartNs) {
    if (apartNs <= 2 * before.targetDurationNs() && before.lastMsn() >= before.mediaSequence()) {
      findings.check(
          Rule.HLS_MEDIA_SEQUENCE_JUMP,
          after.mediaSequence() <= before.lastMsn() + 1,
          address,
          "segments to %d, and %.3f s later from %d on"
              .formatted(before.lastMsn(), (double) apartNs / 1e9, after.mediaSequence()),
          "numbers that go on, also where the server was started again");
    }
  }

  /** What both have is the same in both. */
  private void kept() {
    for (Segment then : after.segments()) {
      Optional<Segment> was = before.segment(then.msn());
      if (was.isEmpty()) {
        continue;
      }
      Segment first = was.get();
      boolean same =
          first.utcNs() == then.utcNs()
              && first.discontinuity() == then.discontinuity()
              && first.map().equals(then.map())
              && (!first.complete()
                  || (first.uri().equals(then.uri())
                      && first.durationNs() == then.durationNs()
                      && first.gap() == then.gap()
                      && first.byteRange().equals(then.byteRange())))
              && (first.complete() ? then.complete() : true)
              && partsOnlyGrow(first, then);
      findings.check(
          Rule.HLS_APPEND_ONLY,
          same,
          () -> "%s segment %d".formatted(address, then.msn()),
          () -> "%s, then %s".formatted(brief(first), brief(then)),
          () -> "no change but lines added behind and removed in front");
      findings.check(
          Rule.HLS_DISCONTINUITY_NUMBERS,
          first.discontinuitySequence() == then.discontinuitySequence(),
          () -> "%s segment %d".formatted(address, then.msn()),
          () ->
              "discontinuity sequence number %d, then %d"
                  .formatted(first.discontinuitySequence(), then.discontinuitySequence()),
          () -> "the same");
    }
  }

  private static boolean partsOnlyGrow(Segment first, Segment then) {
    List<Part> old = first.parts();
    List<Part> now = then.parts();
    // They are removed once the segment lies far from the end, all or from the first on.
    if (first.complete()) {
      return old.size() >= now.size() && holds(old, now);
    }
    return (now.size() >= old.size() && names(now).subList(0, old.size()).equals(names(old)))
        || (then.complete() && holds(old, now));
  }

  private static boolean holds(List<Part> all, List<Part> some) {
    return new HashSet<>(names(all)).containsAll(names(some));
  }

  private static List<String> names(List<Part> parts) {
    return parts.stream()
        .map(
            part ->
                "%s %s %d %b %b"
                    .formatted(
                        part.uri(),
                        part.byteRange(),
                        part.durationNs(),
                        part.independent(),
                        part.gap()))
        .toList();
  }

  private static String brief(Segment segment) {
    return "%s %.5f s, %d parts%s"
        .formatted(
            segment.complete() ? segment.uri() : "open",
            (double) segment.durationNs() / 1e9,
            segment.parts().size(),
            segment.gap() ? ", gap" : "");
  }

  /** Parts go in the order in which they came. */
  private void removed() {
    boolean listed = false;
    for (Segment segment : after.segments()) {
      boolean had = before.segment(segment.msn()).filter(s -> !s.parts().isEmpty()).isPresent();
      if (had) {
        findings.check(
            Rule.HLS_PARTS_IN_ORDER,
            !listed || !segment.parts().isEmpty(),
            () -> "%s segment %d".formatted(address, segment.msn()),
            () -> "its parts are gone, earlier ones are there",
            () -> "the oldest go first");
      }
      listed |= !segment.parts().isEmpty();
    }
  }

  private void dateRanges() {
    Map<String, Map<String, String>> now = ranges(after);
    ranges(before)
        .forEach(
            (id, range) ->
                findings.check(
                    Rule.HLS_DATERANGE_SAME,
                    now.getOrDefault(id, Map.of()).entrySet().stream()
                        .allMatch(
                            e -> e.getValue().equals(range.getOrDefault(e.getKey(), e.getValue()))),
                    address,
                    "EXT-X-DATERANGE ID \"%s\": %s, then %s".formatted(id, range, now.get(id)),
                    "values that stay"));
    long startNs =
        after.segments().isEmpty() ? MediaPlaylist.NO_TIME : after.segments().getFirst().utcNs();
    for (Tag tag : before.dateRanges()) {
      Attributes range = tag.attributes();
      long beginNs = PlaylistReader.instantNs(range.get("START-DATE"));
      if (startNs == MediaPlaylist.NO_TIME || beginNs == MediaPlaylist.NO_TIME) {
        continue;
      }
      long endNs = beginNs + range.secondsNs("DURATION").orElse(0L);
      findings.check(
          Rule.HLS_DATERANGE_KEPT,
          endNs < startNs || now.containsKey(range.get("ID")),
          address,
          "EXT-X-DATERANGE ID \"%s\" is gone".formatted(range.get("ID")),
          "it stays while a listed segment is within it");
    }
  }

  /** What all tags of an ID say together. */
  private static Map<String, Map<String, String>> ranges(MediaPlaylist playlist) {
    Map<String, Map<String, String>> ranges = new HashMap<>();
    for (Tag tag : playlist.dateRanges()) {
      Attributes range = tag.attributes();
      range
          .values()
          .forEach(ranges.computeIfAbsent(range.get("ID"), _ -> new HashMap<>())::putIfAbsent);
    }
    return ranges;
  }
}
