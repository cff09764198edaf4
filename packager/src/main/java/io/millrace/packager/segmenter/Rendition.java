package io.millrace.packager.segmenter;

import io.millrace.media.Bytes;
import io.millrace.media.cmaf.Chunk;
import io.millrace.media.cmaf.ChunkSample;
import io.millrace.media.cmaf.ChunkWriter;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.track.AudioConfiguration;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import io.millrace.media.track.VideoConfiguration;
import io.millrace.packager.state.StateReader;
import io.millrace.packager.state.StateWriter;
import io.millrace.packager.timeline.AudioClock;
import io.millrace.packager.timeline.Irregularity;
import io.millrace.packager.timeline.Ticks;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Makes the parts of one rendition: it decides where the open part ends, and has the place that it
 * has come to.
 *
 * <p>Decoding times of a stretch join exactly: a part begins where the part or the gap before it
 * was said to end, and composition offsets take up the difference to the publisher's dts. Where
 * pictures are missing, the last before them lasts longer if its part is not published yet, else
 * the next is decoded earlier, by up to PART-TARGET; what is more is a gap. A browser, which waits
 * for a keyframe where dts jump, goes on over such a loss.
 *
 * <p>No part is longer than PART-TARGET, nor said to be (RFC 8216bis 4.4.4.9), though a frame may
 * be: less than five pictures a second, long blocks of FLAC. PART-TARGET is in playlists before
 * such a frame comes, so it cannot follow. What sound lasts beyond it is a gap, right behind; by as
 * much the next picture is decoded earlier, until that is more than it can take up.
 */
final class Rendition {
  static final int VIDEO_TIMESCALE = 90_000;

  /** Far above any stream's part; what samples of a moment make beyond it is a part of its own. */
  private static final int MOST_PART_BYTES = 16 << 20;

  private final int id;
  private final long partTargetNs;
  private final Publisher publisher;
  private final SampleQueue waiting = new SampleQueue();
  private final OpenPart open = new OpenPart();

  /** Per configuration. */
  private Track source;

  private Track track;
  private SampleTimes times;
  private long partTarget;

  /** Per timeline. */
  private long sequence = 1;

  private long msn;
  private int partCount;
  private long segmentStart;
  private long end;
  private boolean fresh = true;

  /** Neither a sample nor a gap since the last restart. */
  private boolean untouched = true;

  private boolean afterGap;
  private boolean stalled;

  Rendition(Track source, long partTargetNs, Publisher publisher) {
    this.id = source.id();
    this.partTargetNs = partTargetNs;
    this.publisher = publisher;
    configure(source);
  }

  /** Takes another configuration; the open part must be closed. */
  void configure(Track newSource) {
    long endNs = track == null ? 0 : endNs();
    source = newSource;
    int timescale =
        switch (newSource.codec()) {
          case VideoConfiguration _ -> VIDEO_TIMESCALE;
          case AudioConfiguration audio -> audio.sampleRate();
        };
    track = newSource.withTimescale(timescale);
    times = new SampleTimes(newSource.codec(), timescale, newSource.timescale(), publisher);
    partTarget = Math.max(1, Ticks.floorOfNs(partTargetNs, timescale));
    end = Ticks.ofNs(endNs, timescale);
    segmentStart = end;
  }

  /** The next samples have nothing to do with those before: no frame's length spans the two. */
  void restart(long atLeastNs, long atMsn) {
    fresh = true;
    untouched = true;
    times.restart();
    end = Math.max(end, Ticks.ofNs(atLeastNs, track.timescale()));
    segmentStart = end;
    msn = atMsn;
    partCount = 0;
  }

  /** Whether no sample came since the last restart. */
  boolean isFresh() {
    return fresh;
  }

  /** Whether the track was so far behind that gaps are published for it, until it comes back. */
  boolean isStalled() {
    return stalled;
  }

  void stall() {
    if (!stalled) {
      publisher.count(Irregularity.SILENT_TRACK);
    }
    stalled = true;
  }

  /** Whether the sample's time was published as a gap. */
  boolean isLate(TimedSample sample) {
    return isLate(sample.dts());
  }

  /** The same for a sample of a configuration that the rendition does not have yet. */
  boolean isLate(PlacedSample sample) {
    return isLate(Ticks.ofNs(sample.dtsNs(), track.timescale()));
  }

  private boolean isLate(long dts) {
    return afterGap && open.isEmpty() && dts < end - frame() / 2;
  }

  Track track() {
    return track;
  }

  Track source() {
    return source;
  }

  boolean isVideo() {
    return track.kind() == TrackKind.VIDEO;
  }

  long msn() {
    return msn;
  }

  long ns(long ticks) {
    return Ticks.toNs(ticks, track.timescale());
  }

  /** The first tick not before an instant. */
  long ceilingTicks(long ns) {
    long ticks = Ticks.floorOfNs(ns, track.timescale());
    return ns(ticks) < ns ? ticks + 1 : ticks;
  }

  /** End of what is in parts, the open one included with its last frame's predicted length. */
  long predictedEnd() {
    if (open.isEmpty()) {
      return end;
    }
    TimedSample last = open.last();
    long predicted = Math.max(last.dts() + times.predicted(last), open.lastDts() + 1);
    return isVideo() ? Math.min(predicted, longestEnd()) : predicted;
  }

  /** Where the open part ends at the latest. */
  private long longestEnd() {
    return open.firstDts() + partTarget;
  }

  long endNs() {
    return ns(predictedEnd());
  }

  long segmentStart() {
    return segmentStart;
  }

  long segmentLengthNs(long until) {
    return ns(until - segmentStart);
  }

  boolean hasContent() {
    return partCount > 0 || !open.isEmpty();
  }

  long frame() {
    return times.frame();
  }

  long partTarget() {
    return partTarget;
  }

  /** Gives the sample its times in ticks; empty where it must be dropped. */
  Optional<TimedSample> time(PlacedSample placed) {
    return times.time(placed, waiting);
  }

  /**
   * Whether the first of what waits is sound that seems far from its place, and those that follow
   * can still tell whether it is: they are not waited for longer than a part.
   *
   * @param reachedNs where the rendition that leads has come to
   */
  boolean isInDoubt(long reachedNs) {
    if (isVideo() || waiting.isEmpty() || waiting.count() > AudioClock.CONFIRMING) {
      return false;
    }
    long firstNs = waiting.first().dtsNs();
    long knownNs = Math.max(waiting.last().dtsNs(), reachedNs);
    return knownNs - firstNs < partTargetNs && times.doubts(firstNs);
  }

  /**
   * Whether so much is missing before the sample that it has to be told as a gap: before the first
   * picture of a stretch all that is, where there are gaps already; before others more than they
   * can take up; of sound more than what its clock moves it by.
   */
  boolean isHoleBefore(TimedSample sample) {
    long least = partTarget;
    if (!untouched) {
      least = isVideo() ? mostTakenUp() : Math.min(partTarget, times.stepTicks());
    }
    return sample.dts() - predictedEnd() > least;
  }

  /**
   * By how much a picture is decoded earlier than its publisher says. Where pictures last longer
   * than PART-TARGET the next must be able to take up what this one does and what it lasts beyond;
   * so a gap is no longer than the picture before it, and browsers bridge what is not.
   */
  private long mostTakenUp() {
    if (fresh) {
      return 0;
    }
    return Math.max(0, partTarget - Math.max(0, frame() - partTarget));
  }

  /** Puts the sample into the open part; closes the part before it where it does not fit. */
  void add(TimedSample sample) {
    if (!open.isEmpty() && !fits(sample)) {
      closeBefore(sample, /* last= */ false);
    }
    long dts = open.isEmpty() ? firstDts(sample) : Math.max(sample.dts(), open.lastDts() + 1);
    fresh = false;
    untouched = false;
    stalled = false;
    afterGap = false;
    open.add(isVideo() ? sample : sample.presentedAt(dts), dts);
  }

  /**
   * Closes the open part where no other sample would fit.
   *
   * @param last whether no more parts of the segment are expected
   */
  void closeFull(boolean last) {
    if (!open.isEmpty() && predictedEnd() + frame() - open.firstDts() > partTarget) {
      closeOpen(last);
    }
  }

  private boolean fits(TimedSample sample) {
    if (open.bytes() + sample.data().length() > MOST_PART_BYTES) {
      return false;
    }
    // Samples whose time is over already are a tick apart, and even of those a part has no end.
    return Math.max(sample.dts() + times.predicted(sample), open.lastDts() + 2) <= longestEnd();
  }

  /** Where the first sample of a part is decoded: only a stretch begins where that is. */
  private long firstDts(TimedSample sample) {
    if (untouched) {
      end = Math.max(end, sample.dts());
      segmentStart = end;
    }
    return end;
  }

  /**
   * Closes the open part, if there is one; its last frame's length is predicted.
   *
   * @param last whether no more parts of the segment are expected
   */
  void closeOpen(boolean last) {
    if (!open.isEmpty()) {
      close(predictedEnd(), last);
    }
  }

  /**
   * Closes the open part, if there is one; its last frame lasts until the next, a picture as long
   * as PART-TARGET allows.
   *
   * @param last whether no more parts of the segment are expected
   */
  void closeBefore(TimedSample next, boolean last) {
    if (open.isEmpty()) {
      return;
    }
    long until =
        isVideo() ? Math.min(next.dts(), longestEnd()) : Math.min(next.dts(), predictedEnd());
    close(Math.max(open.lastDts() + 1, until), last);
  }

  private void close(long until, boolean last) {
    if (times.predicted(open.last()) > partTarget) {
      publisher.count(Irregularity.LONG_FRAME);
    }
    long partEnd = Math.min(until, longestEnd());
    publish(partEnd, last && partEnd == until);
    end = partEnd;
    publishGaps(until);
  }

  private void publish(long until, boolean last) {
    long start = open.firstDts();
    boolean keyframe = open.first().keyframe();
    long firstArrivalNs = open.first().arrivalNs();
    long lastArrivalNs = open.last().arrivalNs();
    // Offsets reach back for hours where a publisher wants it; media time has nothing before 0.
    long presentation = Math.max(0, open.earliestPts());
    List<ChunkSample> samples = open.takeUntil(until);
    Bytes chunk =
        ChunkWriter.write(
            new Chunk(sequence++, id, start, partCount == 0, firstArrivalNs, samples));
    publisher.part(
        id,
        new FinishedPart(
            msn,
            partCount++,
            start,
            until - start,
            keyframe,
            chunk,
            lastArrivalNs,
            keyframe && isVideo() ? endOfFirst(chunk, samples) : 0,
            presentation,
            last));
  }

  /** Where the first sample of a chunk ends: samples are the last that there is in it. */
  private static int endOfFirst(Bytes chunk, List<ChunkSample> samples) {
    int others = 0;
    for (ChunkSample sample : samples.subList(1, samples.size())) {
      others += sample.data().length();
    }
    return chunk.length() - others;
  }

  /** Publishes gaps up to {@code until}, none longer than PART-TARGET, but for what is bridged. */
  void gapTo(long until) {
    if (bridges(until)) {
      return;
    }
    closeOpen(/* last= */ false);
    publishGaps(until);
  }

  private void publishGaps(long until) {
    while (end < until) {
      long duration = Math.min(partTarget, until - end);
      publisher.gap(id, msn, partCount++, end, duration);
      end += duration;
      afterGap = true;
      untouched = false;
    }
  }

  /**
   * Lets the last frame of sound last over a short hole, so that decoding times join and a segment
   * lacks nothing; where it was not published yet.
   */
  private boolean bridges(long until) {
    long missing = until - predictedEnd();
    if (isVideo() || open.isEmpty() || missing <= 0 || missing > partTarget / 2) {
      return false;
    }
    long lastDts = open.lastDts();
    if (until - open.firstDts() > partTarget) {
      if (until - lastDts > partTarget || lastDts == open.firstDts()) {
        return false;
      }
      TimedSample frame = open.takeFrom(lastDts).getFirst();
      close(lastDts, /* last= */ false);
      add(frame);
    }
    open.lastsUntil(until);
    return true;
  }

  /** Describes the track anew where its frame rate is not declared and is known better now. */
  void tellFrameRate() {
    OptionalDouble learned = times.learnedFrameRate();
    if (learned.isPresent() && track.codec() instanceof VideoConfiguration video) {
      track = track.withCodec(video.withFrameRate(learned.getAsDouble()));
      publisher.record(new IndexRecord.TrackDescribed(track));
    }
  }

  /** Ends the segment: closes the open part, and says so. */
  void endSegment() {
    closeOpen(/* last= */ true);
    tellFrameRate();
    publisher.record(new IndexRecord.SegmentEnded(id, msn, partCount, end - segmentStart));
    msn++;
    partCount = 0;
    segmentStart = end;
  }

  /**
   * Ends the segment at an instant; one without any part gets a gap up to there, for numbers stay
   * in step.
   */
  void endSegmentAt(long endNs) {
    if (!hasContent()) {
      gapTo(Math.max(ceilingTicks(endNs), predictedEnd() + 1));
    }
    endSegment();
  }

  /** Takes the samples from {@code ticks} on out of the open part, in order. */
  List<TimedSample> takeOpenFrom(long ticks) {
    return open.takeFrom(ticks);
  }

  /** What came before the rendition that leads came so far. */
  SampleQueue waiting() {
    return waiting;
  }

  /** How far the track has come, samples that wait included. */
  long reachedNs() {
    return waiting.isEmpty() ? endNs() : Math.max(endNs(), waiting.last().dtsNs());
  }

  /** Writes what {@link #restore} of a new rendition of the same source needs to go on. */
  void save(StateWriter out) {
    out.track(track).number(sequence).number(msn).number(partCount).number(segmentStart);
    out.number(end).flag(fresh).flag(afterGap).flag(stalled).flag(untouched);
    times.save(out);
    open.save(out);
    waiting.save(out);
  }

  void restore(StateReader in) {
    track = in.track();
    sequence = in.number();
    msn = in.number();
    partCount = in.integer();
    segmentStart = in.number();
    end = in.number();
    fresh = in.flag();
    afterGap = in.flag();
    stalled = in.flag();
    untouched = in.flag();
    times.restore(in);
    open.restore(in);
    waiting.restore(in);
  }
}
