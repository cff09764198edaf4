package io.millrace.media.hls;

import io.millrace.media.hls.MediaPlaylist.ByteRange;
import io.millrace.media.hls.MediaPlaylist.Control;
import io.millrace.media.hls.MediaPlaylist.Hint;
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

  /** EXT-X-MAP in I-frame playlists. */
  private static final int I_FRAMES_VERSION = 5;

  private static final int DELTA_VERSION = 9;
  private static final int DELTA_OF_RANGES_VERSION = 10;

  private MediaPlaylistWriter() {}

  /** The whole playlist. */
  public static String full(MediaPlaylist playlist) {
    return write(playlist, 0, /* skipRanges= */ false);
  }

  /**
   * The delta update; the whole playlist where there is nothing to skip.
   *
   * @param skipRanges whether date ranges are left out too: {@code _HLS_skip=v2}
   */
  public static String delta(MediaPlaylist playlist, boolean skipRanges) {
    int skipped = playlist.skippableSegments();
    return write(playlist, skipped, skipRanges && skipped > 0);
  }

  private static String write(MediaPlaylist playlist, int skipped, boolean skipRanges) {
    PlaylistText text =
        new PlaylistText(1024 + 160 * Math.min(32, playlist.segments().size() - skipped));
    writeHeader(text, playlist, version(playlist, skipped, skipRanges));
    for (Range range : playlist.dateRanges().listed()) {
      if (!skipRanges || !playlist.isSkippable(range, skipped)) {
        writeDateRange(text, range);
      }
    }
    if (skipped > 0) {
      text.add("#EXT-X-SKIP:SKIPPED-SEGMENTS=").add(skipped);
      if (skipRanges) {
        text.add(",RECENTLY-REMOVED-DATERANGES=");
        text.list(playlist.dateRanges().recentlyRemoved());
      }
      text.line();
    }
    writeSegments(text, playlist.segments(), skipped);
    writeEnd(text, playlist);
    return text.toString();
  }

  private static int version(MediaPlaylist playlist, int skipped, boolean skipRanges) {
    if (skipRanges) {
      return DELTA_OF_RANGES_VERSION;
    }
    if (skipped > 0) {
      return DELTA_VERSION;
    }
    return playlist.iFramesOnly() ? I_FRAMES_VERSION : FULL_VERSION;
  }

  private static void writeHeader(PlaylistText text, MediaPlaylist playlist, int version) {
    Control control = playlist.control();
    text.add("#EXTM3U\n#EXT-X-VERSION:").add(version).line();
    text.add(playlist.independentSegments() ? "#EXT-X-INDEPENDENT-SEGMENTS\n" : "");
    text.add(playlist.iFramesOnly() ? "#EXT-X-I-FRAMES-ONLY\n" : "");
    text.add("#EXT-X-TARGETDURATION:").add(control.targetDurationSeconds()).line();
    text.add("#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=");
    text.seconds(3 * control.partTargetNs());
    if (control.canSkipUntilSeconds() > 0) {
      text.add(",CAN-SKIP-UNTIL=").add(control.canSkipUntilSeconds()).add(".0");
      text.add(",CAN-SKIP-DATERANGES=YES");
    }
    text.line();
    if (!playlist.iFramesOnly()) {
      text.add("#EXT-X-PART-INF:PART-TARGET=").seconds(control.partTargetNs()).line();
    }
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
      writeSegment(text, segment);
    }
  }

  private static void writeParts(PlaylistText text, Segment segment) {
    for (Part part : segment.parts()) {
      text.add("#EXT-X-PART:DURATION=").seconds(part.durationNs());
      text.add(",URI=").quoted(part.uri());
      text.add(part.independent() ? ",INDEPENDENT=YES" : "").add(part.gap() ? ",GAP=YES" : "");
      text.line();
    }
  }

  private static void writeSegment(PlaylistText text, Segment segment) {
    if (!segment.complete()) {
      return;
    }
    text.add(segment.gap() ? "#EXT-X-GAP\n" : "");
    text.add("#EXTINF:").seconds(segment.durationNs()).add(",\n");
    ByteRange range = segment.range();
    if (range != null) {
      text.add("#EXT-X-BYTERANGE:").add(range.length()).add("@").add(range.offset()).line();
    }
    text.add(segment.uri()).line();
  }

  private static void writeEnd(PlaylistText text, MediaPlaylist playlist) {
    if (playlist.ended()) {
      text.add("#EXT-X-ENDLIST\n");
      return;
    }
    for (Hint hint : playlist.hints()) {
      text.add("#EXT-X-PRELOAD-HINT:TYPE=").add(hint.type().name());
      text.add(",URI=").quoted(hint.uri()).line();
    }
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
