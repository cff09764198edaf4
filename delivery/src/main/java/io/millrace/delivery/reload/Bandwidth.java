package io.millrace.delivery.reload;

import io.millrace.window.index.PartView;
import io.millrace.window.index.RenditionView;
import io.millrace.window.index.SegmentView;
import io.millrace.window.index.TimelineView;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures what a rendition's segments need, as BANDWIDTH and AVERAGE-BANDWIDTH have it (RFC
 * 8216bis 4.1, 4.4.6.2): bits a second, rounded up to a thousand; 0 where nothing was measured.
 *
 * @param peakBps of any whole segments in a row that last half to one and a half target durations
 * @param averageBps of all whole segments
 */
record Bandwidth(long peakBps, long averageBps) {
  private static final long HALF_SECOND_NS = 500_000_000L;

  /** Bits over time. */
  private record Stretch(long bytes, long durationNs) {
    double bytesPerNs() {
      return durationNs == 0 ? 0 : (double) bytes / durationNs;
    }
  }

  static Bandwidth of(TimelineView timeline, RenditionView rendition) {
    List<Stretch> whole = new ArrayList<>(rendition.segments().size());
    for (SegmentView segment : rendition.segments()) {
      whole.add(new Stretch(segment.sizeBytes(), segment.durationNs()));
    }
    if (whole.isEmpty()) {
      // It begins with its keyframe and is heavier than it will be, but nothing else is known.
      SegmentView open = rendition.open();
      long bps = roundedUp(new Stretch(open.sizeBytes(), open.durationNs()).bytesPerNs());
      return new Bandwidth(bps, bps);
    }
    return of(whole, timeline.targetDurationSeconds());
  }

  /** Of the pictures that whole segments begin with. */
  static Bandwidth ofIFrames(TimelineView timeline, RenditionView rendition) {
    List<Stretch> pictures = new ArrayList<>(rendition.segments().size());
    for (SegmentView segment : rendition.segments()) {
      List<PartView> parts = segment.parts();
      int bytes = parts.isEmpty() ? 0 : parts.getFirst().keyframeBytes();
      pictures.add(new Stretch(bytes, segment.durationNs()));
    }
    return of(pictures, timeline.targetDurationSeconds());
  }

  private static Bandwidth of(List<Stretch> all, int targetDurationSeconds) {
    long leastNs = targetDurationSeconds * HALF_SECOND_NS;
    long mostNs = 3 * leastNs;
    double peak = 0;
    long allBytes = 0;
    long allNs = 0;
    for (int first = 0; first < all.size(); first++) {
      allBytes += all.get(first).bytes();
      allNs += all.get(first).durationNs();
      long bytes = 0;
      long ns = 0;
      for (int i = first; i < all.size() && ns + all.get(i).durationNs() <= mostNs; i++) {
        bytes += all.get(i).bytes();
        ns += all.get(i).durationNs();
        if (ns >= leastNs) {
          peak = Math.max(peak, new Stretch(bytes, ns).bytesPerNs());
        }
      }
    }
    double average = new Stretch(allBytes, allNs).bytesPerNs();
    // Fewer than make half a target duration have no peak of their own.
    return new Bandwidth(roundedUp(Math.max(peak, average)), roundedUp(average));
  }

  private static long roundedUp(double bytesPerNs) {
    return (long) Math.ceil(bytesPerNs * 8 * 1_000_000) * 1_000;
  }
}
