package io.millrace.conformance.hls;

import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import java.util.List;
import java.util.function.Predicate;

/** Judges EXT-X-VERSION by what a playlist has in it (RFC 8216bis 8, 6.2.1). */
final class VersionRules {
  /** A version, and what asks for it. */
  private record Need(int version, String what) {}

  private final List<Tag> tags;

  private VersionRules(List<Tag> tags) {
    this.tags = tags;
  }

  /** Of a media playlist, whole or a delta update. */
  static void media(MediaPlaylist playlist, String where, Findings findings) {
    Need need = new VersionRules(playlist.tags()).need();
    enough(playlist.version(), need, where, findings);
    // A delta update may leave date ranges out, which cannot be told from those that never were.
    int most = playlist.skipped() >= 0 ? Math.max(10, need.version()) : need.version();
    findings.check(
        Rule.HLS_VERSION_NEEDED,
        playlist.version() <= most,
        where,
        "EXT-X-VERSION " + playlist.version(),
        "no more than %d, which its tags need".formatted(need.version()));
  }

  /** Of a multivariant playlist; it may say more than its own tags need, for what it names. */
  static void multivariant(MultivariantPlaylist playlist, String where, Findings findings) {
    enough(playlist.version(), new VersionRules(playlist.tags()).need(), where, findings);
  }

  private static void enough(int version, Need need, String where, Findings findings) {
    findings.check(
        Rule.HLS_VERSION,
        version >= need.version(),
        where,
        "EXT-X-VERSION " + version,
        "%d or more for %s".formatted(need.version(), need.what()));
  }

  private Need need() {
    if (any("EXT-X-MEDIA", VersionRules::isInStream)) {
      return new Need(13, "INSTREAM-ID of other than CLOSED-CAPTIONS");
    }
    if (tags.stream().anyMatch(VersionRules::isRequired)) {
      return new Need(12, "an attribute that begins with REQ-");
    }
    if (any("EXT-X-DEFINE", define -> define.has("QUERYPARAM"))) {
      return new Need(11, "EXT-X-DEFINE with QUERYPARAM");
    }
    if (any("EXT-X-SKIP", skip -> skip.has("RECENTLY-REMOVED-DATERANGES"))) {
      return new Need(10, "EXT-X-SKIP of date ranges");
    }
    if (has("EXT-X-SKIP")) {
      return new Need(9, "EXT-X-SKIP");
    }
    if (has("EXT-X-DEFINE")) {
      return new Need(8, "EXT-X-DEFINE");
    }
    if (any("EXT-X-MEDIA", media -> media.get("INSTREAM-ID").startsWith("SERVICE"))) {
      return new Need(7, "INSTREAM-ID of a SERVICE");
    }
    return older();
  }

  private Need older() {
    boolean iFrames = has("EXT-X-I-FRAMES-ONLY");
    if (has("EXT-X-MAP") && !iFrames) {
      return new Need(6, "EXT-X-MAP");
    }
    if (has("EXT-X-MAP") || any("EXT-X-KEY", VersionRules::isSampleKey)) {
      return new Need(5, "EXT-X-MAP, or SAMPLE-AES or KEYFORMAT of EXT-X-KEY");
    }
    if (iFrames || has("EXT-X-BYTERANGE")) {
      return new Need(4, "EXT-X-BYTERANGE or EXT-X-I-FRAMES-ONLY");
    }
    if (tags.stream().anyMatch(t -> t.name().equals("EXTINF") && t.value().contains("."))) {
      return new Need(3, "EXTINF with fractions");
    }
    return any("EXT-X-KEY", key -> key.has("IV"))
        ? new Need(2, "IV of EXT-X-KEY")
        : new Need(1, "nothing");
  }

  private boolean has(String name) {
    return tags.stream().anyMatch(tag -> tag.name().equals(name));
  }

  private boolean any(String name, Predicate<Attributes> is) {
    return tags.stream().anyMatch(tag -> tag.name().equals(name) && is.test(tag.attributes()));
  }

  private static boolean isInStream(Attributes media) {
    return media.has("INSTREAM-ID") && !media.get("TYPE").equals("CLOSED-CAPTIONS");
  }

  private static boolean isRequired(Tag tag) {
    return tag.value().contains("REQ-")
        && tag.attributes().values().keySet().stream().anyMatch(name -> name.startsWith("REQ-"));
  }

  private static boolean isSampleKey(Attributes key) {
    return key.get("METHOD").startsWith("SAMPLE-AES")
        || key.has("KEYFORMAT")
        || key.has("KEYFORMATVERSIONS");
  }
}
