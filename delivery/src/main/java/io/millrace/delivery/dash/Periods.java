package io.millrace.delivery.dash;

import io.millrace.media.dash.MediaPresentation.AdaptationSet;
import io.millrace.media.dash.MediaPresentation.EventStream;
import io.millrace.media.dash.MediaPresentation.Period;
import io.millrace.media.dash.MediaPresentation.Representation;
import io.millrace.media.dash.MediaPresentation.Segment;
import io.millrace.media.index.IndexRecord.ClockAnchored;
import io.millrace.media.index.IndexRecord.InitSection;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import io.millrace.window.index.ConfigurationView;
import io.millrace.window.index.PartView;
import io.millrace.window.index.RenditionView;
import io.millrace.window.index.SegmentView;
import io.millrace.window.index.TimelineView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes the Periods of an MPD: one for each anchor of the clock, that is for each stretch without a
 * discontinuity and from each correction of the clock within one. Pure.
 */
final class Periods {
  private static final long NS_PER_SECOND = 1_000_000_000L;

  /** As many as a playlist has at least. */
  private static final int LEAST_SEGMENTS = 6;

  /** What a representation is said to need where nothing was measured. */
  private static final long LEAST_BANDWIDTH_BPS = 64_000;

  private final TimelineView timeline;
  private final ManifestVersion version;
  private final long first;
  private final DateRangeEvents events;

  private Periods(TimelineView timeline, ManifestVersion version) {
    this.timeline = timeline;
    this.version = version;
    this.first = firstMsn(timeline, version.lastMsn());
    this.events = new DateRangeEvents(timeline, first, version.lastMsn());
  }

  static List<Period> of(TimelineView timeline, ManifestVersion version) {
    return new Periods(timeline, version).periods();
  }

  /** The instant of a media time in a segment, as the clock's anchor for it says. */
  static long utcNs(TimelineView timeline, long msn, long mediaNs) {
    Optional<ClockAnchored> anchor = timeline.anchorOf(msn);
    return anchor.map(each -> each.utcNs() + mediaNs - each.mediaTimeNs()).orElse(mediaNs);
  }

  /**
   * The first segment that a version lists: the window before its last one, as playlists have it
   * when that segment begins.
   */
  static long firstMsn(TimelineView timeline, long lastMsn) {
    long windowNs = timeline.settings().window().toNanos();
    long first = lastMsn;
    long lengthNs = 0;
    while (lengthNs < windowNs || lastMsn - first < LEAST_SEGMENTS) {
      SegmentView before = measured(timeline, first - 1, lastMsn);
      if (before == null) {
        break;
      }
      lengthNs += before.durationNs();
      first--;
    }
    return first;
  }

  /**
   * A segment as it tells how long all of that number are, in the version with that last one: the
   * picture's, where one is listed that has it; null where there is none.
   */
  static @Nullable SegmentView measured(TimelineView timeline, long msn, long lastMsn) {
    SegmentView found = null;
    for (RenditionView rendition : timeline.renditions()) {
      SegmentView segment = rendition.segment(msn);
      if (segment != null
          && segment.partCount() > 0
          && isListed(timeline, rendition, lastMsn)
          && (found == null || rendition.track().kind() == TrackKind.VIDEO)) {
        found = segment;
        if (rendition.track().kind() == TrackKind.VIDEO) {
          break;
        }
      }
    }
    return found;
  }

  /**
   * The last segment that a version may have as far as it depends on a rendition. One that has not
   * begun yet holds up what would list it: the first segment of a stretch, else its second.
   */
  static long reachedMsn(TimelineView timeline, RenditionView rendition) {
    if (rendition.hasMedia()) {
      boolean open = rendition.open().partCount() > 0;
      return open ? rendition.open().msn() : rendition.lastCompleteMsn();
    }
    long joins =
        rendition.configurations().isEmpty()
            ? -1
            : rendition.configurations().getFirst().init().msn();
    if (joins < timeline.firstMsn()) {
      return Long.MAX_VALUE;
    }
    return beginsStretch(timeline, joins) ? joins - 1 : joins;
  }

  private static boolean beginsStretch(TimelineView timeline, long msn) {
    return timeline.discontinuities().contains(msn)
        || (!timeline.anchors().isEmpty() && timeline.anchors().getFirst().msn() == msn);
  }

  /**
   * Whether the version with that last segment lists the rendition: one that joins a stretch is
   * listed when its second segment begins, for its first may come after that version was told.
   */
  static boolean isListed(TimelineView timeline, RenditionView rendition, long lastMsn) {
    SegmentView last = rendition.segment(lastMsn);
    boolean begun = last != null && last.partCount() > 0 && !rendition.configurations().isEmpty();
    if (!begun || timeline.anchorOf(lastMsn).isEmpty()) {
      return false;
    }
    return beginsStretch(timeline, lastMsn) || rendition.segment(lastMsn - 1) != null;
  }

  /** Whether the version with that last segment has anything to list but gaps. */
  static boolean hasMedia(TimelineView timeline, long lastMsn) {
    long first = firstMsn(timeline, lastMsn);
    long period = timeline.anchorOf(lastMsn).map(ClockAnchored::msn).orElse(lastMsn);
    for (RenditionView rendition : timeline.renditions()) {
      long from = isListed(timeline, rendition, lastMsn) ? lastMsn : period - 1;
      for (long msn = from; msn >= first; msn--) {
        SegmentView segment = rendition.segment(msn);
        if (segment != null && !isGap(segment, /* open= */ msn == lastMsn)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Of the open one no more is known in each view of this version than its first part. */
  private static boolean isGap(SegmentView segment, boolean open) {
    return segment.gap() || (open && segment.parts().getFirst().gap());
  }

  /** Whether the view still has all that the version with that last segment listed. */
  static boolean isWhole(TimelineView timeline, long lastMsn) {
    long windowNs = timeline.settings().window().toNanos();
    long first = firstMsn(timeline, lastMsn);
    long lengthNs = 0;
    for (long msn = first; msn < lastMsn; msn++) {
      SegmentView segment = measured(timeline, msn, lastMsn);
      lengthNs += segment == null ? 0 : segment.durationNs();
    }
    boolean full = lengthNs >= windowNs && lastMsn - first >= LEAST_SEGMENTS;
    return full || first == 0;
  }

  private List<Period> periods() {
    List<ClockAnchored> anchors = timeline.anchors();
    List<Period> periods = new ArrayList<>();
    for (int i = 0; i < anchors.size(); i++) {
      long until = i + 1 < anchors.size() ? anchors.get(i + 1).msn() : Long.MAX_VALUE;
      long from = Math.max(first, anchors.get(i).msn());
      long last = Math.min(version.lastMsn(), until - 1);
      if (from <= last) {
        // A version that does not list the next one yet does not cut its own short.
        long endUtcNs = until <= version.lastMsn() ? anchors.get(i + 1).utcNs() : Long.MAX_VALUE;
        List<EventStream> streams = events.of(anchors.get(i), periods.isEmpty(), endUtcNs);
        period(anchors.get(i), from, last, streams).ifPresent(periods::add);
      }
    }
    return periods;
  }

  private Optional<Period> period(
      ClockAnchored anchor, long from, long last, List<EventStream> streams) {
    Map<String, List<Representation>> sets = new LinkedHashMap<>();
    Map<String, Integer> ids = new LinkedHashMap<>();
    long endNs = anchor.mediaTimeNs();
    for (RenditionView rendition : timeline.renditions()) {
      List<SegmentView> listed = withoutGapsAround(listed(rendition, from, last));
      boolean joining =
          last == version.lastMsn() && !isListed(timeline, rendition, version.lastMsn());
      if (!listed.isEmpty() && !joining) {
        Representation representation = representation(rendition, anchor, listed);
        String set = setOf(representation.track());
        ids.putIfAbsent(set, representation.track().id());
        sets.computeIfAbsent(set, _ -> new ArrayList<>()).add(representation);
        endNs = Math.max(endNs, endNs(listed.getLast()));
      }
    }
    if (sets.isEmpty()) {
      return Optional.empty();
    }
    List<AdaptationSet> adaptationSets = new ArrayList<>();
    sets.forEach(
        (set, representations) ->
            adaptationSets.add(new AdaptationSet(ids.getOrDefault(set, 0), representations)));
    boolean closed = version.ended() && last == version.lastMsn();
    return Optional.of(
        new Period(
            timeline.id() + "." + anchor.msn(),
            anchor.utcNs(),
            closed ? endNs - anchor.mediaTimeNs() : -1,
            streams,
            adaptationSets));
  }

  private static long endNs(SegmentView segment) {
    return segment.toNs(segment.startTicks() + segment.durationTicks());
  }

  /** Pictures of one group are cut at the same instants; of sound each is a choice of its own. */
  private static String setOf(Track track) {
    boolean video = track.kind() == TrackKind.VIDEO;
    return video ? "video " + track.group() : track.renditionName();
  }

  private static List<SegmentView> listed(RenditionView rendition, long from, long last) {
    List<SegmentView> listed = new ArrayList<>();
    for (long msn = from; msn <= last; msn++) {
      SegmentView segment = rendition.segment(msn);
      if (segment != null && segment.partCount() > 0) {
        listed.add(segment);
      }
    }
    return listed;
  }

  /**
   * From the first segment that has media to the last: players wait for all that is listed, and
   * take nothing amiss that is not.
   */
  private List<SegmentView> withoutGapsAround(List<SegmentView> segments) {
    int from = 0;
    int to = segments.size();
    while (from < to && isGap(segments.get(from), isOpen(segments.get(from)))) {
      from++;
    }
    while (to > from && isGap(segments.get(to - 1), isOpen(segments.get(to - 1)))) {
      to--;
    }
    return segments.subList(from, to);
  }

  private boolean isOpen(SegmentView segment) {
    return segment.msn() == version.lastMsn() && !version.ended();
  }

  private Representation representation(
      RenditionView rendition, ClockAnchored anchor, List<SegmentView> listed) {
    // A Period has one; the rendition may have another by now.
    int timescale = listed.getFirst().timescale();
    List<Segment> segments = new ArrayList<>(listed.size());
    boolean independent = true;
    for (int i = 0; i < listed.size(); i++) {
      SegmentView segment = listed.get(i);
      SegmentView next = i + 1 < listed.size() ? listed.get(i + 1) : null;
      boolean open = isOpen(segment);
      segments.add(open ? openEntry(segment) : entry(segment, next));
      independent &= open ? segment.parts().getFirst().independent() : segment.independent();
    }
    SegmentView oldest = listed.getFirst();
    Optional<ConfigurationView> made = rendition.configurationOf(oldest.msn());
    String init = made.map(ConfigurationView::init).map(InitSection::hash).orElse("");
    Track track = made.map(each -> each.trackAt(version.lastMsn())).orElse(rendition.track());
    return new Representation(
        track.withTimescale(timescale),
        "$RepresentationID$/init-" + init + ".mp4",
        bandwidthBps(rendition),
        ticks(anchor.mediaTimeNs(), timescale),
        independent,
        oldest.msn(),
        segments);
  }

  private Segment openEntry(SegmentView segment) {
    long longestNs = ManifestRenderer.longestSegmentNs(timeline);
    return new Segment(
        segment.parts().getFirst().presentationTicks(),
        ticks(longestNs, segment.timescale()),
        /* gap= */ false);
  }

  /**
   * From the segment's first media to its last; all of it where it has none. Where the next one is
   * decoded right behind, it lasts until that is presented: of that one no more is used than its
   * first part, which is known when this entry is put right.
   */
  private static Segment entry(SegmentView segment, @Nullable SegmentView next) {
    List<PartView> media = segment.parts().stream().filter(part -> !part.gap()).toList();
    boolean gap = media.isEmpty();
    List<PartView> parts = gap ? segment.parts() : media;
    long start = parts.getFirst().presentationTicks();
    // Offsets are taken up at a part's beginning: its end is the same in both times.
    long end = parts.getLast().startTicks() + parts.getLast().durationTicks();
    if (next != null && !next.parts().getFirst().gap()) {
      PartView following = next.parts().getFirst();
      boolean joins = following.startTicks() == end;
      end = joins ? following.presentationTicks() : Math.min(end, following.presentationTicks());
    }
    // A publisher may say of its presentation times what it likes.
    return new Segment(start, Math.max(1, end - start), gap);
  }

  /** Rounded to the nearest. */
  private static long ticks(long ns, int timescale) {
    return ns / NS_PER_SECOND * timescale
        + (ns % NS_PER_SECOND * timescale + NS_PER_SECOND / 2) / NS_PER_SECOND;
  }

  /**
   * The peak of the segments that a version lists but for the open one; its first part where there
   * is no other. Rounded up to two digits, so that it seldom changes.
   */
  private long bandwidthBps(RenditionView rendition) {
    long peak = 0;
    for (SegmentView segment : listed(rendition, first, version.lastMsn() - 1)) {
      peak = Math.max(peak, bps(segment, segment.sizeBytes(), segment.durationTicks()));
    }
    SegmentView last = rendition.segment(version.lastMsn());
    if (peak == 0 && last != null && last.partCount() > 0) {
      PartView part = last.parts().getFirst();
      peak = bps(last, part.sizeBytes(), part.durationTicks());
    }
    long unit = 1;
    while (peak / unit >= 100) {
      unit *= 10;
    }
    return Math.max(LEAST_BANDWIDTH_BPS, (peak + unit - 1) / unit * unit);
  }

  private static long bps(SegmentView of, long sizeBytes, long ticks) {
    return ticks == 0 ? 0 : sizeBytes * 8 * of.timescale() / ticks;
  }
}
