package io.millrace.conformance.dash;

import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares when the segments of one number begin in the Representations of a Period. May be used by
 * many threads.
 */
final class SegmentStarts {
  /** Numbers that are remembered: those who follow the live edge are not as far apart. */
  private static final int MOST_NUMBERS = 100;

  private static final long LEAST_FRAME_NS = 10_000_000;

  private final Findings findings;

  private record Place(String periodId, long number) {}

  /**
   * Where a segment begins.
   *
   * @param presentationNs in its Period
   * @param lengthNs as the MPD tells it
   */
  record Start(long presentationNs, long frameNs, long lengthNs, URI uri) {}

  private final Map<Place, List<Start>> starts =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Place, List<Start>> eldest) {
          return size() > MOST_NUMBERS;
        }
      };

  SegmentStarts(Findings findings) {
    this.findings = findings;
  }

  synchronized void add(String periodId, long number, Start start) {
    List<Start> others =
        starts.computeIfAbsent(new Place(periodId, number), _ -> new ArrayList<>());
    others.forEach(other -> compare(start, other, number));
    others.add(start);
  }

  /** Numbers need not match between AdaptationSets; what is as far apart are others. */
  private void compare(Start start, Start other, long number) {
    long apartNs = start.presentationNs - other.presentationNs;
    if (Math.abs(apartNs) >= Math.min(start.lengthNs, other.lengthNs) / 2) {
      return;
    }
    long frameNs = Math.max(LEAST_FRAME_NS, Math.max(start.frameNs, other.frameNs));
    findings.check(
        Rule.DASH_SKEW,
        Math.abs(apartNs) <= frameNs,
        start.uri.toString(),
        "segment %d begins %.4f s from that of %s"
            .formatted(number, (double) apartNs / 1e9, other.uri),
        "within a frame, %.4f s".formatted((double) frameNs / 1e9));
  }
}
