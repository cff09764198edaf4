package io.millrace.conformance.dash;

import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.dash.Mpd.Representation;
import io.millrace.conformance.dash.Mpd.Segment;
import io.millrace.conformance.dash.Mpd.Template;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Judges what a later MPD differs in from an earlier one (ISO/IEC 23009-1 5.4). */
final class MpdUpdateRules {
  private MpdUpdateRules() {}

  static void check(Mpd before, Mpd after, String address, Findings findings) {
    long first = MpdReader.instantNs(before.attribute("publishTime"));
    long then = MpdReader.instantNs(after.attribute("publishTime"));
    boolean same = before.document().isEqualNode(after.document());
    findings.check(
        Rule.DASH_PUBLISH_TIME,
        same ? then >= first : then > first,
        address,
        "publishTime %s, then %s, %s"
            .formatted(
                before.attribute("publishTime"),
                after.attribute("publishTime"),
                same ? "unchanged" : "changed"),
        "later with every change, never earlier");
    findings.check(
        Rule.DASH_START_KEPT,
        before.availabilityStartNs() == after.availabilityStartNs(),
        address,
        "availabilityStartTime %s, then %s"
            .formatted(
                before.attribute("availabilityStartTime"),
                after.attribute("availabilityStartTime")),
        "the same for ever");
    for (Representation each : after.representations()) {
      Optional<Representation> known = before.representation(each.key());
      if (known.flatMap(Representation::template).flatMap(Template::timeline).isPresent()
          && each.template().flatMap(Template::timeline).isPresent()) {
        String where = "%s Representation %s".formatted(address, each.key());
        kept(before, known.get(), each.template().get(), where, findings);
      }
    }
  }

  /**
   * Segments are added behind and removed in front; what both have is the same, but for the end of
   * one that was not over.
   */
  private static void kept(
      Mpd before, Representation known, Template after, String where, Findings findings) {
    Template template = known.template().orElseThrow();
    Map<Long, Segment> listed = new HashMap<>();
    template.segments().forEach(segment -> listed.put(segment.time(), segment));
    long lastListed = listed.keySet().stream().mapToLong(t -> t).max().orElse(Long.MIN_VALUE);
    for (Segment segment : after.segments()) {
      Segment old = listed.get(segment.time());
      boolean isKept =
          old == null
              ? segment.time() > lastListed
              : segment.number() == old.number()
                  && (segment.duration() == old.duration()
                      || !before.isSettled(known, template, old));
      findings.check(
          Rule.DASH_S_KEPT,
          isKept,
          where,
          "segment %d of t %d, d %d"
              .formatted(segment.number(), segment.time(), segment.duration()),
          "as before, or behind what was there");
    }
  }
}
