package io.millrace.window.index;

import java.util.List;

/**
 * One segment of a rendition.
 *
 * @param durationTicks of an incomplete segment what its parts last so far
 * @param parts all of it that there are
 * @param complete whether no more parts will come
 * @param timescale ticks a second, of its parts too; another segment's may differ
 */
public record SegmentView(
    long msn, long durationTicks, List<PartView> parts, boolean complete, int timescale) {
  private static final long SECOND_NS = 1_000_000_000L;

  public SegmentView {
    parts = List.copyOf(parts);
  }

  public int partCount() {
    return parts.size();
  }

  /** Whether there is nothing behind the segment's address. */
  public boolean gap() {
    for (PartView part : parts) {
      if (!part.gap()) {
        return false;
      }
    }
    return true;
  }

  /** Whether nothing in it is decoded from a segment before it; so where there is nothing in it. */
  public boolean independent() {
    for (PartView part : parts) {
      if (!part.gap()) {
        return part.startsIndependent();
      }
    }
    return true;
  }

  public long sizeBytes() {
    long size = 0;
    for (PartView part : parts) {
      size += part.sizeBytes();
    }
    return size;
  }

  /** The first part's start; 0 where there is no part. */
  public long startTicks() {
    return parts.isEmpty() ? 0 : parts.getFirst().startTicks();
  }

  /** When the first part is presented; 0 where there is no part. */
  public long presentationNs() {
    return parts.isEmpty() ? 0 : toNs(parts.getFirst().presentationTicks());
  }

  public long durationNs() {
    return toNs(durationTicks);
  }

  /** A time of this segment in nanoseconds; no tick count overflows. */
  public long toNs(long ticks) {
    return ticks / timescale * SECOND_NS + ticks % timescale * SECOND_NS / timescale;
  }
}
