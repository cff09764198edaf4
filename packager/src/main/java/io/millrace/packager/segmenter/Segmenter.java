package io.millrace.packager.segmenter;

import static io.millrace.packager.timeline.Irregularity.BEFORE_START;
import static io.millrace.packager.timeline.Irregularity.LATE;
import static io.millrace.packager.timeline.Irregularity.OVERFLOW;

import io.millrace.media.channel.TimelineId;
import io.millrace.media.channel.TimelineSettings;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.track.TrackKind;
import io.millrace.packager.PackagerLimits;
import io.millrace.packager.PackagerSink;
import io.millrace.packager.ResumePoint;
import io.millrace.packager.state.StateReader;
import io.millrace.packager.state.StateWriter;
import io.millrace.packager.timeline.Ticks;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Cuts one timeline into segments that have the same numbers in all renditions.
 *
 * <p>One rendition leads: the video, or the sound where there is none. It decides where a segment
 * ends; the others end theirs at the first frame not before that instant, and wait for it rather
 * than run ahead. A rendition that falls too far behind gets gaps.
 *
 * <p>A timeline consists of stretches without a discontinuity, from {@link #begin} to {@link
 * #closeOpen}. Here tracks come, change and take the lead; {@link Leader} and {@link Followers} do
 * the rest.
 */
public final class Segmenter {
  private final PackagerLimits limits;
  private final long partTargetNs;
  private final Publisher publisher;
  private final Renditions renditions;
  private final Segments segments;
  private final Followers followers;
  private final Leader leader;

  /** Per stretch. */
  private final Map<Integer, Long> joinAt = new HashMap<>();

  /** Video that comes while the sound leads. */
  private final SampleQueue waitingToLead = new SampleQueue();

  /**
   * Tracks whose new configuration waits for the next stretch: until the next keyframe, and no
   * longer than a segment lasts.
   */
  private final Set<Integer> changed = new HashSet<>();

  public Segmenter(
      TimelineId timeline, TimelineSettings settings, PackagerLimits limits, PackagerSink sink) {
    this.limits = limits;
    this.partTargetNs = settings.partTarget().toNanos();
    this.publisher = new Publisher(timeline, sink);
    this.renditions = new Renditions(settings, publisher);
    this.segments = new Segments(settings.window().toNanos(), publisher);
    this.followers = new Followers(renditions, segments, publisher);
    this.leader = new Leader(settings, publisher, renditions, segments, followers);
  }

  /** End of everything that was published, media time. */
  public long endNs() {
    return renditions.endNs();
  }

  /** Whether {@link #utcOffsetNs} is known. */
  public boolean isAnchored() {
    return publisher.clock().isKnown();
  }

  /** UTC minus media time. */
  public long utcOffsetNs() {
    return publisher.clock().offsetNs();
  }

  /** Publishes a date range, as soon as there is a date. */
  public void mark(IndexRecord.DateRange range) {
    publisher.dateRange(range);
  }

  public boolean isOpen() {
    return leader.isPresent();
  }

  /** Begins a stretch, with a discontinuity if it is not the first; {@code first} leads it. */
  public void begin(PlacedSample first) {
    long msn = segments.nextMsn();
    segments.begin(first.shownFromNs());
    Rendition leading = renditions.of(first);
    publisher.clock().beginAt(msn, first.shownFromNs(), endNs());
    publisher.clock().observe(first.ptsNs(), first.sample().arrivalNs());
    joinAt.clear();
    changed.clear();
    if (first.keyframe()) {
      leader.reorderedBy(first.reorderedByNs());
    }
    for (Rendition rendition : renditions.all()) {
      rendition.restart(leader.decodedFromNs(rendition.track(), first.shownFromNs()), msn);
    }
    if (leading == null) {
      leading = renditions.create(first.track(), first.dtsNs(), msn);
    } else if (!Renditions.hasConfigurationOf(leading, first)) {
      renditions.configure(leading, first);
    }
    leader.lead(leading);
  }

  /** Takes a sample; {@link #begin} came before. */
  public void accept(PlacedSample sample) {
    publisher.clock().observe(sample.ptsNs(), sample.sample().arrivalNs());
    if (sample.track().kind() == TrackKind.VIDEO && !leader.rendition().isVideo()) {
      if (!waitingToLead.offer(sample, limits.maxWaitingBytes())) {
        publisher.count(OVERFLOW);
      }
    } else {
      acceptInItsTrack(sample);
    }
    serveWaiting();
    advanceTogether();
  }

  /** Ends the stretch: all that waits is published, all open parts and segments are closed. */
  public void closeOpen() {
    if (!leader.isPresent()) {
      return;
    }
    drop(waitingToLead);
    close(null);
  }

  /** The sample begins the next stretch on the clock of this one. */
  private void restart(PlacedSample first) {
    close(first);
    for (Rendition rendition : renditions.all()) {
      if (changed.contains(rendition.track().id())) {
        drop(rendition.waiting());
      }
    }
    begin(first);
  }

  private void drop(SampleQueue waiting) {
    if (!waiting.isEmpty()) {
      publisher.count(BEFORE_START, waiting.count());
    }
    waiting.clear();
  }

  private void close(@Nullable PlacedSample next) {
    Rendition leading = leader.rendition();
    followers.serveLast(leader.target().limitNs(), next);
    long last = leading.msn();
    boolean begun = false;
    for (Rendition rendition : renditions.all()) {
      rendition.closeOpen(/* last= */ rendition.msn() == last);
      begun |= rendition.msn() == last && rendition.hasContent();
    }
    long endNs = endNs();
    long lengthNs = begun ? Math.max(1, endNs - leading.ns(leading.segmentStart())) : 0;
    for (Rendition rendition : renditions.all()) {
      followers.endSegments(rendition, last, begun, endNs);
    }
    segments.close(begun ? last + 1 : last);
    leader.close();
    if (begun) {
      segments.ended(lengthNs, renditions.leastMsn());
    }
  }

  private void acceptInItsTrack(PlacedSample sample) {
    Rendition rendition = renditions.of(sample);
    if (rendition == null) {
      rendition = join(sample);
    } else if (!isConfigured(rendition, sample)) {
      rendition = null;
    }
    if (rendition == null) {
      publisher.count(BEFORE_START);
    } else if (rendition == leader.rendition() && rendition.isVideo()) {
      acceptLeading(sample);
    } else if (!rendition.waiting().offer(sample, limits.maxWaitingBytes())) {
      publisher.count(OVERFLOW);
    }
  }

  private void acceptLeading(PlacedSample sample) {
    if (!leader.accept(sample, !changed.isEmpty())) {
      restart(sample);
      leader.accept(sample, /* ends= */ false);
    }
  }

  /**
   * A track's first sample: it joins now where no playlist can be out yet, else a segment later.
   */
  private @Nullable Rendition join(PlacedSample sample) {
    if (!sample.keyframe()) {
      return null;
    }
    long msn = leader.rendition().msn();
    if (leader.target().isFixed()) {
      long next = msn + 1;
      msn = joinAt.computeIfAbsent(sample.track().id(), id -> next);
    }
    Long startNs = segments.findStart(msn);
    return startNs == null || sample.ptsNs() < startNs
        ? null
        : renditions.create(sample.track(), leader.decodedFromNs(sample.track(), startNs), msn);
  }

  /** Whether the rendition has the sample's configuration; a new one begins a new stretch. */
  private boolean isConfigured(Rendition rendition, PlacedSample sample) {
    if (Renditions.hasConfigurationOf(rendition, sample)) {
      changed.remove(sample.track().id());
      return true;
    }
    if (rendition.isFresh() && !rendition.hasContent()) {
      drop(rendition.waiting());
      renditions.configure(rendition, sample);
      return true;
    }
    if (rendition != leader.rendition() && !isLeaderAway(sample.dtsNs())) {
      changed.add(sample.track().id());
      return false;
    }
    if (sample.keyframe() && !rendition.isLate(sample)) {
      restart(sample);
      return true;
    }
    return false;
  }

  /** Whether no sample of the rendition that leads comes that could begin the next stretch. */
  private boolean isLeaderAway(long nowNs) {
    Rendition leading = leader.rendition();
    return leading.isStalled() || nowNs - leading.reachedNs() > limits.maxTrackLag().toNanos();
  }

  /** Serves what waits, up to where the leading rendition has come. */
  private void serveWaiting() {
    serveSound();
    serveWaitingToLead();
    followers.serve(leader.rendition(), leader.gateNs());
  }

  /** Sound that leads waits only where those that follow are needed to tell when it is. */
  private void serveSound() {
    Rendition sound = leader.rendition();
    SampleQueue waiting = sound.waiting();
    while (!sound.isVideo() && !waiting.isEmpty() && !sound.isInDoubt(Long.MIN_VALUE)) {
      acceptLeading(waiting.remove());
    }
  }

  /** Video joins sound, or comes back to it, once the sound has come to its first keyframe. */
  private void serveWaitingToLead() {
    while (!waitingToLead.isEmpty()
        && (leader.rendition().isVideo() || waitingToLead.first().dtsNs() <= leader.gateNs())) {
      PlacedSample sample = waitingToLead.remove();
      if (leader.rendition().isVideo()) {
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
    Rendition sound = leader.rendition();
    Rendition known = renditions.of(first);
    if (known != null && first.dtsNs() < known.endNs() - known.ns(known.frame())) {
      publisher.count(LATE);
      return;
    }
    if (known != null && !Renditions.hasConfigurationOf(known, first)) {
      restart(first);
      acceptLeading(first);
      return;
    }
    long msn = sound.msn();
    long lengthNs = sound.segmentLengthNs(sound.predictedEnd());
    // A segment that nothing is in yet need not end first: it is the picture's.
    boolean begun = renditions.haveContentOf(msn);
    long begins = begun ? msn + 1 : msn;
    segments.beginsAt(begins, first.shownFromNs());
    Rendition video =
        known == null ? renditions.create(first.track(), first.dtsNs(), begins) : known;
    followers.fill(video, Ticks.ofNs(first.dtsNs(), video.track().timescale()));
    while (video.msn() < begins) {
      video.endSegmentAt(Math.min(segments.startOf(video.msn() + 1), first.dtsNs()));
    }
    leader.lead(video);
    followers.settle(sound);
    if (begun) {
      segments.ended(lengthNs, renditions.leastMsn());
    }
    acceptLeading(first);
  }

  /** Fills what waits too long for samples with gaps, so that all renditions advance together. */
  private void advanceTogether() {
    long reachedNs = renditions.reachedNs();
    if (!waitingToLead.isEmpty()) {
      reachedNs = Math.max(reachedNs, waitingToLead.last().dtsNs());
    }
    for (Rendition rendition : List.copyOf(renditions.all())) {
      long allowedNs = rendition.isStalled() ? 2 * partTargetNs : limits.maxTrackLag().toNanos();
      if (reachedNs - rendition.reachedNs() > allowedNs) {
        rendition.stall();
        fill(rendition, reachedNs - partTargetNs);
      }
    }
  }

  private void fill(Rendition rendition, long reachedNs) {
    boolean leads = rendition == leader.rendition();
    long untilNs = leads ? reachedNs : Math.min(reachedNs, leader.rendition().endNs());
    long missing =
        Ticks.floorOfNs(untilNs, rendition.track().timescale()) - rendition.predictedEnd();
    // Whole parts, so that gaps are as long as they may be.
    long until =
        rendition.predictedEnd() + missing - Math.floorMod(missing, rendition.partTarget());
    if (missing < rendition.partTarget()) {
      return;
    }
    if (leads) {
      leader.fill(until);
    } else {
      followers.fill(rendition, until);
    }
    serveWaiting();
  }

  /** Writes what {@link #restore} of a new segmenter of the timeline needs to go on. */
  public void save(StateWriter out) {
    publisher.save(out);
    renditions.save(out);
    segments.save(out);
    leader.save(out);
    waitingToLead.save(out);
    out.number(joinAt.size());
    joinAt.forEach((track, msn) -> out.number(track).number(msn));
    out.number(changed.size());
    changed.forEach(out::number);
  }

  public void restore(StateReader in) {
    publisher.restore(in);
    renditions.restore(in);
    segments.restore(in);
    leader.restore(in);
    waitingToLead.restore(in);
    int joining = in.count();
    for (int i = 0; i < joining; i++) {
      int track = in.integer();
      joinAt.put(track, in.number());
    }
    int changing = in.count();
    for (int i = 0; i < changing; i++) {
      changed.add(in.integer());
    }
  }

  /** What another segmenter has to know to go on with the timeline after all that this one did. */
  public ResumePoint resumePoint(TimelineId timeline) {
    return new ResumePoint(
        timeline,
        Math.max(segments.nextMsn(), renditions.mostMsn() + 1),
        endNs(),
        publisher.clock().isKnown(),
        publisher.clock().offsetNs(),
        leader.target().seconds(),
        segments.discontinuities(),
        renditions.partTargetsNs());
  }

  /** Goes on where another segmenter of the timeline came to; the first stretch is yet to begin. */
  public void resume(ResumePoint point) {
    publisher.clock().resume(point);
    renditions.resume(point);
    leader.resume(point.targetSeconds());
    segments.resume(point);
  }
}
