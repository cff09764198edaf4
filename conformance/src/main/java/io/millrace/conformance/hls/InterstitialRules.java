package io.millrace.conformance.hls;

import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Judges date ranges that are interstitials (RFC 8216bis D.2). */
final class InterstitialRules {
  private static final String CLASS = "com.apple.hls.interstitial";
  private static final Pattern ABSOLUTE = Pattern.compile("[a-z][a-z0-9+.-]*:.*");
  private static final Pattern SECONDS = Pattern.compile("[0-9]+(\\.[0-9]*)?");
  private static final Pattern OFFSET = Pattern.compile("-?[0-9]+(\\.[0-9]*)?");

  private InterstitialRules() {}

  /** Judges the attributes that all tags of an ID say together. */
  static void check(Map<String, String> range, String where, Findings findings) {
    if (!CLASS.equals(range.get("CLASS"))) {
      return;
    }
    findings.check(
        Rule.HLS_INTERSTITIAL,
        isWhole(range),
        where,
        range,
        "an absolute X-ASSET-URI or X-ASSET-LIST; X-RESUME-OFFSET and X-PLAYOUT-LIMIT in seconds;"
            + " X-SNAP of OUT and IN, X-RESTRICT of SKIP and JUMP");
  }

  private static boolean isWhole(Map<String, String> range) {
    String uri = range.getOrDefault("X-ASSET-URI", "");
    String list = range.getOrDefault("X-ASSET-LIST", "");
    return uri.isEmpty() != list.isEmpty()
        && (uri.isEmpty() || ABSOLUTE.matcher(uri).matches())
        && OFFSET.matcher(range.getOrDefault("X-RESUME-OFFSET", "0")).matches()
        && SECONDS.matcher(range.getOrDefault("X-PLAYOUT-LIMIT", "0")).matches()
        && isOf(range.getOrDefault("X-SNAP", ""), Set.of("OUT", "IN"))
        && isOf(range.getOrDefault("X-RESTRICT", ""), Set.of("SKIP", "JUMP"));
  }

  /** Whether a list has those words alone; an attribute that is absent is empty. */
  static boolean isOf(String list, Set<String> words) {
    return list.isEmpty() || List.of(list.split(",", -1)).stream().allMatch(words::contains);
  }
}
