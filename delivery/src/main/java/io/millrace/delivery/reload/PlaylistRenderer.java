package io.millrace.delivery.reload;

import io.millrace.media.hls.MediaPlaylist;
import io.millrace.media.hls.MediaPlaylistWriter;
import io.millrace.media.hls.MultivariantPlaylist;
import io.millrace.media.hls.MultivariantPlaylistWriter;
import io.millrace.media.index.IndexRecord.InitSection;
import io.millrace.media.track.AacConfiguration;
import io.millrace.media.track.AvcConfiguration;
import io.millrace.media.track.TrackKind;
import io.millrace.window.index.PartView;
import io.millrace.window.index.RenditionView;
import io.millrace.window.index.SegmentView;
import io.millrace.window.index.TimelineView;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Renders playlists from a view. Pure: the same view gives the same text at any node.
 *
 * <p>The addresses in them are those of design's grammar, relative to the playlist.
 */
public final class PlaylistRenderer {
  /** Parts are listed for segments that end within so many target durations of the end. */
  private static final long PARTS_LISTED_TARGET_DURATIONS = 3;

  private static final int SKIP_TARGET_DURATIONS = 6;
  private static final long NS_PER_SECOND = 1_000_000_000L;

  /** What a variant is said to need where nothing was measured. */
  private static final long LEAST_BANDWIDTH_BPS = 64_000;

  private PlaylistRenderer() {}

  public static String full(TimelineView timeline, RenditionView rendition) {
    return MediaPlaylistWriter.full(media(timeline, rendition));
  }

  /** A delta update; the full playlist where there is nothing to skip. */
  public static String delta(TimelineView timeline, RenditionView rendition) {
    return MediaPlaylistWriter.delta(media(timeline, rendition));
  }

  static MediaPlaylist media(TimelineView timeline, RenditionView rendition) {
    List<SegmentView> listed = listed(timeline, rendition);
    long first = listed.getFirst().msn();
    return new MediaPlaylist(
        timeline.targetDurationSeconds(),
        timeline.settings().partTarget().toNanos(),
        canSkipUntil(timeline),
        first,
        timeline.discontinuitySequence()
            + timeline.discontinuities().stream()
                .filter(msn -> msn >= timeline.firstMsn() && msn < first)
                .count(),
        segments(timeline, rendition, listed),
        rendition.ended()
            ? Optional.empty()
            : Optional.of(partUri(rendition.open().msn(), rendition.open().partCount())),
        reports(timeline, rendition),
        timeline.dateRanges().stream().map(PlaylistRenderer::range).toList(),
        rendition.ended());
  }

  /** A delta pays only where the window is well past the skip boundary. */
  private static int canSkipUntil(TimelineView timeline) {
    int boundary = SKIP_TARGET_DURATIONS * timeline.targetDurationSeconds();
    return timeline.settings().window().toSeconds() >= 2L * boundary ? boundary : 0;
  }

  /** The segments of the playlist, the open one last even where it has no parts. */
  private static List<SegmentView> listed(TimelineView timeline, RenditionView rendition) {
    List<SegmentView> segments = new ArrayList<>(rendition.segments().size() + 1);
    for (SegmentView segment : rendition.segments()) {
      if (segment.msn() >= timeline.firstMsn()) {
        segments.add(segment);
      }
    }
    segments.add(rendition.open());
    return segments;
  }

  private static List<MediaPlaylist.Segment> segments(
      TimelineView timeline, RenditionView rendition, List<SegmentView> listed) {
    MediaPlaylist.Segment[] segments = new MediaPlaylist.Segment[listed.size()];
    long partsNs = PARTS_LISTED_TARGET_DURATIONS * timeline.targetDurationSeconds() * NS_PER_SECOND;
    long afterNs = 0;
    for (int i = listed.size() - 1; i >= 0; i--) {
      SegmentView segment = listed.get(i);
      long durationNs = rendition.toNs(segment.durationTicks());
      segments[i] = segment(timeline, rendition, segment, durationNs, afterNs < partsNs);
      afterNs += durationNs;
    }
    return List.of(segments);
  }

  private static MediaPlaylist.Segment segment(
      TimelineView timeline,
      RenditionView rendition,
      SegmentView segment,
      long durationNs,
      boolean withParts) {
    String map =
        rendition
            .initOf(segment.msn())
            .map(InitSection::hash)
            .map("init-%s.mp4"::formatted)
            .orElse("");
    return new MediaPlaylist.Segment(
        segment.msn() + ".m4s",
        durationNs,
        segment.complete(),
        timeline.discontinuities().contains(segment.msn()),
        segment.gap(),
        segment.independent(),
        utcNs(timeline, rendition, segment),
        map,
        withParts ? parts(rendition, segment) : List.of());
  }

  private static long utcNs(TimelineView timeline, RenditionView rendition, SegmentView segment) {
    if (segment.parts().isEmpty()) {
      return MediaPlaylist.NO_TIME;
    }
    long startNs = rendition.toNs(segment.startTicks());
    return timeline
        .anchorOf(segment.msn())
        .map(anchor -> anchor.utcNs() + startNs - anchor.mediaTimeNs())
        .orElse(MediaPlaylist.NO_TIME);
  }

  private static List<MediaPlaylist.Part> parts(RenditionView rendition, SegmentView segment) {
    List<MediaPlaylist.Part> parts = new ArrayList<>(segment.partCount());
    for (PartView part : segment.parts()) {
      parts.add(
          new MediaPlaylist.Part(
              partUri(part.key().msn(), part.key().part()),
              rendition.toNs(part.durationTicks()),
              part.independent(),
              part.gap()));
    }
    return parts;
  }

  private static String partUri(long msn, int part) {
    return msn + "." + part + ".m4s";
  }

  private static List<MediaPlaylist.Report> reports(TimelineView timeline, RenditionView self) {
    List<MediaPlaylist.Report> reports = new ArrayList<>();
    for (RenditionView other : timeline.renditions()) {
      if (other.track().id() == self.track().id() || !other.hasMedia()) {
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

  private static MediaPlaylist.Range range(io.millrace.media.index.IndexRecord.DateRange range) {
    return new MediaPlaylist.Range(
        range.id(), range.rangeClass(), range.startUtcNs(), range.durationNs(), range.attributes());
  }

  /** The multivariant playlist, from where {@code TIMELINE/RENDITION/index.m3u8} is reached. */
  public static String multivariant(TimelineView timeline) {
    List<RenditionView> video = renditions(timeline, TrackKind.VIDEO);
    List<RenditionView> audio = renditions(timeline, TrackKind.AUDIO);
    List<MultivariantPlaylist.Variant> variants = new ArrayList<>();
    for (RenditionView rendition : video) {
      variants.add(variant(timeline, rendition, audio));
    }
    if (video.isEmpty()) {
      for (RenditionView rendition : audio) {
        variants.add(variant(timeline, rendition, List.of()));
      }
    }
    List<MultivariantPlaylist.Audio> group = new ArrayList<>();
    if (!video.isEmpty()) {
      for (RenditionView rendition : audio) {
        group.add(audio(timeline, rendition, group.isEmpty()));
      }
    }
    return MultivariantPlaylistWriter.write(new MultivariantPlaylist(variants, group));
  }

  private static List<RenditionView> renditions(TimelineView timeline, TrackKind kind) {
    return timeline.renditions().stream()
        .filter(rendition -> rendition.track().kind() == kind && rendition.hasMedia())
        .toList();
  }

  private static MultivariantPlaylist.Variant variant(
      TimelineView timeline, RenditionView rendition, List<RenditionView> audio) {
    Set<String> codecs = new LinkedHashSet<>();
    codecs.add(rendition.track().codec().codecsString());
    long audioPeak = 0;
    long audioAverage = 0;
    for (RenditionView other : audio) {
      codecs.add(other.track().codec().codecsString());
      audioPeak = Math.max(audioPeak, peakBps(other));
      audioAverage = Math.max(audioAverage, averageBps(other));
    }
    int width = 0;
    int height = 0;
    double frameRate = 0;
    switch (rendition.track().codec()) {
      case AvcConfiguration avc -> {
        width = avc.width();
        height = avc.height();
        frameRate = avc.frameRate();
      }
      case AacConfiguration _ -> {}
    }
    return new MultivariantPlaylist.Variant(
        uri(timeline, rendition),
        Math.max(LEAST_BANDWIDTH_BPS, peakBps(rendition) + audioPeak),
        averageBps(rendition) + audioAverage,
        List.copyOf(codecs),
        width,
        height,
        frameRate);
  }

  private static MultivariantPlaylist.Audio audio(
      TimelineView timeline, RenditionView rendition, boolean first) {
    Set<String> names =
        renditions(timeline, TrackKind.AUDIO).stream()
            .filter(other -> other.track().id() < rendition.track().id())
            .map(PlaylistRenderer::audioName)
            .collect(Collectors.toSet());
    String name = audioName(rendition);
    // NAME is unique in its group (RFC 8216bis 4.4.6.1.1).
    if (names.contains(name)) {
      name = name + " " + rendition.track().id();
    }
    int channels = rendition.track().codec() instanceof AacConfiguration aac ? aac.channels() : 0;
    return new MultivariantPlaylist.Audio(
        uri(timeline, rendition), name, rendition.track().language(), channels, first);
  }

  private static String audioName(RenditionView rendition) {
    String name = rendition.track().name();
    return name.isEmpty() ? "Audio" : name;
  }

  private static String uri(TimelineView timeline, RenditionView rendition) {
    return timeline.id() + "/" + rendition.name() + "/index.m3u8";
  }

  private static long peakBps(RenditionView rendition) {
    long peak = 0;
    for (SegmentView segment : rendition.segments()) {
      peak = Math.max(peak, bps(rendition, segment.sizeBytes(), segment.durationTicks()));
    }
    return peak > 0
        ? peak
        : bps(rendition, rendition.open().sizeBytes(), rendition.open().durationTicks());
  }

  /** Of whole segments: the open one begins with its keyframe and is heavier than it will be. */
  private static long averageBps(RenditionView rendition) {
    long size = 0;
    long ticks = 0;
    for (SegmentView segment : rendition.segments()) {
      size += segment.sizeBytes();
      ticks += segment.durationTicks();
    }
    return ticks > 0
        ? bps(rendition, size, ticks)
        : bps(rendition, rendition.open().sizeBytes(), rendition.open().durationTicks());
  }

  /** Rounded up to a thousand. */
  private static long bps(RenditionView rendition, long sizeBytes, long ticks) {
    long exact = ticks == 0 ? 0 : sizeBytes * 8 * rendition.track().timescale() / ticks;
    return (exact + 999) / 1_000 * 1_000;
  }
}
