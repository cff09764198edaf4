package io.millrace.conformance.steering;

import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.http.Answer;
import io.millrace.conformance.steering.SteeringManifest.Clone;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Judges what one steering manifest says, and how it is sent (RFC 8216bis 7.2, 7.3). */
final class SteeringRules {
  private static final Pattern LIFETIME = Pattern.compile("(?:s-maxage|max-age)=([0-9]{1,9})");
  private static final Pattern PATHWAY = Pattern.compile("[A-Za-z0-9._-]+");
  private static final long DEFAULT_TTL_SECONDS = 300;

  private SteeringRules() {}

  static void check(
      SteeringManifest manifest,
      Steering steering,
      Answer answer,
      String where,
      Findings findings) {
    String type = answer.header("content-type").replaceFirst(";.*", "").strip();
    findings.check(
        Rule.STEERING_TYPE,
        steering.format().types().contains(type),
        where,
        "Content-Type " + type,
        "one of " + steering.format().types());
    findings.check(
        Rule.STEERING_VERSION,
        manifest.version().orElse(-1) == 1,
        where,
        "VERSION " + manifest.version(),
        "1");
    findings.check(
        Rule.STEERING_TTL,
        !manifest.hasTtl() || manifest.ttlSeconds().orElse(0) > 0,
        where,
        "TTL " + manifest.ttlSeconds(),
        "whole seconds, above 0");
    lifetime(manifest.ttlSeconds().orElse(DEFAULT_TTL_SECONDS), answer, where, findings);
    clones(manifest, steering, where, findings);
  }

  private static void lifetime(long ttl, Answer answer, String where, Findings findings) {
    Matcher lifetime = LIFETIME.matcher(answer.header("cache-control"));
    long longest = 0;
    while (lifetime.find()) {
      longest = Math.max(longest, Long.parseLong(lifetime.group(1)));
    }
    findings.check(
        Rule.STEERING_LIFETIME,
        longest <= ttl,
        where,
        "Cache-Control \"%s\"".formatted(answer.header("cache-control")),
        "no longer than TTL, %d s".formatted(ttl));
  }

  private static void clones(
      SteeringManifest manifest, Steering steering, String where, Findings findings) {
    Set<String> known = new HashSet<>(steering.pathways());
    for (Clone clone : manifest.clones()) {
      findings.check(
          Rule.STEERING_CLONES,
          PATHWAY.matcher(clone.id()).matches()
              && known.contains(clone.baseId())
              && clone.replaces()
              && known.add(clone.id()),
          where,
          clone,
          "a new ID, BASE-ID of a pathway that is there, and URI-REPLACEMENT");
    }
    Set<String> once = new HashSet<>(manifest.priority());
    findings.check(
        Rule.STEERING_PATHWAYS,
        manifest.listed()
            && !once.isEmpty()
            && once.size() == manifest.priority().size()
            && once.stream().anyMatch(known::contains),
        where,
        "PATHWAY-PRIORITY " + manifest.priority(),
        "pathways, each once, some of which are there: " + known);
  }
}
