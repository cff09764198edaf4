package io.millrace.conformance.hls;

import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Judges what a multivariant playlist says (RFC 8216bis 4.4.6). */
final class MultivariantRules {
  static final String DEFAULT_PATHWAY = ".";

  private static final Pattern PATHWAY = Pattern.compile("[A-Za-z0-9._-]+");

  private MultivariantRules() {}

  static void check(MultivariantPlaylist playlist, String address, Findings findings) {
    VersionRules.multivariant(playlist, address + " line 1", findings);
    VariantRules.check(playlist, address, findings);
    RenditionRules.check(playlist, address, findings);
    steering(playlist)
        .ifPresent(
            tag ->
                findings.check(
                    Rule.HLS_STEERING,
                    isSteered(tag.attributes(), pathways(playlist)),
                    "%s line %d".formatted(address, tag.line()),
                    tag.value(),
                    "SERVER-URI, and as PATHWAY-ID that of a variant"));
  }

  /** EXT-X-CONTENT-STEERING. */
  static Optional<Tag> steering(MultivariantPlaylist playlist) {
    return playlist.tags().stream()
        .filter(tag -> tag.name().equals("EXT-X-CONTENT-STEERING"))
        .findFirst();
  }

  private static boolean isSteered(Attributes steering, Set<String> pathways) {
    return !steering.get("SERVER-URI").isEmpty()
        && (!steering.has("PATHWAY-ID")
            || (PATHWAY.matcher(steering.get("PATHWAY-ID")).matches()
                && pathways.contains(steering.get("PATHWAY-ID"))));
  }

  /** Of all variants; those that name none are of the default one. */
  static Set<String> pathways(MultivariantPlaylist playlist) {
    return playlist.variants().stream()
        .map(variant -> variant.attributes().get("PATHWAY-ID"))
        .map(id -> id.isEmpty() ? DEFAULT_PATHWAY : id)
        .collect(Collectors.toSet());
  }
}
