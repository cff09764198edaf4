package io.millrace.conformance.hls;

import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.hls.MediaPlaylist.Part;
import io.millrace.conformance.hls.MediaPlaylist.Segment;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Judges what one media playlist says (RFC 8216bis 4.4.3 to 4.4.5, 6.2.1, 6.2.2, B.1). */
final class PlaylistRules {
  private static final long SECOND_NS = 1_000_000_000L;

  /** What rounding to five decimals may add to a sum or a comparison of durations. */
  private static final long ROUNDING_NS = 20_000;

  /** A frame, of whatever rate is usual. */
  private static final long FRAME_NS = 50_000_000;

  private static final Pattern DATE =
      Pattern.compile("[0-9-]{1,12}T[0-9:]{1,8}\\.[0-9]{3,9}(Z|[+-]\\d\\d:?\\d\\d)");

  private static final long DATE_ROUNDING_NS = 2_000_000;

  private static final Set<String> BEFORE_PARTS =
      Set.of("EXT-X-DISCONTINUITY", "EXT-X-KEY", "EXT-X-MAP", "EXT-X-PROGRAM-DATE-TIME");

  private final MediaPlaylist playlist;
  private final String address;
  private final Findings findings;

  private PlaylistRules(MediaPlaylist playlist, String address, Findings findings) {
    this.playlist = playlist;
    this.address = address;
    this.findings = findings;
  }

  static void check(MediaPlaylist playlist, String address, Findings findings) {
    PlaylistRules rules = new PlaylistRules(playlist, address, findings);
    rules.targetDuration();
    VersionRules.media(playlist, address + " line 1", findings);
    rules.serverControl();
    rules.segments();
    rules.parts();
    rules.tagsBeforeParts();
    rules.sequenceTags();
    rules.dates();
    rules.hints();
    rules.reports();
    DateRangeRules.check(playlist, address, findings);
    LivePlaylistRules.check(playlist, address, findings);
  }

  /** Whether dates add up, to within the longest frame that was met. */
  static void checkDates(MediaPlaylist playlist, long frameNs, String address, Findings findings) {
    new PlaylistRules(playlist, address, findings).dateSums(frameNs);
  }

  private String at(int line) {
    return address + " line " + line;
  }

  private boolean has(String tag) {
    return playlist.tags().stream().anyMatch(each -> each.name().equals(tag));
  }

  private void check(Rule rule, boolean holds, int line, Object seen, String expected) {
    findings.check(rule, holds, at(line), seen, expected);
  }

  /** For what there is much of: texts are made where a rule is broken. */
  private void check(
      Rule rule, boolean holds, int line, Supplier<?> seen, Supplier<String> expected) {
    findings.check(rule, holds, () -> at(line), seen, expected);
  }

  private static String seconds(long ns) {
    return ns < 0 ? "none" : BigDecimal.valueOf(ns, 9).stripTrailingZeros().toPlainString() + " s";
  }

  private void targetDuration() {
    check(
        Rule.HLS_TARGETDURATION,
        playlist.targetDuration() >= 1,
        1,
        "EXT-X-TARGETDURATION " + playlist.targetDuration(),
        "a whole number of seconds from 1 on");
    check(
        Rule.HLS_PLAYLIST_TYPE,
        playlist.ended() || !has("EXT-X-PLAYLIST-TYPE") || playlist.mediaSequence() == 0,
        1,
        "EXT-X-PLAYLIST-TYPE in a playlist that removes segments",
        "none");
  }

  private void serverControl() {
    Attributes control = playlist.serverControl();
    long targetNs = playlist.targetDurationNs();
    control
        .secondsNs("HOLD-BACK")
        .ifPresent(
            holdBack ->
                check(
                    Rule.HLS_HOLD_BACK,
                    holdBack >= 3 * targetNs,
                    1,
                    "HOLD-BACK " + seconds(holdBack),
                    "at least three target durations"));
    control
        .secondsNs("CAN-SKIP-UNTIL")
        .ifPresent(
            until ->
                check(
                    Rule.HLS_CAN_SKIP_UNTIL,
                    until >= 6 * targetNs,
                    1,
                    "CAN-SKIP-UNTIL " + seconds(until),
                    "at least six target durations"));
    if (control.has("CAN-SKIP-DATERANGES")) {
      check(
          Rule.HLS_CAN_SKIP_DATERANGES,
          control.has("CAN-SKIP-UNTIL"),
          1,
          "CAN-SKIP-DATERANGES alone",
          "with CAN-SKIP-UNTIL");
    }
    if (has("EXT-X-PART-INF")) {
      long partTargetNs = playlist.partTargetNs();
      long holdBackNs = control.secondsNs("PART-HOLD-BACK").orElse(-1L);
      check(
          Rule.HLS_PART_HOLD_BACK,
          holdBackNs >= 2 * partTargetNs && holdBackNs > 0,
          1,
          "PART-HOLD-BACK " + seconds(holdBackNs),
          "at least twice PART-TARGET, " + seconds(2 * partTargetNs));
      check(
          Rule.HLS_PART_HOLD_BACK_THREE,
          holdBackNs >= 3 * partTargetNs,
          1,
          "PART-HOLD-BACK " + seconds(holdBackNs),
          "at least three times PART-TARGET, " + seconds(3 * partTargetNs));
    }
  }

  private void segments() {
    boolean fractions = playlist.version() >= 3;
    for (Segment segment : playlist.segments()) {
      if (!segment.complete()) {
        continue;
      }
      check(
          Rule.HLS_EXTINF,
          segment.durationNs() >= 0,
          segment.line(),
          () -> "no EXTINF with a duration",
          () -> "one before each segment's URI");
      long rounded = (segment.durationNs() + SECOND_NS / 2) / SECOND_NS;
      check(
          Rule.HLS_EXTINF_TARGET,
          rounded <= playlist.targetDuration(),
          segment.line(),
          () -> "EXTINF " + seconds(segment.durationNs()),
          () -> "rounded, at most EXT-X-TARGETDURATION, %d".formatted(playlist.targetDuration()));
      check(
          Rule.HLS_MAP,
          !segment.map().isEmpty() || !segment.uri().matches(".*\\.(m4s|mp4|cmfv|cmfa)(\\?.*)?"),
          segment.line(),
          () -> "no EXT-X-MAP before " + segment.uri(),
          () -> "one for fragmented MPEG-4");
      if (segment.parts().size() > 0) {
        long partsNs = segment.parts().stream().mapToLong(Part::durationNs).sum();
        check(
            Rule.HLS_PART_SUM,
            Math.abs(partsNs - segment.durationNs()) <= FRAME_NS,
            segment.line(),
            () ->
                "parts of %s, EXTINF %s".formatted(seconds(partsNs), seconds(segment.durationNs())),
            () -> "the same to within a frame");
      }
    }
    byteRanges();
    for (Tag tag : playlist.tags()) {
      if (tag.name().equals("EXTINF") && fractions) {
        check(
            Rule.HLS_EXTINF_DECIMALS,
            tag.value().matches("[0-9]+\\.[0-9]{3,}.*"),
            tag.line(),
            () -> "EXTINF:" + tag.value(),
            () -> "a decimal fraction, exact to a millisecond or more");
      }
    }
  }

  private void byteRanges() {
    String before = "";
    for (Segment segment : playlist.segments()) {
      if (!segment.byteRange().isEmpty()) {
        boolean offset = segment.byteRange().matches("[0-9]+@[0-9]+");
        boolean follows = segment.byteRange().matches("[0-9]+") && segment.uri().equals(before);
        check(
            Rule.HLS_BYTERANGE,
            offset || follows,
            segment.line(),
            "EXT-X-BYTERANGE:" + segment.byteRange(),
            "an offset, or a segment before it in the same resource");
      }
      before = segment.byteRange().isEmpty() ? "" : segment.uri();
      if (!segment.mapRange().isEmpty()) {
        byteRange(segment.mapRange(), segment.line(), "BYTERANGE of EXT-X-MAP");
      }
      for (Part part : segment.parts()) {
        if (!part.byteRange().isEmpty()) {
          byteRange(part.byteRange(), part.line(), "BYTERANGE of EXT-X-PART");
        }
      }
    }
  }

  /** One that says where it begins, or was told that by what stands before it. */
  private void byteRange(String range, int line, String name) {
    check(
        Rule.HLS_BYTERANGE,
        range.matches("[0-9]+@[0-9]+"),
        line,
        () -> "%s \"%s\"".formatted(name, range),
        () -> "length and offset, or of a part one that follows another of its segment");
  }

  private void parts() {
    boolean any = playlist.hasParts();
    if (any) {
      check(
          Rule.HLS_PART_INF,
          playlist.partTargetNs() > 0,
          1,
          "EXT-X-PART without PART-TARGET",
          "EXT-X-PART-INF with it");
      check(
          Rule.HLS_I_FRAMES_PARTS,
          !has("EXT-X-I-FRAMES-ONLY"),
          1,
          "EXT-X-PART with EXT-X-I-FRAMES-ONLY",
          "no parts of I-frames");
    }
    long behindNs = 0;
    for (int i = playlist.segments().size() - 1; i >= 0; i--) {
      Segment segment = playlist.segments().get(i);
      if (any && segment.complete()) {
        check(
            Rule.HLS_PARTS_REMOVED,
            segment.parts().isEmpty() || behindNs <= 3 * playlist.targetDurationNs(),
            segment.line(),
            "parts %s before the end".formatted(seconds(behindNs)),
            "none further than three target durations");
      }
      behindNs += Math.max(0, segment.durationNs());
      parts(segment);
    }
  }

  private void parts(Segment segment) {
    List<Part> parts = segment.parts();
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      check(
          Rule.HLS_PART_ATTRIBUTES,
          part.durationNs() >= 0 && !part.uri().isEmpty(),
          part.line(),
          () -> "URI \"%s\", DURATION %s".formatted(part.uri(), seconds(part.durationNs())),
          () -> "both");
      check(
          Rule.HLS_PART_DURATION,
          part.durationNs() <= playlist.partTargetNs(),
          part.line(),
          () -> "DURATION " + seconds(part.durationNs()),
          () -> "at most PART-TARGET, " + seconds(playlist.partTargetNs()));
      boolean last = i + 1 == parts.size();
      boolean exempt = part.independent() || part.gap() || last || parts.get(i + 1).gap();
      if (!exempt) {
        check(
            Rule.HLS_PART_SHORT,
            part.durationNs() * 100 + ROUNDING_NS * 100 >= playlist.partTargetNs() * 85,
            part.line(),
            () -> "DURATION " + seconds(part.durationNs()),
            () ->
                "at least 85 %% of PART-TARGET, %s"
                    .formatted(seconds(playlist.partTargetNs() * 85 / 100)));
      }
    }
  }

  /** What applies to a segment stands before its first part (4.4.4.9). */
  private void tagsBeforeParts() {
    int index = 0;
    List<Segment> segments = playlist.segments();
    for (Tag tag : playlist.tags()) {
      while (index < segments.size()
          && segments.get(index).complete()
          && segments.get(index).line() < tag.line()) {
        index++;
      }
      if (index == segments.size() || segments.get(index).parts().isEmpty()) {
        continue;
      }
      int first = segments.get(index).parts().getFirst().line();
      if (BEFORE_PARTS.contains(tag.name()) || tag.line() == first) {
        check(
            Rule.HLS_TAGS_BEFORE_PARTS,
            tag.line() <= first,
            tag.line(),
            () -> tag.name() + " behind a part of its segment",
            () -> "before its first EXT-X-PART");
      }
    }
  }

  private void sequenceTags() {
    int first =
        playlist.segments().stream()
            .mapToInt(s -> s.parts().isEmpty() ? s.line() : s.parts().getFirst().line())
            .min()
            .orElse(Integer.MAX_VALUE);
    for (Tag tag : playlist.tags()) {
      if (tag.name().equals("EXT-X-MEDIA-SEQUENCE")
          || tag.name().equals("EXT-X-DISCONTINUITY-SEQUENCE")) {
        check(
            Rule.HLS_SEQUENCE_FIRST,
            tag.line() < first,
            tag.line(),
            tag.name() + " behind a segment",
            "before the first");
      }
    }
  }

  private void dates() {
    boolean live = playlist.partTargetNs() > 0;
    if (live && playlist.segments().stream().anyMatch(Segment::complete)) {
      check(
          Rule.HLS_PROGRAM_DATE_TIME,
          has("EXT-X-PROGRAM-DATE-TIME"),
          1,
          "no EXT-X-PROGRAM-DATE-TIME",
          "in every low-latency playlist");
    }
    for (Tag tag : playlist.tags()) {
      if (tag.name().equals("EXT-X-PROGRAM-DATE-TIME")) {
        check(
            Rule.HLS_DATE_FORM,
            DATE.matcher(tag.value()).matches(),
            tag.line(),
            () -> tag.value(),
            () -> "time zone, and milliseconds");
      }
    }
    Segment before = null;
    for (Segment segment : playlist.segments()) {
      if (before != null && !segment.discontinuity()) {
        dates(before, segment);
      }
      if (before != null && segment.discontinuity() && before.utcNs() != MediaPlaylist.NO_TIME) {
        check(
            Rule.HLS_DATE_AFTER_DISCONTINUITY,
            segment.utcNs() != MediaPlaylist.NO_TIME,
            segment.line(),
            "no EXT-X-PROGRAM-DATE-TIME at an EXT-X-DISCONTINUITY",
            "one");
      }
      before = segment;
    }
  }

  private void dates(Segment before, Segment segment) {
    if (!isDated(before) || !isDated(segment)) {
      return;
    }
    long goneNs = segment.utcNs() - before.utcNs();
    check(
        Rule.HLS_DATE_AMBIGUOUS,
        goneNs > 0 && goneNs > before.durationNs() - SECOND_NS,
        segment.line(),
        () ->
            "EXT-X-PROGRAM-DATE-TIME %s after the one before".formatted(seconds(Math.abs(goneNs))),
        () -> "later by its EXTINF, %s".formatted(seconds(before.durationNs())));
  }

  /**
   * A date is of a segment's first timestamp (6.2.1), EXTINF is a duration: between them there may
   * be a hole, which is no gap as long as it is shorter than a frame.
   */
  private void dateSums(long frameNs) {
    Segment before = null;
    for (Segment segment : playlist.segments()) {
      if (before != null && !segment.discontinuity() && isDated(before) && isDated(segment)) {
        long goneNs = segment.utcNs() - before.utcNs();
        long lastsNs = before.durationNs();
        check(
            Rule.HLS_DATE_SUM,
            Math.abs(goneNs - lastsNs) <= DATE_ROUNDING_NS + frameNs,
            segment.line(),
            () ->
                "EXT-X-PROGRAM-DATE-TIME %s after the one before"
                    .formatted(seconds(Math.abs(goneNs))),
            () -> "EXTINF later, %s, to within a frame".formatted(seconds(lastsNs)));
      }
      before = segment;
    }
  }

  private static boolean isDated(Segment segment) {
    return segment.utcNs() != MediaPlaylist.NO_TIME;
  }

  private void hints() {
    Map<String, Integer> types = new HashMap<>();
    for (MediaPlaylist.Hint hint : playlist.hints()) {
      check(
          Rule.HLS_HINT_ATTRIBUTES,
          Set.of("PART", "MAP").contains(hint.type()) && !hint.uri().isEmpty() && hint.formed(),
          hint.line(),
          "TYPE \"%s\", URI \"%s\"".formatted(hint.type(), hint.uri()),
          "PART or MAP, and a URI; BYTERANGE-START and BYTERANGE-LENGTH whole numbers");
      check(
          Rule.HLS_HINT_ONE,
          types.merge(hint.type(), 1, Integer::sum) == 1,
          hint.line(),
          "another EXT-X-PRELOAD-HINT of TYPE " + hint.type(),
          "one of a TYPE");
    }
    if (playlist.ended()) {
      check(
          Rule.HLS_HINT_ENDED,
          playlist.hints().isEmpty(),
          1,
          "EXT-X-PRELOAD-HINT and EXT-X-ENDLIST",
          "no hint of what will not come");
    } else if (playlist.hasParts()) {
      check(
          Rule.HLS_HINT_PART,
          playlist.partHint().isPresent(),
          1,
          "EXT-X-PART without EXT-X-PRELOAD-HINT",
          "a hint of the next part");
    }
  }

  private void reports() {
    for (MediaPlaylist.Report report : playlist.reports()) {
      check(
          Rule.HLS_REPORT_ATTRIBUTES,
          !report.uri().isEmpty()
              && !report.uri().matches("[a-z][a-z0-9+.-]*:.*")
              && report.lastMsn() >= 0
              && (report.lastPart() >= 0 || !playlist.hasParts()),
          report.line(),
          "URI \"%s\", LAST-MSN %d, LAST-PART %d"
              .formatted(report.uri(), report.lastMsn(), report.lastPart()),
          "a relative URI, LAST-MSN, and LAST-PART where there are parts");
    }
  }
}
