package io.millrace.conformance.hls;

import io.millrace.conformance.CheckOptions;
import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.hls.MultivariantPlaylist.Variant;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Judges what the playlists of one presentation owe each other and the multivariant playlist (RFC
 * 8216bis 6.2.4, B.1), once they were followed.
 */
final class PresentationRules {
  private static final long LEAST_FRAME_NS = 10_000_000;
  private static final int LEAST_LAGS = 3;
  private static final long DATE_ROUNDING_NS = 2_000_000;

  /** What a measured peak may pass a declared one by before it is worth a word. */
  private static final double BANDWIDTH_MARGIN = 1.1;

  private final URI address;
  private final Optional<MultivariantPlaylist> multivariant;
  private final List<RenditionFollower> followers;
  private final CheckOptions options;
  private final Findings findings;

  private PresentationRules(
      URI address,
      Optional<MultivariantPlaylist> multivariant,
      List<RenditionFollower> followers,
      CheckOptions options,
      Findings findings) {
    this.address = address;
    this.multivariant = multivariant;
    this.followers = followers.stream().filter(f -> f.current().isPresent()).toList();
    this.options = options;
    this.findings = findings;
  }

  /** Judges all; {@code playlists}: how many the multivariant playlist names. */
  static void check(
      URI address,
      Optional<MultivariantPlaylist> multivariant,
      List<RenditionFollower> followers,
      CheckOptions options,
      Findings findings) {
    PresentationRules rules =
        new PresentationRules(address, multivariant, followers, options, findings);
    for (RenditionFollower each : rules.followers) {
      rules.partHoldBack(each);
      rules.reports(each);
      for (RenditionFollower other : rules.followers) {
        if (each.address().toString().compareTo(other.address().toString()) < 0) {
          rules.pair(each, other);
        }
      }
    }
    multivariant.ifPresent(rules::variants);
  }

  private static MediaPlaylist playlist(RenditionFollower follower) {
    return follower.current().orElseThrow();
  }

  private void partHoldBack(RenditionFollower follower) {
    MediaPlaylist own = playlist(follower);
    long target = followers.stream().mapToLong(f -> playlist(f).partTargetNs()).max().orElse(0);
    own.serverControl()
        .secondsNs("PART-HOLD-BACK")
        .ifPresent(
            holdBack ->
                findings.check(
                    Rule.HLS_PART_HOLD_BACK_ALL,
                    holdBack >= 3 * target,
                    follower.address().toString(),
                    "PART-HOLD-BACK %.3f s".formatted((double) holdBack / 1e9),
                    "three times the largest PART-TARGET, %.3f s"
                        .formatted((double) target / 1e9)));
  }

  private void reports(RenditionFollower follower) {
    if (multivariant.isEmpty() || !playlist(follower).hasParts() || playlist(follower).ended()) {
      return;
    }
    Set<String> others = new TreeSet<>();
    for (String uri : multivariant.get().playlists()) {
      ServerProbes.resolve(address, uri)
          .filter(other -> !other.equals(follower.address()))
          .ifPresent(other -> others.add(other.getPath()));
    }
    Set<String> reported =
        playlist(follower).reports().stream()
            .map(report -> ServerProbes.resolve(follower.address(), report.uri()))
            .flatMap(Optional::stream)
            .map(URI::getPath)
            .collect(Collectors.toCollection(TreeSet::new));
    findings.check(
        Rule.HLS_REPORT_EACH,
        reported.equals(others),
        follower.address().toString(),
        "EXT-X-RENDITION-REPORT of " + reported,
        "of each other playlist, " + others);
  }

  private void pair(RenditionFollower one, RenditionFollower two) {
    MediaPlaylist first = playlist(one);
    MediaPlaylist second = playlist(two);
    String where = two.address().toString();
    findings.check(
        Rule.HLS_TARGETDURATION_SAME,
        first.targetDuration() == second.targetDuration(),
        where,
        "EXT-X-TARGETDURATION " + second.targetDuration(),
        "%d, as %s".formatted(first.targetDuration(), one.address()));
    findings.check(
        Rule.HLS_SERVER_CONTROL_SAME,
        first.serverControl().values().equals(second.serverControl().values()),
        where,
        "EXT-X-SERVER-CONTROL " + second.serverControl().values(),
        "%s, as %s".formatted(first.serverControl().values(), one.address()));
    Set<String> ranges = ids(first);
    Set<String> others = ids(second);
    findings.check(
        Rule.HLS_DATERANGES_SAME,
        ranges.isEmpty() || others.isEmpty() || ranges.equals(others),
        where,
        "date ranges " + others,
        "%s, as %s".formatted(ranges, one.address()));
    mapping(one, two);
    lag(one, two);
  }

  private static Set<String> ids(MediaPlaylist playlist) {
    return playlist.dateRanges().stream()
        .map(tag -> tag.attributes().get("ID"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Dates and timestamps go together in the same way in all (6.2.4). */
  private void mapping(RenditionFollower one, RenditionFollower two) {
    long frameNs = Math.max(LEAST_FRAME_NS, Math.max(one.media().frameNs(), two.media().frameNs()));
    String where = two.address().toString();
    boolean dated = hasDates(one);
    findings.check(
        Rule.HLS_DATES_ALL,
        dated == hasDates(two),
        where,
        "EXT-X-PROGRAM-DATE-TIME in one alone",
        "in all media playlists or in none");
    for (Map.Entry<Long, RenditionMedia.Start> entry : one.media().starts().entrySet()) {
      RenditionMedia.Start start = entry.getValue();
      RenditionMedia.Start other = two.media().starts().get(entry.getKey());
      if (other == null) {
        continue;
      }
      long apartNs = other.presentationNs() - start.presentationNs();
      String segment = "%s segment %d".formatted(where, entry.getKey());
      // Numbers need not match between playlists; where they do, so does all the rest.
      boolean same = Math.abs(apartNs) < playlist(one).targetDurationNs() / 2;
      if (same) {
        findings.check(
            Rule.HLS_SKEW,
            Math.abs(apartNs) <= frameNs,
            segment,
            "begins %.4f s from that of %s".formatted((double) apartNs / 1e9, one.address()),
            "within a frame, %.4f s".formatted((double) frameNs / 1e9));
        findings.check(
            Rule.HLS_DISCONTINUITY_SAME,
            start.discontinuitySequence() == other.discontinuitySequence(),
            segment,
            "discontinuity sequence number " + other.discontinuitySequence(),
            "%d, as %s".formatted(start.discontinuitySequence(), one.address()));
      }
      if (dated
          && start.utcNs() != MediaPlaylist.NO_TIME
          && other.utcNs() != MediaPlaylist.NO_TIME
          && start.discontinuitySequence() == other.discontinuitySequence()) {
        long offNs =
            (other.utcNs() - other.presentationNs()) - (start.utcNs() - start.presentationNs());
        findings.check(
            Rule.HLS_DATES_CONSISTENT,
            Math.abs(offNs) <= frameNs + DATE_ROUNDING_NS,
            segment,
            "date to timestamp differs by %.4f s from %s"
                .formatted((double) offNs / 1e9, one.address()),
            "the same to within a frame");
      }
    }
  }

  private static boolean hasDates(RenditionFollower follower) {
    return playlist(follower).tags().stream()
        .anyMatch(tag -> tag.name().equals("EXT-X-PROGRAM-DATE-TIME"));
  }

  /** All are updated together, to within a part (B.1). */
  private void lag(RenditionFollower one, RenditionFollower two) {
    if (one.lags().count() < LEAST_LAGS || two.lags().count() < LEAST_LAGS) {
      return;
    }
    long apartNs = two.lags().medianNs() - one.lags().medianNs();
    long targetNs = Math.max(playlist(one).partTargetNs(), playlist(two).partTargetNs());
    findings.check(
        Rule.HLS_IN_SYNC,
        Math.abs(apartNs) <= targetNs + options.jitter().toNanos(),
        two.address().toString(),
        "updated %.3f s from %s".formatted((double) apartNs / 1e9, one.address()),
        "within a part, %.3f s".formatted((double) targetNs / 1e9));
  }

  private void variants(MultivariantPlaylist playlist) {
    for (RenditionFollower follower : followers) {
      findings.check(
          Rule.HLS_INDEPENDENT_ONCE,
          !(playlist.independentSegments() && playlist(follower).independentSegments()),
          follower.address().toString(),
          "EXT-X-INDEPENDENT-SEGMENTS here and in the multivariant playlist",
          "in one of them");
    }
    FormatRules formats = new FormatRules(address, playlist, followers, findings);
    for (Variant variant : formats.variants()) {
      List<RenditionFollower> of = formats.played(variant);
      if (!of.isEmpty()) {
        bandwidth(variant, of);
      }
    }
  }

  private void bandwidth(Variant variant, List<RenditionFollower> played) {
    Attributes info = variant.attributes();
    long peak = 0;
    long others = 0;
    for (RenditionFollower follower : played) {
      long own = follower.media().peakBps();
      if (follower.equals(played.getFirst())) {
        peak = own;
      } else {
        others = Math.max(others, own);
      }
    }
    peak += others;
    if (peak > 0) {
      findings.check(
          Rule.HLS_BANDWIDTH,
          (double) peak <= (double) info.integer("BANDWIDTH").orElse(0) * BANDWIDTH_MARGIN,
          "%s line %d".formatted(address, variant.line()),
          "BANDWIDTH %s, measured %d".formatted(info.get("BANDWIDTH"), peak),
          "a representative peak");
    }
  }
}
