package io.millrace.media.hls;

import io.millrace.media.hls.MediaPlaylist.Part;
import io.millrace.media.hls.MediaPlaylist.Range;
import io.millrace.media.hls.MediaPlaylist.Report;
import io.millrace.media.hls.MediaPlaylist.Segment;
import java.util.List;
import java.util.TreeMap;

/** Writes media playlists, full and delta (RFC 8216bis 4.4.2 to 4.4.5, 6.2.5.1). */
public final class MediaPlaylistWriter {
  /**
   * EXT-X-MAP outside of I-frame playlists asks for 6; no low-latency tag but SKIP asks for more.
   */
  private static final int FULL_VERSION = 6;

  private static final int DELTA_VERSION = 9;

  private MediaPlaylistWriter() {}

  /** The whole playlist. */
  public static String full(MediaPlaylist playlist) {
    return write(playlist, 0);
  }

  /** The delta update; the whole playlist where there is nothing to skip. */
  public static String delta(MediaPlaylist playlist) {
    return write(playlist, playlist.skippableSegments());
  }

  private static String write(MediaPlaylist playlist, int skipped) {
    PlaylistText text = new PlaylistText(512 + 160 * playlist.segments().size());
    writeHeader(text, playlist, skipped > 0 ? DELTA_VERSION : FULL_VERSION);
    for (Range range : playlist.dateRanges()) {
      writeDateRange(text, range);
    }
    if (skipped > 0) {
      text.add("#EXT-X-SKIP:SKIPPED-SEGMENTS=").add(skipped).line();
    }
    writeSegments(text, playlist.segments(), skipped);
    writeEnd(text, playlist);
    return text.toString();
  }

  private static void writeHeader(PlaylistText text, MediaPlaylist playlist, int version) {
    text.add("#EXTM3U\n#EXT-X-VERSION:").add(version).line();
    text.add(playlist.independentSegments() ? "#EXT-X-INDEPENDENT-SEGMENTS\n" : "");
    text.add("#EXT-X-TARGETDURATION:").add(playlist.targetDurationSeconds()).line();
    text.add("#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=");
    text.seconds(3 * playlist.partTargetNs());
    if (playlist.canSkipUntilSeconds() > 0) {
      text.add(",CAN-SKIP-UNTIL=").add(playlist.canSkipUntilSeconds()).add(".0");
    }
    text.line().add("#EXT-X-PART-INF:PART-TARGET=").seconds(playlist.partTargetNs()).line();
    text.add("#EXT-X-MEDIA-SEQUENCE:").add(playlist.mediaSequence()).line();
    text.add("#EXT-X-DISCONTINUITY-SEQUENCE:").add(playlist.discontinuitySequence()).line();
  }

  /** EXT-X-MAP of skipped segments holds on in a delta: the client has it from before. */
  private static void writeSegments(PlaylistText text, List<Segment> segments, int skipped) {
    String mapUri = skipped > 0 ? segments.get(skipped - 1).mapUri() : "";
    for (Segment segment : segments.subList(skipped, segments.size())) {
      if (!segment.complete() && segment.parts().isEmpty()) {
        return;
      }
      if (segment.discontinuity()) {
        text.add("#EXT-X-DISCONTINUITY\n");
      }
      if (!segment.mapUri().equals(mapUri)) {
        mapUri = segment.mapUri();
        text.add("#EXT-X-MAP:URI=").quoted(mapUri).line();
      }
      if (segment.utcNs() != MediaPlaylist.NO_TIME) {
        text.add("#EXT-X-PROGRAM-DATE-TIME:").instant(segment.utcNs()).line();
      }
      writeParts(text, segment);
    }
  }

  private static void writeParts(PlaylistText text, Segment segment) {
    for (Part part : segment.parts()) {
      text.add("#EXT-X-PART:DURATION=").seconds(part.durationNs());
      text.add(",URI=").quoted(part.uri());
      text.add(part.independent() ? ",INDEPENDENT=YES" : "").add(part.gap() ? ",GAP=YES" : "");
      text.line();
    }
    if (segment.complete()) {
      text.add(segment.gap() ? "#EXT-X-GAP\n" : "");
      text.add("#EXTINF:").seconds(segment.durationNs()).add(",\n").add(segment.uri()).line();
    }
  }

  private static void writeEnd(PlaylistText text, MediaPlaylist playlist) {
    if (playlist.ended()) {
      text.add("#EXT-X-ENDLIST\n");
      return;
    }
    playlist
        .preloadHint()
        .ifPresent(uri -> text.add("#EXT-X-PRELOAD-HINT:TYPE=PART,URI=").quoted(uri).line());
    for (Report report : playlist.reports()) {
      text.add("#EXT-X-RENDITION-REPORT:URI=").quoted(report.uri());
      text.add(",LAST-MSN=").add(report.lastMsn());
      if (report.lastPart() >= 0) {
        text.add(",LAST-PART=").add(report.lastPart());
      }
      text.line();
    }
  }

  private static void writeDateRange(PlaylistText text, Range range) {
    text.add("#EXT-X-DATERANGE:ID=").quoted(range.id());
    if (!range.rangeClass().isEmpty()) {
      text.add(",CLASS=").quoted(range.rangeClass());
    }
    text.add(",START-DATE=\"").instant(range.startUtcNs()).add("\"");
    if (range.durationNs() >= 0) {
      text.add(",DURATION=").seconds(range.durationNs());
    }
    new TreeMap<>(range.attributes())
        .forEach((name, value) -> text.add(",").add(name).add("=").add(value));
    text.line();
  }
}
