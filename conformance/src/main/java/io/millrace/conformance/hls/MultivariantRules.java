package io.millrace.conformance.hls;

import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.hls.MultivariantPlaylist.Rendition;
import io.millrace.conformance.hls.MultivariantPlaylist.Variant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Judges what a multivariant playlist says (RFC 8216bis 4.4.6). */
final class MultivariantRules {
  private static final Set<String> TYPES = Set.of("AUDIO", "VIDEO", "SUBTITLES", "CLOSED-CAPTIONS");
  private static final Map<String, String> GROUPS =
      Map.of("AUDIO", "AUDIO", "VIDEO", "VIDEO", "SUBTITLES", "SUBTITLES");

  private MultivariantRules() {}

  static void check(MultivariantPlaylist playlist, String address, Findings findings) {
    Set<String> groups =
        playlist.media().stream()
            .map(Rendition::attributes)
            .map(media -> media.get("TYPE") + "/" + media.get("GROUP-ID"))
            .collect(Collectors.toSet());
    for (Variant variant : playlist.variants()) {
      check(groups, variant, "%s line %d".formatted(address, variant.line()), findings);
    }
    Set<String> names = new HashSet<>();
    for (Rendition rendition : playlist.media()) {
      String at = "%s line %d".formatted(address, rendition.line());
      Attributes media = rendition.attributes();
      findings.check(
          Rule.HLS_MEDIA_ATTRIBUTES,
          TYPES.contains(media.get("TYPE"))
              && !media.get("GROUP-ID").isEmpty()
              && !media.get("NAME").isEmpty()
              && media.get("TYPE").equals("CLOSED-CAPTIONS") == media.has("INSTREAM-ID")
              && !(media.get("TYPE").equals("CLOSED-CAPTIONS") && media.has("URI")),
          at,
          media.values(),
          "TYPE, GROUP-ID and NAME; INSTREAM-ID and no URI with CLOSED-CAPTIONS");
      findings.check(
          Rule.HLS_MEDIA_NAME,
          names.add(
              "%s/%s/%s".formatted(media.get("TYPE"), media.get("GROUP-ID"), media.get("NAME"))),
          at,
          "another NAME \"%s\"".formatted(media.get("NAME")),
          "one of it in a group");
    }
  }

  private static void check(Set<String> groups, Variant variant, String at, Findings findings) {
    Attributes info = variant.attributes();
    findings.check(
        Rule.HLS_STREAM_INF_URI,
        !variant.uri().isEmpty(),
        at,
        "no URI behind EXT-X-STREAM-INF",
        "one on the next line");
    findings.check(
        Rule.HLS_STREAM_INF_BANDWIDTH,
        info.integer("BANDWIDTH").orElse(0) > 0,
        at,
        "BANDWIDTH \"%s\"".formatted(info.get("BANDWIDTH")),
        "bits per second");
    findings.check(
        Rule.HLS_STREAM_INF_CODECS, info.has("CODECS"), at, "no CODECS", "all that a player meets");
    boolean video = info.get("CODECS").matches(".*(avc|hvc|hev|av01|vp09).*");
    if (video) {
      findings.check(
          Rule.HLS_STREAM_INF_RESOLUTION,
          info.get("RESOLUTION").matches("[0-9]+x[0-9]+"),
          at,
          "RESOLUTION \"%s\"".formatted(info.get("RESOLUTION")),
          "width x height of a video variant");
    }
    GROUPS.forEach(
        (attribute, type) -> {
          if (info.has(attribute)) {
            findings.check(
                Rule.HLS_STREAM_INF_GROUP,
                groups.contains(type + "/" + info.get(attribute)),
                at,
                "%s=\"%s\"".formatted(attribute, info.get(attribute)),
                "the GROUP-ID of an EXT-X-MEDIA of that TYPE");
          }
        });
  }
}
