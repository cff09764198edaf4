package io.millrace.conformance.dash;

import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.dash.Mpd.Entry;
import io.millrace.conformance.dash.Mpd.Representation;
import io.millrace.conformance.dash.Mpd.Template;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Judges what one MPD says (ISO/IEC 23009-1 5.3). */
final class MpdRules {
  private static final String NAMESPACE = "urn:mpeg:dash:schema:mpd:2011";
  private static final Pattern IDENTIFIER = Pattern.compile("\\$([A-Za-z]*)(%0\\d+d)?\\$");
  private static final Set<String> IDENTIFIERS =
      Set.of("", "RepresentationID", "Number", "Time", "Bandwidth", "SubNumber");

  private final Mpd mpd;
  private final String address;
  private final Findings findings;

  private MpdRules(Mpd mpd, String address, Findings findings) {
    this.mpd = mpd;
    this.address = address;
    this.findings = findings;
  }

  static void check(Mpd mpd, String address, Findings findings) {
    MpdRules rules = new MpdRules(mpd, address, findings);
    SchemaRules.check(mpd.document(), address, findings);
    rules.root();
    rules.steering();
    rules.offsets();
    Set<String> keys = new HashSet<>();
    for (Representation each : mpd.representations()) {
      String where = "%s Representation %s".formatted(address, each.key());
      findings.check(
          Rule.DASH_REPRESENTATION,
          !each.id().isEmpty()
              && each.bandwidth() > 0
              && !each.mimeType().isEmpty()
              && keys.add(each.key()),
          where,
          "id \"%s\", bandwidth %d, mimeType \"%s\""
              .formatted(each.id(), each.bandwidth(), each.mimeType()),
          "an id that is unique in its Period, bandwidth and mimeType");
      each.template().ifPresent(template -> rules.template(template, where));
    }
  }

  private void root() {
    boolean known =
        NAMESPACE.equals(mpd.document().getDocumentElement().getNamespaceURI())
            && "MPD".equals(mpd.document().getDocumentElement().getLocalName());
    findings.check(
        Rule.DASH_MPD,
        known
            && !mpd.attribute("profiles").isEmpty()
            && MpdReader.durationNs(mpd.attribute("minBufferTime")).isPresent(),
        address,
        "profiles \"%s\", minBufferTime \"%s\""
            .formatted(mpd.attribute("profiles"), mpd.attribute("minBufferTime")),
        "MPD of %s with profiles and minBufferTime".formatted(NAMESPACE));
    if (!mpd.dynamic()) {
      return;
    }
    findings.check(
        Rule.DASH_DYNAMIC,
        mpd.availabilityStartNs() != Mpd.NO_TIME
            && MpdReader.instantNs(mpd.attribute("publishTime")) != Mpd.NO_TIME,
        address,
        "availabilityStartTime \"%s\", publishTime \"%s\""
            .formatted(mpd.attribute("availabilityStartTime"), mpd.attribute("publishTime")),
        "both in a dynamic MPD");
    findings.check(
        Rule.DASH_PERIOD_ID,
        mpd.periods().stream().noneMatch(String::isEmpty)
            && new HashSet<>(mpd.periods()).size() == mpd.periods().size(),
        address,
        "Period ids " + mpd.periods(),
        "one for each in a dynamic MPD");
    boolean timeline =
        mpd.representations().stream()
            .flatMap(each -> each.template().stream())
            .anyMatch(template -> template.timeline().isPresent());
    findings.check(
        Rule.DASH_UPDATE_PERIOD,
        !timeline || MpdReader.durationNs(mpd.attribute("minimumUpdatePeriod")).isPresent(),
        address,
        "SegmentTimeline without minimumUpdatePeriod",
        "one: new segments come with updates");
    findings.check(
        Rule.DASH_UTC_TIMING,
        !mpd.timings().isEmpty(),
        address,
        "no UTCTiming",
        "one, for the clock that availability is told in");
    if (mpd.representations().stream().anyMatch(each -> !each.complete())) {
      findings.check(
          Rule.DASH_LATENCY,
          mpd.latencyTarget(),
          address,
          "no ServiceDescription with Latency@target",
          "one in a low-latency MPD");
    }
    if (!mpd.patchLocation().isEmpty()) {
      findings.check(
          Rule.DASH_PATCH_ID,
          !mpd.attribute("id").isEmpty(),
          address,
          "PatchLocation without MPD@id",
          "MPD@id");
    }
  }

  private void steering() {
    mpd.steering()
        .ifPresent(
            steering ->
                findings.check(
                    Rule.DASH_STEERING,
                    !steering.server().isEmpty()
                        && (steering.first().isEmpty()
                            || mpd.serviceLocations().contains(steering.first())),
                    address,
                    "ContentSteering \"%s\", defaultServiceLocation \"%s\""
                        .formatted(steering.server(), steering.first()),
                    "an address, and the serviceLocation of a BaseURL, of "
                        + mpd.serviceLocations()));
  }

  /** A single set without an offset takes low latency from all the others in some players. */
  private void offsets() {
    boolean any = mpd.representations().stream().anyMatch(each -> each.offsetNs() != Mpd.NO_TIME);
    for (Representation each : mpd.representations()) {
      String where = "%s Representation %s".formatted(address, each.key());
      if (any) {
        findings.check(
            Rule.DASH_OFFSET_ALL,
            each.offsetNs() != Mpd.NO_TIME,
            where,
            "no availabilityTimeOffset",
            "one, as others have");
      }
      if (each.offsetNs() > 0) {
        findings.check(
            Rule.DASH_OFFSET_INCOMPLETE,
            !each.complete(),
            where,
            "availabilityTimeOffset without availabilityTimeComplete=\"false\"",
            "both: a segment can be asked for before it is whole");
      }
    }
  }

  private void template(Template template, String where) {
    Set<String> used = new HashSet<>();
    Matcher identifier = IDENTIFIER.matcher(template.media());
    while (identifier.find()) {
      used.add(identifier.group(1));
    }
    boolean addressed = used.contains("Number") != used.contains("Time");
    boolean timed = (template.duration() > 0) != template.timeline().isPresent();
    findings.check(
        Rule.DASH_TEMPLATE,
        addressed
            && timed
            && IDENTIFIERS.containsAll(used)
            && (!used.contains("Time") || template.timeline().isPresent()),
        where,
        "media \"%s\", duration %d, SegmentTimeline %s"
            .formatted(template.media(), template.duration(), template.timeline().isPresent()),
        "$Number$ or $Time$, and duration or SegmentTimeline, not both");
    if (used.contains("SubNumber")) {
      findings.check(
          Rule.DASH_SEQUENCE,
          template.sequence() > 0,
          where,
          "$SubNumber$ without k",
          "k, the parts of a segment");
    }
    template.timeline().ifPresent(entries -> timeline(template, entries, where));
  }

  private void timeline(Template template, List<Entry> entries, String where) {
    long longest = MpdReader.durationNs(mpd.attribute("maxSegmentDuration")).orElse(Long.MAX_VALUE);
    long end = Long.MIN_VALUE;
    for (Entry entry : entries) {
      String at = "%s S t=%d".formatted(where, entry.time());
      if (end != Long.MIN_VALUE) {
        findings.check(
            Rule.DASH_S_ORDER,
            entry.time() >= end,
            at,
            "t %d".formatted(entry.time()),
            "%d or later, where the S before ends".formatted(end));
        findings.check(
            Rule.DASH_S_CONTINUITY,
            entry.time() <= end,
            at,
            "a gap of %d ticks".formatted(entry.time() - end),
            "none");
      }
      findings.check(
          Rule.DASH_S_DURATION,
          entry.duration() > 0 && MpdReader.ns(entry.duration(), template.timescale()) <= longest,
          at,
          "d %d".formatted(entry.duration()),
          "above 0, and at most maxSegmentDuration");
      end = entry.time() + entry.duration() * (entry.repeat() + 1);
    }
  }
}
