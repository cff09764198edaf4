package io.millrace.conformance.dash;

import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.dash.Mpd.Representation;
import io.millrace.conformance.dash.Mpd.Segment;
import io.millrace.conformance.dash.Mpd.Template;
import java.util.HashMap;
import java.util.List;
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
      Optional<Template> old = before.representation(each.key()).flatMap(Representation::template);
      if (old.flatMap(Template::timeline).isPresent()
          && each.template().flatMap(Template::timeline).isPresent()) {
        String where = "%s Representation %s".formatted(address, each.key());
        kept(old.get(), each.template().get(), where, findings);
      }
    }
  }

  /** Segments are added behind and removed in front; what both have is the same. */
  private static void kept(Template before, Template after, String where, Findings findings) {
    List<Segment> now = after.segments();
    Map<Long, Segment> known = new HashMap<>();
    before.segments().forEach(segment -> known.put(segment.time(), segment));
    long lastKnown = known.keySet().stream().mapToLong(t -> t).max().orElse(Long.MIN_VALUE);
    for (Segment segment : now) {
      Segment old = known.get(segment.time());
      findings.check(
          Rule.DASH_S_KEPT,
          segment.equals(old) || (old == null && segment.time() > lastKnown),
          where,
          "segment %d of t %d, d %d"
              .formatted(segment.number(), segment.time(), segment.duration()),
          "as before, or behind what was there");
    }
  }
}
