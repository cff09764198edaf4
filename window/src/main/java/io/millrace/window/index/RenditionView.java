package io.millrace.window.index;

import io.millrace.media.index.IndexRecord.InitSection;
import io.millrace.media.track.Track;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One rendition of a timeline: its segments with consecutive numbers.
 *
 * @param track as it is now; segments from before a change of it have a configuration and a
 *     timescale of their own
 * @param configurations in order of the segments from which on they hold
 * @param segments complete segments that can still be had, oldest first, those that have just left
 *     the playlist included
 * @param open the segment after them, with no parts yet or some
 * @param partTargetNs PART-TARGET of its playlists
 * @param ended whether the timeline is over
 */
public record RenditionView(
    Track track,
    List<ConfigurationView> configurations,
    List<SegmentView> segments,
    SegmentView open,
    long partTargetNs,
    boolean ended) {

  public String name() {
    return track.renditionName();
  }

  /** The number of the last complete segment; one less than the open one's. */
  public long lastCompleteMsn() {
    return open.msn() - 1;
  }

  /** The segment of that number, complete or open; null where there is none. */
  public @Nullable SegmentView segment(long msn) {
    if (msn == open.msn()) {
      return open;
    }
    if (segments.isEmpty()) {
      return null;
    }
    long index = msn - segments.getFirst().msn();
    return index >= 0 && index < segments.size() ? segments.get((int) index) : null;
  }

  /** The part of that number; null where it is not listed. */
  public @Nullable PartView part(long msn, int part) {
    SegmentView segment = segment(msn);
    return segment != null && part >= 0 && part < segment.partCount()
        ? segment.parts().get(part)
        : null;
  }

  /** Whether the open segment is expected to have no more parts. */
  public boolean isEnding() {
    return open.partCount() > 0 && open.parts().getLast().last();
  }

  /**
   * Whether a part of that number may come next: the open segment's next one, and the next
   * segment's first from when on that was expected.
   */
  public boolean mayComeNext(long msn, int part) {
    return msn == open.msn()
        ? part == open.partCount()
        : msn == open.msn() + 1 && part == 0 && open.parts().stream().anyMatch(PartView::last);
  }

  /** What a segment is made with; empty where there is no init section. */
  public Optional<ConfigurationView> configurationOf(long msn) {
    return configurationsFrom(msn).stream().findFirst();
  }

  /** What the segments from one on are made with, those to come too as far as it is known. */
  public List<ConfigurationView> configurationsFrom(long msn) {
    int from = configurations.size() - 1;
    while (from > 0 && configurations.get(from).init().msn() > msn) {
      from--;
    }
    return configurations.subList(Math.max(0, from), configurations.size());
  }

  /** The init section that holds for a segment. */
  public Optional<InitSection> initOf(long msn) {
    return configurationOf(msn).map(ConfigurationView::init);
  }

  /** Whether a playlist of this rendition has something to say. */
  public boolean hasMedia() {
    return !configurations.isEmpty() && (!segments.isEmpty() || open.partCount() > 0);
  }
}
