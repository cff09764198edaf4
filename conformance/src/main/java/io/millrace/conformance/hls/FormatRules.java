package io.millrace.conformance.hls;

import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.hls.MultivariantPlaylist.Rendition;
import io.millrace.conformance.hls.MultivariantPlaylist.Variant;
import io.millrace.conformance.http.Answer;
import io.millrace.conformance.mp4.Codecs;
import io.millrace.conformance.mp4.InitSection.Track;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Judges what a multivariant playlist says of the formats of all segments that are listed when it
 * is read, by their init sections (RFC 8216bis 4.4.6.2).
 */
final class FormatRules {
  private static final int MAX_VARIANTS = 50;
  private static final long SECOND_NS = 1_000_000_000L;

  /** Each stands for the ones before too, where they are mixed (4.4.6.2). */
  private static final List<String> RANGES = List.of("SDR", "HLG", "PQ");

  /** VIDEO-RANGE by transfer characteristics. */
  private static final Map<Integer, String> RANGE_OF =
      Map.of(1, "SDR", 6, "SDR", 13, "SDR", 14, "SDR", 15, "SDR", 16, "PQ", 18, "HLG");

  private final URI address;
  private final MultivariantPlaylist playlist;
  private final List<RenditionFollower> followers;
  private final Findings findings;

  FormatRules(
      URI address,
      MultivariantPlaylist playlist,
      List<RenditionFollower> followers,
      Findings findings) {
    this.address = address;
    this.playlist = playlist;
    this.followers = followers;
    this.findings = findings;
  }

  /** Each is compared with every EXT-X-MEDIA; more than these nobody watches. */
  List<Variant> variants() {
    return playlist.variants().stream().limit(MAX_VARIANTS).toList();
  }

  /** The playlists that a player of the variant may load, its own first. */
  List<RenditionFollower> played(Variant variant) {
    List<String> uris = new ArrayList<>(List.of(variant.uri()));
    for (Rendition rendition : playlist.media()) {
      Attributes media = rendition.attributes();
      if (media.has("URI")
          && media.get("GROUP-ID").equals(variant.attributes().get(media.get("TYPE")))) {
        uris.add(media.get("URI"));
      }
    }
    return uris.stream()
        .map(uri -> ServerProbes.resolve(address, uri))
        .flatMap(Optional::stream)
        .flatMap(uri -> followers.stream().filter(f -> f.address().equals(uri)))
        .toList();
  }

  /** Judges it with what its playlists listed before it was made, and list still. */
  void check(Answer answer) {
    long ageNs =
        answer.header("age").matches("[0-9]{1,9}")
            ? Long.parseLong(answer.header("age")) * SECOND_NS
            : 0;
    for (Variant variant : variants()) {
      List<Track> pictures = new ArrayList<>();
      for (RenditionFollower follower : played(variant)) {
        List<Track> tracks =
            follower.formats().listed(answer.sentNs() - ageNs, answer.headNs()).toList();
        tracks.forEach(track -> codecs(variant, track, follower.address()));
        if (ServerProbes.resolve(address, variant.uri()).equals(Optional.of(follower.address()))) {
          tracks.stream().filter(Track::isVideo).forEach(pictures::add);
        }
      }
      if (!pictures.isEmpty()) {
        resolution(variant, pictures);
        range(variant, pictures);
      }
    }
  }

  private String at(Variant variant) {
    return "%s line %d".formatted(address, variant.line());
  }

  private void codecs(Variant variant, Track track, URI of) {
    Attributes info = variant.attributes();
    if (info.has("CODECS")) {
      findings.check(
          Rule.HLS_CODECS,
          List.of(info.get("CODECS").split(",")).stream()
              .anyMatch(each -> Codecs.names(each, track.codecs())),
          at(variant),
          "CODECS \"%s\"".formatted(info.get("CODECS")),
          "with %s, which %s has".formatted(track.codecs(), of));
    }
  }

  private void resolution(Variant variant, List<Track> pictures) {
    String declared = variant.attributes().get("RESOLUTION");
    if (declared.isEmpty()) {
      return;
    }
    Track largest =
        pictures.stream()
            .max(Comparator.comparingLong(each -> (long) each.width() * each.height()))
            .orElseThrow();
    String size = "%dx%d".formatted(largest.width(), largest.height());
    String shown = "%dx%d".formatted(largest.shownWidth(), largest.height());
    findings.check(
        Rule.HLS_RESOLUTION,
        declared.equals(size) || declared.equals(shown),
        at(variant),
        "RESOLUTION " + declared,
        "%s, as the largest sample entry says, or %s, as it is shown".formatted(size, shown));
  }

  private void range(Variant variant, List<Track> pictures) {
    List<String> ranges =
        pictures.stream().map(each -> RANGE_OF.getOrDefault(each.transfer(), "")).toList();
    // Where nothing is said of some, nothing is known of the mixture.
    if (ranges.contains("")) {
      return;
    }
    String range = ranges.stream().max(Comparator.comparingInt(RANGES::indexOf)).orElseThrow();
    Attributes info = variant.attributes();
    String declared = info.has("VIDEO-RANGE") ? info.get("VIDEO-RANGE") : "SDR";
    findings.check(
        Rule.HLS_VIDEO_RANGE,
        declared.equals(range),
        at(variant),
        "VIDEO-RANGE " + declared,
        "%s, for transfer characteristics %s"
            .formatted(
                range,
                pictures.stream()
                    .map(each -> Integer.toString(each.transfer()))
                    .distinct()
                    .collect(Collectors.joining(", "))));
  }
}
