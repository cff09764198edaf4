package io.millrace.packager.segmenter;

import static io.millrace.packager.timeline.Irregularity.BEFORE_START;
import static io.millrace.packager.timeline.Irregularity.CUT_WITHOUT_KEYFRAME;
import static io.millrace.packager.timeline.Irregularity.LATE;
import static io.millrace.packager.timeline.Irregularity.OVERFLOW;

import io.millrace.media.channel.TimelineId;
import io.millrace.media.channel.TimelineSettings;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import io.millrace.packager.PackagerLimits;
import io.millrace.packager.PackagerSink;
import io.millrace.packager.timeline.GopClock;
import io.millrace.packager.timeline.Ticks;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Cuts one timeline into segments that have the same numbers in all renditions.
 *
 * <p>One rendition leads: the video, or the sound where there is none. It decides where a segment
 * ends; the others end theirs at the first frame not before that instant, and wait for it rather
 * than run ahead. A rendition that falls too far behind gets gaps.
 *
 * <p>A timeline consists of stretches without a discontinuity, from {@link #begin} to {@link
 * #closeOpen}.
 */
public final class Segmenter {
  /** How far a rendition runs ahead of the one that leads, at most. */
  private static final long MAX_AHEAD_NS = 50_000_000L;

  private final PackagerLimits limits;
  private final long goalNs;
  private final long partTargetNs;
  private final Publisher publisher;
  private final TargetDuration target;
  private final SegmentWindow window;

  /** Sorted: the order in which renditions are served is part of the output. */
  private final Map<Integer, Rendition> renditions = new TreeMap<>();

  private long nextMsn;
  private long longestNs;

  /** Per stretch. */
  private @Nullable Rendition leader;

  private final GopClock gop = new GopClock();
  private final TreeMap<Long, Long> startsNs = new TreeMap<>();
  private final Map<Integer, Long> joinAt = new HashMap<>();
  private final ArrayDeque<PlacedSample> waitingToLead = new ArrayDeque<>();
  private long waitingToLeadBytes;
  private long reorderNs;
  private boolean configurationWaits;

  public Segmenter(
      TimelineId timeline, TimelineSettings settings, PackagerLimits limits, PackagerSink sink) {
    this.limits = limits;
    this.goalNs = settings.segment().toNanos();
    this.partTargetNs = settings.partTarget().toNanos();
    this.publisher = new Publisher(timeline, sink);
    this.target = new TargetDuration(goalNs);
    this.window = new SegmentWindow(settings.window().toNanos());
  }

  /** End of everything that was published, media time. */
  public long endNs() {
    long end = 0;
    for (Rendition rendition : renditions.values()) {
      end = Math.max(end, rendition.endNs());
    }
    return end;
  }

  /** Whether {@link #utcOffsetNs} is known. */
  public boolean isAnchored() {
    return publisher.isAnchored();
  }

  /** UTC minus media time. */
  public long utcOffsetNs() {
    return publisher.utcOffsetNs();
  }

  public boolean isOpen() {
    return leader != null;
  }

  /** Begins a stretch, with a discontinuity if it is not the first; {@code first} leads it. */
  public void begin(PlacedSample first) {
    if (nextMsn > 0) {
      publisher.record(new IndexRecord.Discontinuity(nextMsn));
      window.discontinuityBefore(nextMsn);
    }
    publisher.anchorAt(nextMsn, first.dtsNs(), endNs());
    publisher.observe(first.ptsNs(), first.sample().arrivalNs());
    startsNs.clear();
    startsNs.put(nextMsn, first.ptsNs());
    joinAt.clear();
    gop.restart();
    reorderNs = first.ptsNs() - first.dtsNs();
    configurationWaits = false;
    for (Rendition rendition : renditions.values()) {
      rendition.restart(decodedFromNs(rendition.track(), first.ptsNs()), nextMsn);
    }
    Rendition leading = renditions.get(first.track().id());
    if (leading == null) {
      leading = create(first.track(), first.dtsNs(), nextMsn);
    } else if (!hasConfigurationOf(leading, first)) {
      configure(leading, first);
    }
    leader = leading;
  }

  /** Takes a sample; {@link #begin} came before. */
  public void accept(PlacedSample sample) {
    publisher.observe(sample.ptsNs(), sample.sample().arrivalNs());
    if (sample.track().kind() == TrackKind.VIDEO && !leader().isVideo()) {
      waitToLead(sample);
    } else {
      acceptInItsTrack(sample);
    }
    serveWaiting();
    advanceTogether();
  }

  private void acceptInItsTrack(PlacedSample sample) {
    Rendition rendition = renditions.get(sample.track().id());
    if (rendition == null) {
      rendition = join(sample);
    } else if (!isConfigured(rendition, sample)) {
      rendition = null;
    }
    if (rendition == null) {
      publisher.count(BEFORE_START);
    } else if (rendition == leader()) {
      acceptLeading(rendition, sample);
    } else if (rendition.waitingBytes() + size(sample) > limits.maxWaitingBytes()) {
      publisher.count(OVERFLOW);
    } else {
      rendition.enqueue(sample);
    }
  }

  private static int size(PlacedSample sample) {
    return sample.sample().data().length();
  }

  /** Ends the stretch: all that waits is published, all open parts and segments are closed. */
  public void closeOpen() {
    if (leader == null) {
      return;
    }
    Rendition leading = leader();
    if (!waitingToLead.isEmpty()) {
      publisher.count(BEFORE_START, waitingToLead.size());
    }
    waitingToLead.clear();
    waitingToLeadBytes = 0;
    for (Rendition follower : renditions.values()) {
      while (!follower.waiting().isEmpty()) {
        PlacedSample sample = follower.dequeue();
        if (sample.dtsNs() - follower.ns(follower.segmentStart()) < target.limitNs()) {
          acceptFollowing(follower, sample);
        }
      }
    }
    long last = leading.msn();
    boolean open = false;
    for (Rendition rendition : renditions.values()) {
      rendition.closeOpen();
      open |= rendition.msn() == last && rendition.hasContent();
    }
    long endNs = endNs();
    long lengthNs = open ? Math.max(1, endNs - leading.ns(leading.segmentStart())) : 0;
    for (Rendition rendition : renditions.values()) {
      while (rendition.msn() < last || (open && rendition.msn() == last)) {
        if (rendition.msn() < last) {
          long nextNs = startOf(rendition.msn() + 1);
          long next = ceilingTicks(rendition, nextNs);
          if (next - rendition.predictedEnd() > rendition.frame()) {
            rendition.gapTo(next);
          }
          endSegment(rendition, nextNs);
        } else {
          endSegment(rendition, endNs);
        }
      }
    }
    nextMsn = open ? last + 1 : last;
    leader = null;
    if (open) {
      ended(lengthNs);
    }
  }

  public void record(IndexRecord record) {
    publisher.record(record);
  }

  private Rendition leader() {
    if (leader == null) {
      throw new IllegalStateException("no stretch was begun");
    }
    return leader;
  }

  // Renditions that come, change and lead.

  private Rendition create(Track track, long startNs, long msn) {
    Rendition rendition = new Rendition(track, partTargetNs, publisher);
    rendition.restart(startNs, msn);
    renditions.put(track.id(), rendition);
    publisher.describe(rendition.track(), msn);
    return rendition;
  }

  /**
   * A track's first sample: it joins now where no playlist can be out yet, else a segment later.
   */
  private @Nullable Rendition join(PlacedSample sample) {
    Rendition leading = leader();
    if (!sample.keyframe()) {
      return null;
    }
    long msn = leading.msn();
    if (target.isFixed()) {
      msn = joinAt.computeIfAbsent(sample.track().id(), id -> leading.msn() + 1);
    }
    Long startNs = startsNs.get(msn);
    return startNs == null || sample.ptsNs() < startNs
        ? null
        : create(sample.track(), decodedFromNs(sample.track(), startNs), msn);
  }

  /**
   * Where decoding of a track begins that is presented from {@code ptsNs} on: pictures are decoded
   * earlier by as much as they are reordered.
   */
  private long decodedFromNs(Track track, long ptsNs) {
    return track.kind() == TrackKind.VIDEO ? ptsNs - reorderNs : ptsNs;
  }

  private static boolean hasConfigurationOf(Rendition rendition, PlacedSample sample) {
    return rendition.source().codec().equals(sample.track().codec());
  }

  private void configure(Rendition rendition, PlacedSample sample) {
    rendition.configure(sample.track());
    publisher.describe(rendition.track(), rendition.msn());
  }

  /** Whether the rendition has the sample's configuration; a new one begins a new stretch. */
  private boolean isConfigured(Rendition rendition, PlacedSample sample) {
    if (hasConfigurationOf(rendition, sample)) {
      return true;
    }
    if (rendition.isFresh()) {
      configure(rendition, sample);
      return true;
    }
    if (rendition != leader) {
      configurationWaits = true;
      return false;
    }
    if (sample.keyframe()) {
      closeOpen();
      begin(sample);
    }
    return sample.keyframe();
  }

  private void waitToLead(PlacedSample sample) {
    if (waitingToLeadBytes + size(sample) > limits.maxWaitingBytes()) {
      publisher.count(OVERFLOW);
      return;
    }
    waitingToLead.add(sample);
    waitingToLeadBytes += size(sample);
  }

  /** Video joins sound, or comes back to it, once the sound has come to its first keyframe. */
  private void serveWaitingToLead() {
    while (!waitingToLead.isEmpty()
        && (leader().isVideo() || waitingToLead.element().dtsNs() <= gateNs())) {
      PlacedSample sample = waitingToLead.remove();
      waitingToLeadBytes -= size(sample);
      if (leader().isVideo()) {
        acceptInItsTrack(sample);
      } else if (sample.keyframe()) {
        lead(sample);
      } else {
        publisher.count(BEFORE_START);
      }
    }
  }

  /** The segment of the sound that leads ends where the picture begins, and the picture leads. */
  private void lead(PlacedSample first) {
    Rendition sound = leader();
    Rendition known = renditions.get(first.track().id());
    if (known != null && !hasConfigurationOf(known, first)) {
      closeOpen();
      begin(first);
      acceptLeading(leader(), first);
      return;
    }
    long msn = sound.msn();
    if (known != null && first.dtsNs() < known.endNs() - known.ns(known.frame())) {
      publisher.count(LATE);
      return;
    }
    long lengthNs = sound.segmentLengthNs(sound.predictedEnd());
    startsNs.put(msn + 1, first.ptsNs());
    Rendition video = known == null ? create(first.track(), first.dtsNs(), msn + 1) : known;
    fill(video, Ticks.ofNs(first.dtsNs(), video.track().timescale()));
    while (video.msn() <= msn) {
      endSegment(video, Math.min(startOf(video.msn() + 1), first.dtsNs()));
    }
    leader = video;
    gop.restart();
    settle(sound);
    ended(lengthNs);
    acceptLeading(video, first);
  }

  // The rendition that leads.

  private void acceptLeading(Rendition leading, PlacedSample placed) {
    Optional<TimedSample> timed = leading.time(placed);
    if (timed.isEmpty()) {
      return;
    }
    TimedSample sample = timed.get();
    if (leading.isLate(sample)) {
      publisher.count(LATE);
      return;
    }
    if (leading.holeBefore(sample) > leading.partTarget()) {
      fill(leading, sample.dts());
    }
    if (leading.isVideo()) {
      watchKeyframes(sample);
    }
    if (leading.hasContent()) {
      if (sample.keyframe() && configurationWaits && leading.isVideo()) {
        closeOpen();
        begin(placed);
        acceptLeading(leading, placed);
        return;
      }
      cutBefore(leading, sample);
    }
    if (leading.isVideo()) {
      if (!leading.hasContent() && !sample.keyframe()) {
        publisher.count(CUT_WITHOUT_KEYFRAME);
      }
      if (sample.keyframe()) {
        reorderNs = placed.ptsNs() - placed.dtsNs();
      }
    }
    leading.add(sample);
    cutAfter(leading);
  }

  private void watchKeyframes(TimedSample sample) {
    if (sample.keyframe()) {
      gop.keyframe(sample.dts());
    } else {
      gop.otherFrame();
    }
  }

  /** Ends the segment at a keyframe, or where this frame would pass the limit. */
  private void cutBefore(Rendition leading, TimedSample sample) {
    long lengthNs = leading.segmentLengthNs(sample.dts());
    boolean atKeyframe = leading.isVideo() && sample.keyframe();
    if (atKeyframe && !target.isFixed() && lengthNs >= goalNs / 2) {
      fixTarget(leading.ns(gop.expectedLength()));
    }
    boolean full = lengthNs + leading.ns(leading.frame()) > target.limitNs();
    if (full || (atKeyframe && endsAtKeyframe(leading, lengthNs))) {
      leading.closeBefore(sample);
      cut(atKeyframe ? leading.ns(sample.pts()) : leading.ns(sample.dts()) + reorderNs);
    }
  }

  /** Ends the part, or the segment, where it is known that nothing more will go into it. */
  private void cutAfter(Rendition leading) {
    long lengthNs = leading.segmentLengthNs(leading.predictedEnd());
    long frameNs = leading.ns(leading.frame());
    if (!leading.isVideo()) {
      if (lengthNs + frameNs / 2 >= goalNs) {
        fixTarget(0);
        leading.closeOpen();
        cut(leading.endNs());
      }
      return;
    }
    if (target.mustBeFixedAt(lengthNs)) {
      fixTarget(lengthNs);
    }
    if (lengthNs + frameNs > target.limitNs()) {
      leading.closeOpen();
      cut(leading.endNs() + reorderNs);
    } else if (gop.keyframeIsNext() && endsAtKeyframe(leading, lengthNs)) {
      leading.closeOpen();
    }
  }

  private boolean endsAtKeyframe(Rendition leading, long lengthNs) {
    return target.isFixed()
        && lengthNs >= 2 * partTargetNs
        && target.endsAtKeyframe(lengthNs, leading.ns(gop.expectedLength()));
  }

  private void fixTarget(long gopNs) {
    if (!target.isFixed()) {
      long openNs = leader().segmentLengthNs(leader().predictedEnd());
      target.fix(gopNs, Math.max(longestNs, openNs));
      // Before any playlist can be rendered, so that the first has it.
      renditions.values().forEach(Rendition::tellFrameRate);
      publisher.record(new IndexRecord.TargetDurationFixed(target.seconds()));
    }
  }

  /** Ends the leading rendition's segment; the next is presented from {@code nextNs} on. */
  private void cut(long nextNs) {
    Rendition leading = leader();
    long lengthNs = leading.segmentLengthNs(leading.predictedEnd());
    long latestNs = target.isFixed() ? startOf(leading.msn()) + target.limitNs() : nextNs;
    leading.endSegment();
    startsNs.put(leading.msn(), Math.min(nextNs, latestNs));
    for (Rendition follower : renditions.values()) {
      if (follower != leading) {
        settle(follower);
      }
    }
    ended(lengthNs);
  }

  /** A segment has ended: the window moves on. */
  private void ended(long lengthNs) {
    longestNs = Math.max(longestNs, lengthNs);
    if (window.add(lengthNs)) {
      publisher.record(
          new IndexRecord.WindowStarted(window.firstMsn(), window.passedDiscontinuities()));
    }
    long needed = Long.MAX_VALUE;
    for (Rendition rendition : renditions.values()) {
      needed = Math.min(needed, rendition.msn());
    }
    startsNs.headMap(needed).clear();
  }

  // The renditions that follow.

  /** Serves what waits, up to where the leading rendition has come. */
  private void serveWaiting() {
    serveWaitingToLead();
    long gateNs = gateNs();
    for (Rendition follower : renditions.values()) {
      while (!follower.waiting().isEmpty() && follower.waiting().element().dtsNs() <= gateNs) {
        acceptFollowing(follower, follower.dequeue());
      }
    }
  }

  private long gateNs() {
    Rendition leading = leader();
    return leading.endNs() + Math.min(MAX_AHEAD_NS, leading.ns(leading.frame()));
  }

  private void acceptFollowing(Rendition follower, PlacedSample placed) {
    Long startNs = startsNs.get(follower.msn());
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
    if (follower.holeBefore(sample) > follower.partTarget()) {
      fill(follower, sample.dts());
    }
    addFollowing(follower, sample);
  }

  private void addFollowing(Rendition follower, TimedSample sample) {
    Long nextNs = startsNs.get(follower.msn() + 1);
    while (nextNs != null && follower.ns(sample.pts()) >= nextNs) {
      endSegment(follower, nextNs);
      nextNs = startsNs.get(follower.msn() + 1);
    }
    follower.add(sample);
    settle(follower);
  }

  /** Ends the segments of a rendition that has come to where they end. */
  private void settle(Rendition follower) {
    Long nextNs = startsNs.get(follower.msn() + 1);
    if (nextNs == null) {
      return;
    }
    long next = ceilingTicks(follower, nextNs);
    if (follower.predictedEnd() < next) {
      return;
    }
    List<TimedSample> rest = follower.takeOpenFrom(next);
    endSegment(follower, nextNs);
    for (TimedSample sample : rest) {
      addFollowing(follower, sample);
    }
    if (rest.isEmpty()) {
      settle(follower);
    }
  }

  /** Ends a segment; one without any part gets a gap, for numbers stay in step. */
  private void endSegment(Rendition rendition, long endNs) {
    if (!rendition.hasContent()) {
      rendition.gapTo(Math.max(ceilingTicks(rendition, endNs), rendition.predictedEnd() + 1));
    }
    rendition.endSegment();
  }

  private long startOf(long msn) {
    Long startNs = startsNs.get(msn);
    if (startNs == null) {
      throw new IllegalStateException("segment " + msn + " has no start");
    }
    return startNs;
  }

  private static long ceilingTicks(Rendition rendition, long ns) {
    long ticks = Ticks.floorOfNs(ns, rendition.track().timescale());
    return rendition.ns(ticks) < ns ? ticks + 1 : ticks;
  }

  // Stretches without samples.

  /** Fills what waits too long for samples with gaps, so that all renditions advance together. */
  private void advanceTogether() {
    long reachedNs = waitingToLead.isEmpty() ? 0 : waitingToLead.getLast().dtsNs();
    for (Rendition rendition : renditions.values()) {
      reachedNs = Math.max(reachedNs, rendition.reachedNs());
    }
    for (Rendition rendition : List.copyOf(renditions.values())) {
      long allowedNs = rendition.isStalled() ? 2 * partTargetNs : limits.maxTrackLag().toNanos();
      if (reachedNs - rendition.reachedNs() > allowedNs) {
        rendition.stall();
        long untilNs = reachedNs - partTargetNs;
        if (rendition != leader) {
          untilNs = Math.min(untilNs, leader().endNs());
        }
        long until = Ticks.floorOfNs(untilNs, rendition.track().timescale());
        if (until > rendition.predictedEnd()) {
          fill(rendition, until);
          serveWaiting();
        }
      }
    }
  }

  /** Publishes gaps up to {@code until}, and the ends of segments on the way. */
  private void fill(Rendition rendition, long until) {
    boolean leads = rendition == leader;
    long goal = Ticks.ofNs(goalNs, rendition.track().timescale());
    while (true) {
      Long nextNs = startsNs.get(rendition.msn() + 1);
      long border = Long.MAX_VALUE;
      if (leads) {
        border = Math.max(rendition.segmentStart() + goal, rendition.predictedEnd());
      } else if (nextNs != null) {
        border = Math.max(ceilingTicks(rendition, nextNs), rendition.predictedEnd());
      }
      if (border > until) {
        rendition.gapTo(until);
        return;
      }
      rendition.gapTo(border);
      if (leads) {
        fixTarget(0);
        cut(rendition.endNs() + reorderNs);
      } else {
        endSegment(rendition, rendition.endNs());
      }
    }
  }
}
