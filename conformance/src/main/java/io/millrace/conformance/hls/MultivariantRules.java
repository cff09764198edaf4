package io.millrace.conformance.hls;

import io.millrace.conformance.Findings;

/** Judges what a multivariant playlist says (RFC 8216bis 4.4.6). */
final class MultivariantRules {
  private MultivariantRules() {}

  static void check(MultivariantPlaylist playlist, String address, Findings findings) {
    VersionRules.multivariant(playlist, address + " line 1", findings);
    VariantRules.check(playlist, address, findings);
    RenditionRules.check(playlist, address, findings);
  }
}
