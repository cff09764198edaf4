package io.millrace.conformance.hls;

import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.hls.MultivariantPlaylist.Rendition;
import io.millrace.conformance.hls.MultivariantPlaylist.Variant;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Judges what EXT-X-STREAM-INF and EXT-X-I-FRAME-STREAM-INF say (RFC 8216bis 4.4.6.2, 4.4.6.3). */
final class VariantRules {
  private static final List<String> GROUPS = List.of("AUDIO", "VIDEO", "SUBTITLES");
  private static final Pattern VIDEO =
      Pattern.compile(".*(avc|hvc|hev|av01|vp09|vvc|vvi|dvh|dva).*");
  private static final Pattern STABLE_ID = Pattern.compile("[a-zA-Z0-9+/=._-]+");
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}(\\.[0-9]{1,9})?");
  private static final Pattern FRAME_RATE = Pattern.compile("[0-9]{1,4}(\\.[0-9]{1,3})?");
  private static final Set<String> RANGES = Set.of("SDR", "HLG", "PQ");
  private static final Set<String> HDCP_LEVELS = Set.of("TYPE-0", "TYPE-1", "NONE");
  private static final Set<String> CHANNELS = Set.of("CH-STEREO", "CH-MONO");
  private static final Set<String> PROJECTIONS =
      Set.of("PROJ-RECT", "PROJ-EQUI", "PROJ-HEQU", "PROJ-PRIM");
  private static final Set<String> PLAIN = Set.of("CH-MONO", "PROJ-RECT");

  /** Codecs of enhancement layers with those that their base layer can have. */
  private static final Map<String, String> BASES =
      Map.of(
          "dvh1",
          "hvc1|hev1",
          "dvhe",
          "hvc1|hev1",
          "dva1",
          "avc1|avc3",
          "dvav",
          "avc1|avc3",
          "dav1",
          "av01");

  /** What EXT-X-I-FRAME-STREAM-INF must not have (4.4.6.3). */
  private static final List<String> NOT_OF_I_FRAMES =
      List.of("FRAME-RATE", "AUDIO", "SUBTITLES", "CLOSED-CAPTIONS");

  private final MultivariantPlaylist playlist;
  private final String address;
  private final Findings findings;
  private final Set<String> groups;

  private VariantRules(MultivariantPlaylist playlist, String address, Findings findings) {
    this.playlist = playlist;
    this.address = address;
    this.findings = findings;
    this.groups =
        playlist.media().stream()
            .map(Rendition::attributes)
            .map(media -> media.get("TYPE") + "/" + media.get("GROUP-ID"))
            .collect(Collectors.toSet());
  }

  static void check(MultivariantPlaylist playlist, String address, Findings findings) {
    VariantRules rules = new VariantRules(playlist, address, findings);
    for (Variant variant : playlist.variants()) {
      rules.variant(variant);
      rules.common(variant);
    }
    for (Variant iFrames : playlist.iFrames()) {
      rules.iFrames(iFrames);
      rules.common(iFrames);
    }
    rules.scores(playlist.variants());
    rules.scores(playlist.iFrames());
    rules.captions();
  }

  private String at(Variant variant) {
    return "%s line %d".formatted(address, variant.line());
  }

  private static boolean isVideo(Variant variant) {
    return VIDEO.matcher(variant.attributes().get("CODECS")).matches();
  }

  /** Where it stands, an attribute has a form or one of some values. */
  private void where(Rule rule, Variant variant, String name, boolean holds, String expected) {
    if (variant.attributes().has(name)) {
      String seen = "%s \"%s\"".formatted(name, variant.attributes().get(name));
      findings.check(rule, holds, at(variant), seen, expected);
    }
  }

  private void variant(Variant variant) {
    Attributes info = variant.attributes();
    findings.check(
        Rule.HLS_STREAM_INF_URI,
        !variant.uri().isEmpty(),
        at(variant),
        "no URI behind EXT-X-STREAM-INF",
        "one on the next line");
    findings.check(
        Rule.HLS_STREAM_INF_AVERAGE,
        info.has("AVERAGE-BANDWIDTH"),
        at(variant),
        "no AVERAGE-BANDWIDTH",
        "bits per second");
    if (isVideo(variant)) {
      findings.check(
          Rule.HLS_STREAM_INF_FRAME_RATE,
          FRAME_RATE.matcher(info.get("FRAME-RATE")).matches(),
          at(variant),
          "FRAME-RATE \"%s\"".formatted(info.get("FRAME-RATE")),
          "frames per second of a video variant, to three decimals");
    }
    for (String group : GROUPS) {
      where(
          Rule.HLS_STREAM_INF_GROUP,
          variant,
          group,
          groups.contains(group + "/" + info.get(group)),
          "the GROUP-ID of an EXT-X-MEDIA of that TYPE");
    }
  }

  private void iFrames(Variant iFrames) {
    Attributes info = iFrames.attributes();
    findings.check(
        Rule.HLS_I_FRAME_INF,
        !iFrames.uri().isEmpty()
            && info.integer("BANDWIDTH").orElse(0) > 0
            && NOT_OF_I_FRAMES.stream().noneMatch(info::has),
        at(iFrames),
        info.values(),
        "BANDWIDTH and URI, and none of " + NOT_OF_I_FRAMES);
  }

  /** What both tags have alike. */
  private void common(Variant variant) {
    Attributes info = variant.attributes();
    long bandwidth = info.integer("BANDWIDTH").orElse(0);
    findings.check(
        Rule.HLS_STREAM_INF_BANDWIDTH,
        bandwidth > 0,
        at(variant),
        "BANDWIDTH \"%s\"".formatted(info.get("BANDWIDTH")),
        "bits per second");
    long average = info.integer("AVERAGE-BANDWIDTH").orElse(0);
    where(
        Rule.HLS_STREAM_INF_AVERAGE,
        variant,
        "AVERAGE-BANDWIDTH",
        average > 0 && average <= bandwidth,
        "bits per second, at most BANDWIDTH");
    findings.check(
        Rule.HLS_STREAM_INF_CODECS,
        info.has("CODECS"),
        at(variant),
        "no CODECS",
        "all that a player meets");
    if (isVideo(variant)) {
      findings.check(
          Rule.HLS_STREAM_INF_RESOLUTION,
          info.get("RESOLUTION").matches("[0-9]+x[0-9]+"),
          at(variant),
          "RESOLUTION \"%s\"".formatted(info.get("RESOLUTION")),
          "width x height of a video variant");
    }
    where(
        Rule.HLS_STREAM_INF_VIDEO_RANGE,
        variant,
        "VIDEO-RANGE",
        RANGES.contains(info.get("VIDEO-RANGE")),
        "SDR, HLG or PQ");
    where(
        Rule.HLS_STREAM_INF_HDCP_LEVEL,
        variant,
        "HDCP-LEVEL",
        HDCP_LEVELS.contains(info.get("HDCP-LEVEL")),
        "TYPE-0, TYPE-1 or NONE");
    where(
        Rule.HLS_STABLE_ID,
        variant,
        "STABLE-VARIANT-ID",
        isStable(info.get("STABLE-VARIANT-ID")),
        "characters of a-z, A-Z, 0-9, +, /, =, ., - and _");
    where(
        Rule.HLS_STREAM_INF_SUPPLEMENTAL,
        variant,
        "SUPPLEMENTAL-CODECS",
        isSupplemental(info.get("SUPPLEMENTAL-CODECS"), info.get("CODECS")),
        "codec, and brands behind /; the codec of each base layer stands in CODECS");
    layout(variant);
  }

  static boolean isStable(String id) {
    return STABLE_ID.matcher(id).matches();
  }

  private static boolean isSupplemental(String supplemental, String codecs) {
    for (String element : supplemental.split(",", -1)) {
      String[] fields = element.strip().split("/", -1);
      boolean formed =
          fields[0].matches("[A-Za-z0-9]{4}(\\.[A-Za-z0-9.-]+)?")
              && List.of(fields).subList(1, fields.length).stream()
                  .allMatch(brand -> brand.length() == 4);
      if (!formed) {
        return false;
      }
      String base = BASES.get(fields[0].substring(0, 4));
      if (base != null && !codecs.matches(".*(%s)\\..*".formatted(base))) {
        return false;
      }
    }
    return true;
  }

  private void layout(Variant variant) {
    String layout = variant.attributes().get("REQ-VIDEO-LAYOUT");
    List<String> all = new ArrayList<>();
    boolean formed = true;
    for (String entry : layout.split(",", -1)) {
      List<String> specifiers = List.of(entry.split("/", -1));
      long channels = specifiers.stream().filter(CHANNELS::contains).count();
      long projections = specifiers.stream().filter(PROJECTIONS::contains).count();
      formed &= channels <= 1 && projections <= 1 && channels + projections == specifiers.size();
      all.addAll(specifiers);
    }
    where(
        Rule.HLS_STREAM_INF_VIDEO_LAYOUT,
        variant,
        "REQ-VIDEO-LAYOUT",
        formed,
        "entries with one of %s and one of %s at most".formatted(CHANNELS, PROJECTIONS));
    where(
        Rule.HLS_STREAM_INF_VIDEO_LAYOUT_PLAIN,
        variant,
        "REQ-VIDEO-LAYOUT",
        !PLAIN.containsAll(all),
        "none for what is monoscopic and rectilinear anyway");
  }

  private void scores(List<Variant> variants) {
    if (variants.stream().noneMatch(variant -> variant.attributes().has("SCORE"))) {
      return;
    }
    for (Variant variant : variants) {
      String score = variant.attributes().get("SCORE");
      findings.check(
          Rule.HLS_STREAM_INF_SCORE,
          NUMBER.matcher(score).matches() && new BigDecimal(score).signum() > 0,
          at(variant),
          "SCORE \"%s\"".formatted(score),
          "a number above 0, where other variants have one");
    }
  }

  private void captions() {
    boolean none =
        playlist.variants().stream()
            .anyMatch(variant -> variant.attributes().get("CLOSED-CAPTIONS").equals("NONE"));
    for (Variant variant : playlist.variants()) {
      String captions = variant.attributes().get("CLOSED-CAPTIONS");
      if (none || !captions.isEmpty()) {
        findings.check(
            Rule.HLS_STREAM_INF_CAPTIONS,
            none ? captions.equals("NONE") : groups.contains("CLOSED-CAPTIONS/" + captions),
            at(variant),
            "CLOSED-CAPTIONS \"%s\"".formatted(captions),
            "the GROUP-ID of EXT-X-MEDIA of that TYPE; NONE in all variants or in none");
      }
    }
  }
}
