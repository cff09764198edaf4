package io.millrace.window.index;

import io.millrace.media.channel.BroadcastId;
import io.millrace.media.channel.TimelineId;
import io.millrace.media.channel.TimelineSettings;
import io.millrace.media.index.IndexRecord.ClockAnchored;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One timeline as a viewer can reach it.
 *
 * @param openedUtcNs when it began
 * @param targetDurationSeconds 0 until it is fixed
 * @param firstMsn where playlists begin
 * @param discontinuitySequence how many discontinuities lie before {@code firstMsn}
 * @param discontinuities numbers of the segments that begin after one
 * @param anchors in order of the segments from which on they hold
 * @param dateRanges in order of their start
 * @param removedDateRanges those that went of late: within six target durations
 * @param newestUtcNs when the newest part arrived at the ingest; 0 before the first
 * @param renditions in order of their numbers
 * @param ended whether ENDLIST closes its playlists
 */
public record TimelineView(
    TimelineId id,
    BroadcastId broadcast,
    TimelineSettings settings,
    long openedUtcNs,
    int targetDurationSeconds,
    long firstMsn,
    long discontinuitySequence,
    Set<Long> discontinuities,
    List<ClockAnchored> anchors,
    List<DateRangeView> dateRanges,
    List<DateRangeView> removedDateRanges,
    long newestUtcNs,
    List<RenditionView> renditions,
    boolean ended) {

  /** The rendition of that name; null where there is none. */
  public @Nullable RenditionView rendition(String name) {
    for (RenditionView rendition : renditions) {
      if (rendition.name().equals(name)) {
        return rendition;
      }
    }
    return null;
  }

  /**
   * Whether the multivariant playlist can be rendered: the target duration stands and every
   * rendition has media, or one has a whole segment and the others are late.
   */
  public boolean isPlayable() {
    if (targetDurationSeconds == 0) {
      return false;
    }
    boolean all = !renditions.isEmpty();
    boolean anyWhole = false;
    for (RenditionView rendition : renditions) {
      all &= rendition.hasMedia();
      anyWhole |= rendition.hasMedia() && !rendition.segments().isEmpty();
    }
    return all || anyWhole;
  }

  /** The clock's anchor that holds for a segment. */
  public Optional<ClockAnchored> anchorOf(long msn) {
    for (int i = anchors.size() - 1; i >= 0; i--) {
      if (anchors.get(i).msn() <= msn) {
        return Optional.of(anchors.get(i));
      }
    }
    return Optional.empty();
  }
}
