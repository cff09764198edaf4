package io.millrace.delivery.dash;

import io.millrace.media.dash.ManifestWriter;
import io.millrace.media.dash.MediaPresentation;
import io.millrace.media.dash.MediaPresentation.EventStream;
import io.millrace.media.dash.MediaPresentation.PatchLocation;
import io.millrace.media.dash.MediaPresentation.Period;
import io.millrace.media.dash.MediaPresentation.Timing;
import io.millrace.window.index.PartView;
import io.millrace.window.index.RenditionView;
import io.millrace.window.index.SegmentView;
import io.millrace.window.index.TimelineView;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Renders MPDs and their patches from a view. Pure: the same version is the same text at any node.
 *
 * <p>The newest segment is open and said to last as long as one can at most; it is put right when
 * the next is listed, and can only become shorter: a player that has it never finds a second of its
 * number past its end.
 */
public final class ManifestRenderer {
  private static final long NS_PER_SECOND = 1_000_000_000L;
  private static final long NS_PER_MS = 1_000_000L;

  /** EXT-X-TARGETDURATION is the longest segment, rounded (RFC 8216bis 4.4.3.1). */
  private static final long ROUNDED_NS = NS_PER_SECOND / 2;

  /** Players do not ask more often. */
  private static final long UPDATE_NS = NS_PER_SECOND;

  /** Beyond three parts: what a player takes to hear of a segment and to begin with it. */
  private static final long REACTION_NS = 570 * NS_PER_MS;

  /** The last version's publishTime lies so far behind those that told of nothing new. */
  private static final long END_MS = 1_000;

  /** For how many segments' time a version can be patched: longer than players wait to ask. */
  private static final long PATCHED_SEGMENTS = 5;

  private ManifestRenderer() {}

  /** The version that there is now; empty while there is not enough media. */
  public static Optional<ManifestVersion> version(TimelineView timeline) {
    if (!timeline.isPlayable()) {
      return Optional.empty();
    }
    long last = Long.MAX_VALUE;
    for (RenditionView rendition : timeline.renditions()) {
      last = Math.min(last, Periods.reachedMsn(timeline, rendition));
    }
    return timeline.ended() ? lastVersion(timeline, last) : version(timeline, last);
  }

  /**
   * The version that listed segments up to that one; empty where the view no longer has what it
   * told, or does not have it yet.
   */
  static Optional<ManifestVersion> version(TimelineView timeline, long msn) {
    long publishNs = Long.MIN_VALUE;
    for (RenditionView rendition : timeline.renditions()) {
      SegmentView segment = rendition.segment(msn);
      if (segment != null && Periods.isListed(timeline, rendition, msn)) {
        PartView first = segment.parts().getFirst();
        long endNs = segment.toNs(first.startTicks() + first.durationTicks());
        publishNs = Math.max(publishNs, Periods.utcNs(timeline, msn, endNs));
      }
    }
    return publishNs == Long.MIN_VALUE || !Periods.hasMedia(timeline, msn)
        ? Optional.empty()
        : Optional.of(
            new ManifestVersion(
                timeline.id(), msn, /* ended= */ false, Math.floorDiv(publishNs, NS_PER_MS)));
  }

  private static Optional<ManifestVersion> lastVersion(TimelineView timeline, long msn) {
    return version(timeline, msn)
        .map(live -> new ManifestVersion(live.timeline(), msn, true, live.publishMs() + END_MS));
  }

  /** The MPD. */
  public static String manifest(TimelineView timeline, ManifestVersion version) {
    return ManifestWriter.write(presentation(timeline, version));
  }

  /**
   * The version that was published at an instant, or the last before it; empty where a view that
   * has {@code newest} cannot tell what it was.
   */
  public static Optional<ManifestVersion> publishedAt(
      TimelineView timeline, ManifestVersion newest, long publishMs) {
    // None is published so long after the newest.
    if (publishMs - newest.publishMs() >= END_MS) {
      return Optional.empty();
    }
    if (publishMs >= newest.publishMs()) {
      return Optional.of(newest);
    }
    for (long msn = newest.lastMsn(); msn >= 0; msn--) {
      Optional<ManifestVersion> version = version(timeline, msn);
      if (version.isEmpty() || !Periods.isWhole(timeline, msn)) {
        return Optional.empty();
      }
      if (version.get().publishMs() <= publishMs) {
        return version;
      }
    }
    return Optional.empty();
  }

  /**
   * Whether a patch can lead from one version to another: players take none that changes the events
   * of a Period that they have.
   */
  public static boolean isPatchable(
      TimelineView view, ManifestVersion from, TimelineView timeline, ManifestVersion to) {
    Map<String, List<EventStream>> before = events(view, from);
    return Periods.of(timeline, to).stream()
        .allMatch(now -> now.events().equals(before.getOrDefault(now.id(), now.events())));
  }

  /** Those of each Period, by its id. */
  private static Map<String, List<EventStream>> events(TimelineView view, ManifestVersion version) {
    return Periods.of(view, version).stream().collect(Collectors.toMap(Period::id, Period::events));
  }

  /** Whether MPDs of the timeline may have events. */
  public static boolean tellsRanges(TimelineView timeline) {
    return !timeline.dateRanges().isEmpty() || !timeline.removedDateRanges().isEmpty();
  }

  /**
   * The patch from one version to another.
   *
   * @param view tells {@code from}
   * @param publishMs when {@code from} was published, or told again that it is unchanged
   * @param timeline tells {@code to}
   */
  public static String patch(
      TimelineView view,
      ManifestVersion from,
      long publishMs,
      TimelineView timeline,
      ManifestVersion to) {
    return ManifestWriter.patch(
        at(presentation(view, from), publishMs), presentation(timeline, to));
  }

  /**
   * The last patch before the MPD itself, where none can lead to {@code to}: all of it but the
   * events of Periods that {@code from} has, and without a PatchLocation, so that players ask for
   * the MPD next. An answer that is no patch would not send them there: dash.js asks for nothing
   * more after an error, and shaka-player for the same again.
   *
   * @param publishMs when {@code from} was published, or told again that it is unchanged
   */
  public static String lastPatch(
      TimelineView view,
      ManifestVersion from,
      long publishMs,
      TimelineView timeline,
      ManifestVersion to) {
    // What it makes is not the MPD of that version, and has another time.
    long madeMs = to.publishMs() - 1;
    if (to.ended() || madeMs <= publishMs) {
      return withdrawal(timeline, publishMs);
    }
    Map<String, List<EventStream>> before = events(view, from);
    MediaPresentation target = presentation(timeline, to);
    List<Period> periods =
        target.periods().stream()
            .map(now -> now.withEvents(before.getOrDefault(now.id(), now.events())))
            .toList();
    return ManifestWriter.patch(
        at(presentation(view, from), publishMs),
        target.withPeriods(periods).publishedAt(madeMs * NS_PER_MS, Optional.empty()));
  }

  /** The patch that sends a player to the MPD, whatever it has. */
  public static String withdrawal(TimelineView timeline, long publishMs) {
    return ManifestWriter.withdrawal(timeline.id().toString(), publishMs * NS_PER_MS);
  }

  /** The patch that says that nothing has changed but the time, by a millisecond. */
  public static String unchanged(TimelineView timeline, ManifestVersion version, long publishMs) {
    MediaPresentation presentation = presentation(timeline, version);
    return ManifestWriter.patch(at(presentation, publishMs), at(presentation, publishMs + 1));
  }

  private static MediaPresentation at(MediaPresentation presentation, long publishMs) {
    return presentation.publishedAt(
        publishMs * NS_PER_MS,
        presentation
            .patch()
            .map(patch -> patchLocation(presentation.baseUrl(), publishMs, patch.ttlSeconds())));
  }

  private static MediaPresentation presentation(TimelineView timeline, ManifestVersion version) {
    String below = timeline.id() + "/";
    long ttlSeconds = Math.max(1, PATCHED_SEGMENTS * timeline.settings().segment().toSeconds());
    return new MediaPresentation(
        timeline.id().toString(),
        version.ended(),
        version.publishMs() * NS_PER_MS,
        below,
        "/time",
        version.ended()
            ? Optional.empty()
            : Optional.of(patchLocation(below, version.publishMs(), ttlSeconds)),
        timing(timeline),
        Periods.of(timeline, version));
  }

  private static PatchLocation patchLocation(String below, long publishMs, long ttlSeconds) {
    return new PatchLocation(below + publishMs + ".mpp", ttlSeconds);
  }

  private static Timing timing(TimelineView timeline) {
    long partTargetNs = timeline.settings().partTarget().toNanos();
    return new Timing(
        UPDATE_NS,
        timeline.settings().window().toNanos(),
        longestSegmentNs(timeline),
        partTargetNs,
        3 * partTargetNs + REACTION_NS);
  }

  static long longestSegmentNs(TimelineView timeline) {
    return timeline.targetDurationSeconds() * NS_PER_SECOND + ROUNDED_NS;
  }
}
