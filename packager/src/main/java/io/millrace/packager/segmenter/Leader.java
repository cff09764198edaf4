package io.millrace.packager.segmenter;

import static io.millrace.packager.timeline.Irregularity.CUT_WITHOUT_KEYFRAME;
import static io.millrace.packager.timeline.Irregularity.LATE;

import io.millrace.media.channel.TimelineSettings;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import io.millrace.packager.state.StateReader;
import io.millrace.packager.state.StateWriter;
import io.millrace.packager.timeline.GopClock;
import io.millrace.packager.timeline.Ticks;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Drives the rendition that leads a stretch: decides where its segments end, and with them those of
 * all others. A picture's end at a keyframe, or before they break the target duration; those of
 * sound at the goal.
 */
final class Leader {
  /** How far a rendition runs ahead of the one that leads, at most. */
  private static final long MAX_AHEAD_NS = 50_000_000L;

  private final long goalNs;
  private final long partTargetNs;
  private final Publisher publisher;
  private final Renditions renditions;
  private final Segments segments;
  private final Followers followers;
  private final TargetDuration target;

  /** Per stretch. */
  private @Nullable Rendition leading;

  private final GopClock gop = new GopClock();
  private long reorderNs;

  Leader(
      TimelineSettings settings,
      Publisher publisher,
      Renditions renditions,
      Segments segments,
      Followers followers) {
    this.goalNs = settings.segment().toNanos();
    this.partTargetNs = settings.partTarget().toNanos();
    this.publisher = publisher;
    this.renditions = renditions;
    this.segments = segments;
    this.followers = followers;
    this.target =
        new TargetDuration(goalNs, () -> leading == null ? 0 : renditions.longestFrameNs(leading));
  }

  /** Whether a rendition leads, that is whether a stretch is open. */
  boolean isPresent() {
    return leading != null;
  }

  Rendition rendition() {
    if (leading == null) {
      throw new IllegalStateException("no stretch was begun");
    }
    return leading;
  }

  /** The next stretch's pictures are presented so much later than they are decoded. */
  void reorderedBy(long ns) {
    reorderNs = ns;
  }

  /** That rendition leads from now on. */
  void lead(Rendition rendition) {
    leading = rendition;
    gop.restart();
  }

  /** The stretch is over. */
  void close() {
    leading = null;
  }

  TargetDuration target() {
    return target;
  }

  /**
   * Where decoding of a track begins that is presented from {@code ptsNs} on: pictures are decoded
   * earlier by as much as they are reordered.
   */
  long decodedFromNs(Track track, long ptsNs) {
    return track.kind() == TrackKind.VIDEO ? ptsNs - reorderNs : ptsNs;
  }

  /** Up to where the others are served. */
  long gateNs() {
    Rendition rendition = rendition();
    return rendition.endNs() + Math.min(MAX_AHEAD_NS, rendition.ns(rendition.frame()));
  }

  /**
   * Takes a sample of the rendition that leads.
   *
   * @param ends whether the stretch ends at the next keyframe, or where the segment has to be cut
   *     before one comes
   * @return false where the sample is the first behind that end: it was not taken
   */
  boolean accept(PlacedSample placed, boolean ends) {
    Rendition rendition = rendition();
    Optional<TimedSample> timed = rendition.time(placed);
    if (timed.isEmpty()) {
      return true;
    }
    TimedSample sample = timed.get();
    if (rendition.isLate(sample)) {
      publisher.count(LATE);
      return true;
    }
    if (rendition.isHoleBefore(sample)) {
      fill(sample.dts());
    }
    if (rendition.isVideo()) {
      watchKeyframes(sample);
    }
    if (rendition.hasContent()) {
      if (ends && (sample.keyframe() || isFull(rendition, sample.dts()))) {
        return false;
      }
      cutBefore(rendition, sample);
    }
    if (rendition.isVideo()) {
      if (!rendition.hasContent() && !sample.keyframe()) {
        publisher.count(CUT_WITHOUT_KEYFRAME);
      }
      if (sample.keyframe()) {
        reorderNs = placed.reorderedByNs();
      }
    }
    rendition.add(sample);
    cutAfter(rendition, ends);
    return true;
  }

  /** Whether a frame that is decoded then would make the segment too long. */
  private boolean isFull(Rendition rendition, long dts) {
    long lengthNs = rendition.segmentLengthNs(dts);
    return lengthNs + rendition.ns(rendition.frame()) > target.limitNs();
  }

  private void watchKeyframes(TimedSample sample) {
    if (sample.keyframe()) {
      gop.keyframe(sample.dts());
    } else {
      gop.otherFrame();
    }
  }

  /** Ends the segment at a keyframe, or where this frame would pass the limit. */
  private void cutBefore(Rendition rendition, TimedSample sample) {
    long lengthNs = rendition.segmentLengthNs(sample.dts());
    boolean atKeyframe = rendition.isVideo() && sample.keyframe();
    if (atKeyframe && !target.isFixed() && lengthNs >= goalNs / 2) {
      fixTarget(rendition.ns(gop.expectedLength()));
    }
    long shownFromNs = rendition.ns(Math.max(sample.pts(), sample.dts()));
    if (isFull(rendition, sample.dts()) || (atKeyframe && endsAtKeyframe(rendition, lengthNs))) {
      // Else its last frame would make the segment too long if it lasted until this one.
      if (lengthNs <= target.limitNs()) {
        rendition.closeBefore(sample, /* last= */ true);
      }
      cut(atKeyframe ? shownFromNs : rendition.ns(sample.dts()) + reorderNs);
      if (atKeyframe) {
        publisher.beginsSegment(rendition.msn(), shownFromNs, lengthNs);
      }
    }
  }

  /**
   * Ends the part, or the segment, where it is known that nothing more will go into it.
   *
   * @param stretchEnds whether the stretch ends with the segment, where the next sample begins one
   */
  private void cutAfter(Rendition rendition, boolean stretchEnds) {
    long lengthNs = rendition.segmentLengthNs(rendition.predictedEnd());
    long frameNs = rendition.ns(rendition.frame());
    if (!rendition.isVideo()) {
      if (lengthNs + frameNs / 2 >= goalNs) {
        fixTarget(0);
        cut(rendition.endNs());
        publisher.beginsSegment(rendition.msn(), rendition.endNs(), lengthNs);
      } else {
        rendition.closeFull(/* last= */ false);
      }
      return;
    }
    if (target.mustBeFixedAt(lengthNs, frameNs)) {
      fixTarget(lengthNs);
    }
    if (isFull(rendition, rendition.predictedEnd())) {
      if (stretchEnds) {
        rendition.closeOpen(/* last= */ true);
      } else {
        cut(rendition.endNs() + reorderNs);
      }
      return;
    }
    segments.expectStart(expectedCutNs(rendition));
    boolean last = gop.framesToKeyframe() == 0 && endsAtKeyframe(rendition, lengthNs);
    // A shorter one must have none behind it (RFC 8216bis 4.4.4.9): the next picture tells.
    if (last && rendition.isOpenPartLongEnough()) {
      rendition.closeOpen(/* last= */ true);
    } else {
      rendition.closeFull(last);
    }
  }

  /** Where the segment ends if the next keyframe comes when it is due. */
  private long expectedCutNs(Rendition rendition) {
    int frames = gop.framesToKeyframe();
    if (frames < 0) {
      return Long.MAX_VALUE;
    }
    long next = rendition.predictedEnd() + frames * rendition.frame();
    return endsAtKeyframe(rendition, rendition.segmentLengthNs(next))
        ? rendition.ns(next)
        : Long.MAX_VALUE;
  }

  private boolean endsAtKeyframe(Rendition rendition, long lengthNs) {
    return target.isFixed()
        && lengthNs >= 2 * partTargetNs
        && target.endsAtKeyframe(lengthNs, rendition.ns(gop.expectedLength()));
  }

  private void fixTarget(long gopNs) {
    if (!target.isFixed()) {
      long openNs = rendition().segmentLengthNs(rendition().predictedEnd());
      target.fix(gopNs, Math.max(segments.longestNs(), openNs));
      // Before any playlist can be rendered, so that the first has it.
      renditions.all().forEach(Rendition::tellFrameRate);
      renditions.fixPartTargets();
      publisher.record(new IndexRecord.TargetDurationFixed(target.seconds()));
    }
  }

  /** Ends the segment; the next is presented from {@code nextNs} on. */
  private void cut(long nextNs) {
    Rendition rendition = rendition();
    long lengthNs = rendition.segmentLengthNs(rendition.predictedEnd());
    long latestNs =
        target.isFixed() ? segments.startOf(rendition.msn()) + target.limitNs() : nextNs;
    rendition.endSegment();
    segments.beginsAt(rendition.msn(), Math.min(nextNs, latestNs));
    followers.settleAllBut(rendition);
    segments.ended(lengthNs, renditions.leastMsn());
  }

  /**
   * Publishes gaps up to {@code until}, and segments of the goal's length on the way. None begins
   * with less than a frame of a gap: what comes may be the keyframe that it is to begin with.
   */
  void fill(long until) {
    // A keyframe that may be missing is not expected.
    segments.expectStart(Long.MAX_VALUE);
    Rendition rendition = rendition();
    long goal = Ticks.ofNs(goalNs, rendition.track().timescale());
    while (true) {
      long border = Math.max(rendition.segmentStart() + goal, rendition.predictedEnd());
      if (border > until - rendition.frame()) {
        rendition.gapTo(until);
        return;
      }
      rendition.gapTo(border);
      fixTarget(0);
      cut(rendition.endNs() + reorderNs);
    }
  }

  void save(StateWriter out) {
    out.number(leading == null ? 0 : leading.track().id()).number(reorderNs);
    gop.save(out);
    target.save(out);
  }

  /** The renditions are there already. */
  void restore(StateReader in) {
    int id = in.integer();
    leading = id == 0 ? null : renditions.withId(id);
    reorderNs = in.number();
    gop.restore(in);
    target.restore(in);
  }

  /** The target duration that another has fixed stays. */
  void resume(int targetSeconds) {
    if (targetSeconds > 0) {
      target.resume(targetSeconds);
      publisher.record(new IndexRecord.TargetDurationFixed(targetSeconds));
    }
  }
}
