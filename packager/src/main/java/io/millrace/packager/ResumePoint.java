package io.millrace.packager;

import io.millrace.media.channel.TimelineId;
import java.util.Map;
import java.util.Objects;

/**
 * Says how far a timeline has come: what a packager needs to go on with it, after a discontinuity,
 * where the state of the one before it cannot be had.
 *
 * @param nextMsn above every segment that was begun
 * @param endNs end of what was published, media time
 * @param anchored whether {@code utcOffsetNs} is known
 * @param utcOffsetNs UTC minus media time
 * @param targetSeconds EXT-X-TARGETDURATION, which never changes (RFC 8216bis 4.4.3.1); 0: not
 *     fixed yet
 * @param discontinuities how many there were
 * @param partTargetsNs PART-TARGET of the renditions that have one of their own, by their ids
 */
public record ResumePoint(
    TimelineId timeline,
    long nextMsn,
    long endNs,
    boolean anchored,
    long utcOffsetNs,
    int targetSeconds,
    long discontinuities,
    Map<Integer, Long> partTargetsNs) {
  public ResumePoint {
    Objects.requireNonNull(timeline, "timeline");
    partTargetsNs = Map.copyOf(partTargetsNs);
    if (nextMsn < 0 || endNs < 0 || targetSeconds < 0 || discontinuities < 0) {
      throw new IllegalArgumentException(
          "next segment %d, end %d ns, target duration %d s, %d discontinuities (expected: 0 or more)"
              .formatted(nextMsn, endNs, targetSeconds, discontinuities));
    }
  }

  /** The same, so many segments later: beyond what came after it was taken. */
  public ResumePoint after(long segments) {
    return new ResumePoint(
        timeline,
        nextMsn + segments,
        endNs,
        anchored,
        utcOffsetNs,
        targetSeconds,
        discontinuities,
        partTargetsNs);
  }
}
