package io.millrace.conformance.hls;

import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.hls.MediaPlaylist.Segment;
import java.math.BigDecimal;
import java.util.regex.Pattern;

/** Judges length, start and end of one version of a live playlist (RFC 8216bis 4.4.2.2, 6.2). */
final class LivePlaylistRules {
  private static final int LEAST_SEGMENTS = 6;
  private static final Pattern OFFSET = Pattern.compile("-?[0-9]{1,9}(\\.[0-9]{0,9})?");

  private LivePlaylistRules() {}

  static void check(MediaPlaylist playlist, String where, Findings findings) {
    long removed = playlist.mediaSequence();
    long complete =
        playlist.segments().stream().filter(Segment::complete).count()
            + Math.max(0, playlist.skipped());
    if (removed > 0 && !playlist.ended()) {
      findings.check(
          Rule.HLS_SIX_SEGMENTS,
          complete >= LEAST_SEGMENTS,
          where,
          complete + " segments",
          "six or more, where others were removed");
    }
    boolean discontinuous = playlist.segments().stream().anyMatch(Segment::discontinuity);
    if (removed > 0 && discontinuous) {
      findings.check(
          Rule.HLS_DISCONTINUITY_SEQUENCE_TAG,
          has(playlist, "EXT-X-DISCONTINUITY-SEQUENCE"),
          where,
          "EXT-X-DISCONTINUITY without EXT-X-DISCONTINUITY-SEQUENCE",
          "both, where segments are removed");
    }
    if (playlist.ended()) {
      findings.check(
          Rule.HLS_ENDED_WHOLE,
          playlist.open().isEmpty(),
          where,
          "parts behind the last segment",
          "the segment that they are of, in a playlist that has ended");
    }
    playlist.tags().stream()
        .filter(tag -> tag.name().equals("EXT-X-START"))
        .forEach(tag -> start(tag, playlist, where, findings));
  }

  private static boolean has(MediaPlaylist playlist, String name) {
    return playlist.tags().stream().anyMatch(tag -> tag.name().equals(name));
  }

  private static void start(Tag tag, MediaPlaylist playlist, String where, Findings findings) {
    String offset = tag.attributes().get("TIME-OFFSET");
    long backNs =
        playlist.partTargetNs() > 0
            ? playlist.serverControl().secondsNs("PART-HOLD-BACK").orElse(0L)
            : 3 * playlist.targetDurationNs();
    findings.check(
        Rule.HLS_START,
        OFFSET.matcher(offset).matches()
            && (playlist.ended() || fromEndNs(offset, playlist) >= backNs),
        "%s line %d".formatted(where, tag.line()),
        "TIME-OFFSET \"%s\"".formatted(offset),
        "seconds, no nearer to the end than players begin, %.3f s"
            .formatted((double) backNs / 1e9));
  }

  private static long fromEndNs(String offset, MediaPlaylist playlist) {
    long ns = new BigDecimal(offset).movePointRight(9).longValue();
    return ns < 0 ? -ns : playlist.durationNs() - ns;
  }
}
