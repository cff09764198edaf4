package io.millrace.packager.segmenter;

import static io.millrace.packager.timeline.Irregularity.BEFORE_START;
import static io.millrace.packager.timeline.Irregularity.LATE;

import io.millrace.media.track.TrackKind;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Drives the renditions that do not lead: each ends a segment at its first frame not before the
 * instant that was decided, and one that has come there waits.
 */
final class Followers {
  /** Keyframes come a little early or late by clocks of milliseconds. */
  private static final long JITTER_NS = 1_000_000L;

  private final Renditions renditions;
  private final Segments segments;
  private final Publisher publisher;

  Followers(Renditions renditions, Segments segments, Publisher publisher) {
    this.renditions = renditions;
    this.segments = segments;
    this.publisher = publisher;
  }

  /** Serves what waits behind the leading rendition and is not decoded after {@code gateNs}. */
  void serve(Rendition leading, long gateNs) {
    for (Rendition follower : renditions.all()) {
      SampleQueue waiting = follower.waiting();
      while (follower != leading
          && !waiting.isEmpty()
          && waiting.first().dtsNs() <= gateNs
          && !follower.isInDoubt(gateNs)) {
        accept(follower, waiting.remove());
      }
    }
  }

  /**
   * Serves all that waits, but for what would make a segment longer than {@code limitNs}.
   *
   * @param next begins the next stretch on the same clock: what is not before it goes on waiting
   */
  void serveLast(long limitNs, @Nullable PlacedSample next) {
    for (Rendition follower : renditions.all()) {
      SampleQueue waiting = follower.waiting();
      while (!waiting.isEmpty() && (next == null || isBefore(waiting.first(), next))) {
        PlacedSample sample = waiting.remove();
        if (sample.dtsNs() - follower.ns(follower.segmentStart()) < limitNs) {
          accept(follower, sample);
        }
      }
    }
  }

  /** Pictures are cut where they are decoded, sound where the picture is shown. */
  private static boolean isBefore(PlacedSample sample, PlacedSample next) {
    boolean video = sample.track().kind() == TrackKind.VIDEO;
    return sample.dtsNs() < (video ? next.dtsNs() : next.shownFromNs());
  }

  private void accept(Rendition follower, PlacedSample placed) {
    Long startNs = segments.findStart(follower.msn());
    if (follower.isFresh() && startNs != null && placed.ptsNs() < startNs) {
      publisher.count(BEFORE_START);
      return;
    }
    Optional<TimedSample> timed = follower.time(placed);
    if (timed.isEmpty()) {
      return;
    }
    TimedSample sample = timed.get();
    if (follower.isLate(sample)) {
      publisher.count(LATE);
      return;
    }
    if (follower.isHoleBefore(sample)) {
      fill(follower, sample.dts());
    }
    add(follower, sample);
  }

  private void add(Rendition follower, TimedSample sample) {
    Long nextNs = segments.findStart(follower.msn() + 1);
    while (nextNs != null && follower.ns(sample.pts()) >= nextNs) {
      fillTo(follower, Math.min(follower.ceilingTicks(nextNs), sample.dts()));
      follower.endSegmentAt(nextNs);
      nextNs = segments.findStart(follower.msn() + 1);
    }
    follower.add(sample);
    follower.closeFull(/* last= */ isAtSegmentEnd(follower));
    settle(follower);
  }

  /** Whether the rendition has come to where its segment ends, or is expected to. */
  private boolean isAtSegmentEnd(Rendition follower) {
    Long nextNs = segments.findStart(follower.msn() + 1);
    return follower.endNs() >= (nextNs == null ? segments.expectedStartNs() - JITTER_NS : nextNs);
  }

  /** Ends the segments of all that have come to where the leading rendition's has ended. */
  void settleAllBut(Rendition leading) {
    for (Rendition follower : renditions.all()) {
      if (follower != leading) {
        settle(follower);
      }
    }
  }

  /** Ends the segments of a rendition that has come to where they end. */
  void settle(Rendition follower) {
    Long nextNs = segments.findStart(follower.msn() + 1);
    if (nextNs == null) {
      return;
    }
    long next = follower.ceilingTicks(nextNs);
    if (follower.predictedEnd() < next) {
      return;
    }
    List<TimedSample> rest = follower.takeOpenFrom(next);
    follower.endSegmentAt(nextNs);
    for (TimedSample sample : rest) {
      add(follower, sample);
    }
    if (rest.isEmpty()) {
      settle(follower);
    }
  }

  /**
   * Publishes gaps up to {@code until}, and the ends of segments on the way. Sound ends its segment
   * there where it would less than a frame before.
   */
  void fill(Rendition follower, long until) {
    long late = follower.isVideo() ? 0 : Math.min(follower.frame(), follower.partTarget());
    while (true) {
      Long nextNs = segments.findStart(follower.msn() + 1);
      long border = Long.MAX_VALUE;
      if (nextNs != null) {
        border = Math.max(follower.ceilingTicks(nextNs), follower.predictedEnd());
      }
      if (border > until - late) {
        follower.gapTo(until);
        settle(follower);
        return;
      }
      follower.gapTo(border);
      follower.endSegmentAt(follower.endNs());
    }
  }

  /**
   * Publishes a gap up to where a segment ends, if more than a frame is missing there: it would
   * make the next segment longer.
   */
  private static void fillTo(Rendition rendition, long end) {
    if (end - rendition.predictedEnd() > rendition.frame()) {
      rendition.gapTo(end);
    }
  }

  /**
   * Ends the segments of a rendition up to the stretch's last, which ends at {@code endNs} if it
   * was begun.
   */
  void endSegments(Rendition rendition, long last, boolean begun, long endNs) {
    while (rendition.msn() < last) {
      long nextNs = segments.startOf(rendition.msn() + 1);
      long next = rendition.ceilingTicks(nextNs);
      fillTo(rendition, next);
      rendition.endSegmentAt(nextNs);
    }
    if (begun && rendition.msn() == last) {
      rendition.endSegmentAt(endNs);
    }
  }
}
