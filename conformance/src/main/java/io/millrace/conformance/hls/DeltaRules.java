package io.millrace.conformance.hls;

import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.hls.MediaPlaylist.Segment;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Judges a playlist delta update (RFC 8216bis 6.2.5.1, 4.4.5.2). */
final class DeltaRules {
  private DeltaRules() {}

  /**
   * Judges one.
   *
   * @param before whole, fetched before it
   * @param delta the update
   * @param after whole, fetched after it
   */
  static void check(
      MediaPlaylist before,
      MediaPlaylist delta,
      MediaPlaylist after,
      long boundaryNs,
      String where,
      Findings findings) {
    long must = skippable(before, boundaryNs);
    findings.check(
        Rule.HLS_DELTA,
        delta.skipped() >= 1 || must == 0,
        where,
        "no EXT-X-SKIP, where %d segments can be skipped".formatted(must),
        "EXT-X-SKIP");
    if (delta.skipped() < 0) {
      return;
    }
    findings.check(
        Rule.HLS_DELTA_NUMBER,
        delta.skipped() >= 1,
        where,
        "SKIPPED-SEGMENTS=" + delta.skipped(),
        "at least one");
    long first = delta.mediaSequence() + delta.skipped();
    long can = after.mediaSequence() + skippable(after, boundaryNs);
    findings.check(
        Rule.HLS_DELTA_BOUNDARY,
        first <= can,
        where,
        "segments before %d are skipped".formatted(first),
        "none of those nearer to the end than CAN-SKIP-UNTIL, before %d".formatted(can));
    boolean sequence =
        delta.mediaSequence() >= before.mediaSequence()
            && delta.mediaSequence() <= after.mediaSequence()
            && delta.discontinuitySequence() >= before.discontinuitySequence()
            && delta.discontinuitySequence() <= after.discontinuitySequence();
    findings.check(
        Rule.HLS_DELTA_MERGE,
        sequence && sameSegments(delta, after) && delta.lastMsn() >= before.lastMsn(),
        where,
        "EXT-X-MEDIA-SEQUENCE %d, %d skipped, to segment %d"
            .formatted(delta.mediaSequence(), delta.skipped(), delta.lastMsn()),
        "merged with the playlist before it, the whole playlist (EXT-X-MEDIA-SEQUENCE %d)"
            .formatted(after.mediaSequence()));
  }

  private static boolean sameSegments(MediaPlaylist delta, MediaPlaylist after) {
    for (Segment segment : delta.segments()) {
      Optional<Segment> full = after.segment(segment.msn());
      if (full.isEmpty()) {
        return false;
      }
      if (segment.complete()
          && !(segment.uri().equals(full.get().uri())
              && segment.durationNs() == full.get().durationNs()
              && segment.utcNs() == full.get().utcNs())) {
        return false;
      }
    }
    return !delta.segments().isEmpty();
  }

  /** Segments that lie further than the boundary from the end of the last that is complete. */
  static long skippable(MediaPlaylist playlist, long boundaryNs) {
    List<Segment> whole = playlist.segments().stream().filter(Segment::complete).toList();
    long afterNs = 0;
    for (int i = whole.size() - 1; i >= 0; i--) {
      if (afterNs > boundaryNs) {
        return i + 1L;
      }
      afterNs += Math.max(0, whole.get(i).durationNs());
    }
    return 0;
  }

  /**
   * Judges which date ranges an update has that leaves out older ones too.
   *
   * @param recent of those that were added within the boundary
   * @param old of those that were added before it
   */
  static void dateRanges(
      MediaPlaylist delta, Set<String> recent, Set<String> old, String where, Findings findings) {
    if (delta.skipped() < 0 || (recent.isEmpty() && old.isEmpty())) {
      return;
    }
    Set<String> has = RangeAges.ids(delta);
    findings.check(
        Rule.HLS_DELTA_DATERANGES,
        has.containsAll(recent) && old.stream().noneMatch(has::contains),
        where,
        "EXT-X-DATERANGE " + has,
        "%s, which were added within CAN-SKIP-UNTIL, and not %s".formatted(recent, old));
  }
}
