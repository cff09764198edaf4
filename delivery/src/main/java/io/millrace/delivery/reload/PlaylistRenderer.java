package io.millrace.delivery.reload;

import io.millrace.media.hls.MediaPlaylist;
import io.millrace.media.hls.MediaPlaylist.ByteRange;
import io.millrace.media.hls.MediaPlaylist.Control;
import io.millrace.media.hls.MediaPlaylist.DateRanges;
import io.millrace.media.hls.MediaPlaylist.Hint;
import io.millrace.media.hls.MediaPlaylistWriter;
import io.millrace.media.index.IndexRecord.DateRange;
import io.millrace.media.index.IndexRecord.InitSection;
import io.millrace.media.track.TrackKind;
import io.millrace.window.index.DateRangeView;
import io.millrace.window.index.PartView;
import io.millrace.window.index.RenditionView;
import io.millrace.window.index.SegmentView;
import io.millrace.window.index.TimelineView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Renders media playlists from a view. Pure: the same view gives the same text at any node.
 *
 * <p>The addresses in them are relative to the playlist.
 */
public final class PlaylistRenderer {
  /** Parts are listed for segments that end within so many target durations of the end. */
  private static final long PARTS_LISTED_TARGET_DURATIONS = 3;

  private static final int SKIP_TARGET_DURATIONS = 6;
  private static final long NS_PER_SECOND = 1_000_000_000L;

  private final TimelineView timeline;
  private final RenditionView rendition;
  private final Map<String, String> mapUris = new HashMap<>();

  private PlaylistRenderer(TimelineView timeline, RenditionView rendition) {
    this.timeline = timeline;
    this.rendition = rendition;
  }

  /** The media playlist: whole, or as a delta update where there is something to skip. */
  public static String media(
      TimelineView timeline, RenditionView rendition, ReloadDirectives.Skip skip) {
    return write(new PlaylistRenderer(timeline, rendition).media(), skip);
  }

  /** The I-frame playlist of a video rendition that has a whole segment. */
  public static String iFrames(
      TimelineView timeline, RenditionView rendition, ReloadDirectives.Skip skip) {
    return write(new PlaylistRenderer(timeline, rendition).iFrames(), skip);
  }

  private static String write(MediaPlaylist playlist, ReloadDirectives.Skip skip) {
    return switch (skip) {
      case NOTHING -> MediaPlaylistWriter.full(playlist);
      case SEGMENTS -> MediaPlaylistWriter.delta(playlist, /* skipRanges= */ false);
      case SEGMENTS_AND_DATE_RANGES -> MediaPlaylistWriter.delta(playlist, /* skipRanges= */ true);
    };
  }

  private MediaPlaylist media() {
    List<SegmentView> listed = listed();
    // The open one is last even where it has no parts.
    listed.add(rendition.open());
    MediaPlaylist.Segment[] segments = new MediaPlaylist.Segment[listed.size()];
    long partsNs = PARTS_LISTED_TARGET_DURATIONS * timeline.targetDurationSeconds() * NS_PER_SECOND;
    long afterNs = 0;
    for (int i = listed.size() - 1; i >= 0; i--) {
      SegmentView segment = listed.get(i);
      segments[i] = segment(segment, afterNs < partsNs);
      afterNs += segment.durationNs();
    }
    return playlist(
        /* iFramesOnly= */ false,
        hasIndependentSegments(),
        listed.getFirst().msn(),
        List.of(segments),
        hints(),
        reports());
  }

  /**
   * One picture for each whole segment, under the segment's number: the one that it begins with, or
   * a gap where that depends on others. So the numbers of both playlists are the same.
   */
  private MediaPlaylist iFrames() {
    List<SegmentView> listed = listed();
    List<MediaPlaylist.Segment> segments = new ArrayList<>(listed.size());
    for (SegmentView segment : listed) {
      int length = segment.parts().isEmpty() ? 0 : segment.parts().getFirst().keyframeBytes();
      segments.add(
          new MediaPlaylist.Segment(
              segmentUri(segment.msn()),
              length == 0 ? null : new ByteRange(length, 0),
              segment.durationNs(),
              segment.complete(),
              isAfterDiscontinuity(segment),
              length == 0,
              utcNs(segment),
              mapUri(segment.msn()),
              List.of()));
    }
    long first = listed.isEmpty() ? rendition.open().msn() : listed.getFirst().msn();
    return playlist(
        /* iFramesOnly= */ true,
        /* independentSegments= */ true,
        first,
        segments,
        List.of(),
        List.of());
  }

  private MediaPlaylist playlist(
      boolean iFramesOnly,
      boolean independentSegments,
      long first,
      List<MediaPlaylist.Segment> segments,
      List<Hint> hints,
      List<MediaPlaylist.Report> reports) {
    return new MediaPlaylist(
        new Control(
            timeline.targetDurationSeconds(),
            rendition.partTargetNs(),
            // Whatever renditions there are by now: a playlist does not change it (6.2.1).
            timeline.settings().partTarget().toNanos(),
            canSkipUntil()),
        iFramesOnly,
        independentSegments,
        first,
        timeline.discontinuitySequence()
            + timeline.discontinuities().stream()
                .filter(msn -> msn >= timeline.firstMsn() && msn < first)
                .count(),
        segments,
        hints,
        reports,
        new DateRanges(
            timeline.dateRanges().stream().map(this::range).toList(),
            timeline.removedDateRanges().stream().map(range -> range.range().id()).toList()),
        rendition.ended());
  }

  /**
   * Of sound: each frame of it is a sync sample. A segment of pictures may be cut before its
   * keyframe, which is not known of those to come, and what a playlist has said of all its segments
   * it cannot take back.
   */
  private boolean hasIndependentSegments() {
    return rendition.track().kind() == TrackKind.AUDIO;
  }

  /** A delta pays only where the window is well past the skip boundary. */
  private int canSkipUntil() {
    int boundary = SKIP_TARGET_DURATIONS * timeline.targetDurationSeconds();
    return timeline.settings().window().toSeconds() >= 2L * boundary ? boundary : 0;
  }

  /** The whole segments of the playlist. */
  private List<SegmentView> listed() {
    List<SegmentView> segments = new ArrayList<>(rendition.segments().size() + 1);
    for (SegmentView segment : rendition.segments()) {
      if (segment.msn() >= timeline.firstMsn()) {
        segments.add(segment);
      }
    }
    return segments;
  }

  private MediaPlaylist.Segment segment(SegmentView segment, boolean withParts) {
    return new MediaPlaylist.Segment(
        segmentUri(segment.msn()),
        /* range= */ null,
        segment.durationNs(),
        segment.complete(),
        isAfterDiscontinuity(segment),
        segment.gap(),
        utcNs(segment),
        mapUri(segment.msn()),
        withParts ? parts(segment) : List.of());
  }

  private boolean isAfterDiscontinuity(SegmentView segment) {
    return timeline.discontinuities().contains(segment.msn());
  }

  private long utcNs(SegmentView segment) {
    if (segment.parts().isEmpty()) {
      return MediaPlaylist.NO_TIME;
    }
    return timeline
        .anchorOf(segment.msn())
        .map(anchor -> anchor.utcNs() + segment.presentationNs() - anchor.mediaTimeNs())
        .orElse(MediaPlaylist.NO_TIME);
  }

  private String mapUri(long msn) {
    return rendition.initOf(msn).map(this::mapUri).orElse("");
  }

  private String mapUri(InitSection init) {
    return mapUris.computeIfAbsent(init.hash(), hash -> "init-" + hash + ".mp4");
  }

  private static List<MediaPlaylist.Part> parts(SegmentView segment) {
    List<MediaPlaylist.Part> parts = new ArrayList<>(segment.partCount());
    for (PartView part : segment.parts()) {
      parts.add(
          new MediaPlaylist.Part(
              partUri(part.key().msn(), part.key().part()),
              segment.toNs(part.durationTicks()),
              part.independent(),
              part.gap()));
    }
    return parts;
  }

  private static String segmentUri(long msn) {
    return msn + ".m4s";
  }

  private static String partUri(long msn, int part) {
    return msn + "." + part + ".m4s";
  }

  /** The part that comes next, and its init section where that is another than the last part's. */
  private List<Hint> hints() {
    SegmentView open = rendition.open();
    boolean ends = rendition.isEnding();
    long msn = ends ? open.msn() + 1 : open.msn();
    Hint part = new Hint(Hint.Type.PART, partUri(msn, ends ? 0 : open.partCount()));
    String map = mapUri(msn);
    boolean begun = open.partCount() > 0;
    boolean changes =
        (begun || !rendition.segments().isEmpty())
            && !map.equals(mapUri(begun ? open.msn() : rendition.lastCompleteMsn()));
    return changes ? List.of(new Hint(Hint.Type.MAP, map), part) : List.of(part);
  }

  private List<MediaPlaylist.Report> reports() {
    List<MediaPlaylist.Report> reports = new ArrayList<>();
    for (RenditionView other : timeline.renditions()) {
      if (other.track().id() == rendition.track().id() || !other.hasMedia()) {
        continue;
      }
      boolean open = other.open().partCount() > 0;
      SegmentView last = open ? other.open() : other.segments().getLast();
      reports.add(
          new MediaPlaylist.Report(
              "../" + other.name() + "/index.m3u8", last.msn(), last.partCount() - 1));
    }
    return reports;
  }

  private MediaPlaylist.Range range(DateRangeView view) {
    DateRange range = view.range();
    return new MediaPlaylist.Range(
        range.id(),
        range.rangeClass(),
        range.startUtcNs(),
        range.durationNs(),
        range.attributes(),
        view.addedMsn(),
        view.ageNs(timeline.newestUtcNs()));
  }
}
