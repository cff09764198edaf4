package io.millrace.packager;

import io.millrace.media.channel.TimelineId;
import io.millrace.media.channel.TimelineSettings;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.input.InputRecord;
import io.millrace.media.track.Sample;
import io.millrace.media.track.SampleDependency;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import io.millrace.media.track.VideoConfiguration;
import io.millrace.packager.segmenter.PlacedSample;
import io.millrace.packager.segmenter.Segmenter;
import io.millrace.packager.state.StateReader;
import io.millrace.packager.state.StateWriter;
import io.millrace.packager.timeline.Irregularity;
import io.millrace.packager.timeline.SourceClock;
import io.millrace.packager.timeline.SourceTime;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Packages one timeline: brings its publishers' sessions onto one media clock, and their samples to
 * the segmenter.
 */
final class BroadcastPackager {
  /** Where a timeline's clock begins: far enough above 0 for any dts before the first pts. */
  private static final long FIRST_MEDIA_NS = 10_000_000_000L;

  private static final long MILLISECOND_NS = 1_000_000L;

  /** From the beginning of one stretch to that of the next, at least: each is a discontinuity. */
  private static final long LEAST_STRETCH_NS = 250 * MILLISECOND_NS;

  private final TimelineId timeline;
  private final TimelineSettings settings;
  private final PackagerLimits limits;
  private final PackagerSink sink;
  private final Segmenter segmenter;
  private boolean everBegun;
  private long begunArrivalNs;
  private final Set<TrackKind> everSeen = EnumSet.noneOf(TrackKind.class);

  /** Per publisher's session. */
  private SourceClock clock;

  private final Map<Integer, Track> tracks = new HashMap<>();

  /** Per stretch. */
  private int epoch;

  private StartBuffer start = new StartBuffer();
  private long offsetNs;

  /**
   * By how much the pictures of a track are decoded later than their publisher says: its first
   * keyframe when it is shown. So a segment's decode time is its presentation time, as its date and
   * its place in a manifest are, and pictures that are shown before it is their turn to be decoded
   * have offsets below 0 (ISO 23000-19 7.5.13).
   */
  private final Map<Integer, Long> decodeDelaysNs = new HashMap<>();

  /** Keyframes of each track of video. */
  private final Map<Integer, Integer> keyframes = new HashMap<>();

  BroadcastPackager(InputRecord.BroadcastOpened opened, PackagerLimits limits, PackagerSink sink) {
    this(opened.timeline(), opened.settings(), limits, sink);
    sink.record(
        new IndexRecord.TimelineOpened(
            opened.broadcast(), timeline, opened.settings(), opened.utcNs()));
  }

  private BroadcastPackager(
      TimelineId timeline, TimelineSettings settings, PackagerLimits limits, PackagerSink sink) {
    this.timeline = timeline;
    this.settings = settings;
    this.limits = limits;
    this.sink = sink;
    this.segmenter = new Segmenter(timeline, settings, limits, sink);
    this.clock = new SourceClock(sink::irregularity);
  }

  TimelineId timeline() {
    return timeline;
  }

  void sourceStarted() {
    endStretch();
    clock = new SourceClock(sink::irregularity);
    tracks.clear();
  }

  /** Publishes what is there; the next sample that decoding can start at begins a new stretch. */
  void endStretch() {
    segmenter.closeOpen();
    dropWaiting();
    keyframes.clear();
    decodeDelaysNs.clear();
  }

  void announce(Track track) {
    tracks.put(track.id(), track);
    startIfDecided();
  }

  void mark(IndexRecord.DateRange range) {
    segmenter.mark(range);
  }

  void tick(long utcNs) {
    if (!segmenter.isOpen()) {
      start.tick(utcNs);
      startIfDecided();
    }
  }

  private void dropWaiting() {
    if (!start.samples().isEmpty()) {
      sink.irregularity(Irregularity.BEFORE_START, start.samples().size());
    }
    start = new StartBuffer();
  }

  void close(long utcNs) {
    segmenter.closeOpen();
    dropWaiting();
    sink.record(new IndexRecord.BroadcastEnded(utcNs));
  }

  void accept(Sample sample) {
    Track track = tracks.get(sample.trackId());
    if (track == null) {
      sink.irregularity(Irregularity.UNKNOWN_TRACK, 1);
      return;
    }
    Optional<SourceTime> placed = clock.place(sample, track.timescale());
    if (placed.isEmpty()) {
      return;
    }
    SourceTime time = placed.get();
    if (time.epoch() != epoch) {
      epoch = time.epoch();
      endStretch();
    }
    PlacedSample there =
        new PlacedSample(sample, track, time.dtsNs(), time.ptsNs(), dependency(sample, track));
    if (segmenter.isOpen()) {
      forward(there);
    } else if (start.add(there, limits.maxWaitingBytes())) {
      startIfDecided();
    } else {
      sink.irregularity(Irregularity.BEFORE_START, 1);
      startIfDecided();
    }
  }

  private SampleDependency dependency(Sample sample, Track track) {
    if (!(track.codec() instanceof VideoConfiguration video)) {
      return SampleDependency.SYNC;
    }
    SampleDependency dependency = video.dependency(sample.data());
    if ((dependency == SampleDependency.SYNC) != sample.keyframe()) {
      sink.irregularity(Irregularity.KEYFRAME_MARK, 1);
    }
    return dependency;
  }

  private void startIfDecided() {
    if (segmenter.isOpen()) {
      return;
    }
    long sinceNs = start.lastUtcNs() - begunArrivalNs;
    if (everBegun && sinceNs >= 0 && sinceNs < LEAST_STRETCH_NS) {
      return; // what waits is there when the next sample comes, or the next tick
    }
    Set<TrackKind> announced = EnumSet.noneOf(TrackKind.class);
    for (Track track : tracks.values()) {
      announced.add(track.kind());
    }
    // Who comes back has what it had: nothing to wait for if the timeline never had more.
    boolean moreMayCome = !everBegun || !announced.containsAll(everSeen);
    start
        .leader(
            announced.contains(TrackKind.VIDEO), announced.contains(TrackKind.AUDIO), moreMayCome)
        .ifPresent(this::begin);
  }

  private void begin(PlacedSample leader) {
    long mediaNs = FIRST_MEDIA_NS;
    long delayNs = decodeDelayNs(leader);
    if (everBegun) {
      mediaNs = segmenter.endNs();
      if (segmenter.isAnchored()) {
        long byArrivalNs = leader.sample().arrivalNs() - segmenter.utcOffsetNs();
        mediaNs = Math.max(mediaNs, byArrivalNs - (leader.ptsNs() - leader.dtsNs() - delayNs));
      }
    }
    everBegun = true;
    begunArrivalNs = start.lastUtcNs();
    // Whole milliseconds, so that a publisher's milliseconds stay exact in every timescale.
    offsetNs = Math.ceilDiv(mediaNs, MILLISECOND_NS) * MILLISECOND_NS - leader.dtsNs() - delayNs;
    StartBuffer held = start;
    start = new StartBuffer();
    segmenter.begin(inMediaTime(leader));
    for (PlacedSample sample : held.samples()) {
      forward(sample);
    }
  }

  private void forward(PlacedSample sample) {
    if (isUndecodable(sample)) {
      sink.irregularity(Irregularity.BEFORE_START, 1);
      return;
    }
    everSeen.add(sample.track().kind());
    segmenter.accept(inMediaTime(sample));
  }

  /**
   * Whether the picture refers to what came before the keyframe that its stretch begins with (H.265
   * 8.1.3, NoRaslOutputFlag).
   */
  private boolean isUndecodable(PlacedSample sample) {
    if (sample.track().kind() != TrackKind.VIDEO) {
      return false;
    }
    if (sample.dependency() == SampleDependency.SKIPPED_LEADING) {
      return keyframes.getOrDefault(sample.track().id(), 0) <= 1;
    }
    if (sample.keyframe()) {
      keyframes.merge(sample.track().id(), 1, Integer::sum);
    }
    return false;
  }

  private long decodeDelayNs(PlacedSample sample) {
    if (sample.track().kind() != TrackKind.VIDEO) {
      return 0;
    }
    int track = sample.track().id();
    if (sample.keyframe()) {
      decodeDelaysNs.putIfAbsent(track, Math.max(0, sample.ptsNs() - sample.dtsNs()));
    }
    return decodeDelaysNs.getOrDefault(track, 0L);
  }

  private PlacedSample inMediaTime(PlacedSample sample) {
    return new PlacedSample(
        sample.sample(),
        sample.track(),
        sample.dtsNs() + offsetNs + decodeDelayNs(sample),
        sample.ptsNs() + offsetNs,
        sample.dependency());
  }

  void save(StateWriter out) {
    out.timeline(timeline).settings(settings).flag(everBegun).number(epoch).number(offsetNs);
    out.number(begunArrivalNs);
    out.number(everSeen.size());
    everSeen.forEach(kind -> out.text(kind.name()));
    out.number(tracks.size());
    tracks.values().forEach(out::track);
    out.number(keyframes.size());
    keyframes.forEach((track, count) -> out.number(track).number(count));
    out.number(decodeDelaysNs.size());
    decodeDelaysNs.forEach((track, delayNs) -> out.number(track).number(delayNs));
    clock.save(out);
    start.save(out);
    segmenter.save(out);
  }

  static BroadcastPackager restore(StateReader in, PackagerLimits limits, PackagerSink sink) {
    var restored = new BroadcastPackager(in.timeline(), in.settings(), limits, sink);
    restored.everBegun = in.flag();
    restored.epoch = in.integer();
    restored.offsetNs = in.number();
    restored.begunArrivalNs = in.number();
    int kinds = in.count();
    for (int i = 0; i < kinds; i++) {
      restored.everSeen.add(TrackKind.valueOf(in.text()));
    }
    int announced = in.count();
    for (int i = 0; i < announced; i++) {
      Track track = in.track();
      restored.tracks.put(track.id(), track);
    }
    int counted = in.count();
    for (int i = 0; i < counted; i++) {
      restored.keyframes.put(in.integer(), in.integer());
    }
    int delayed = in.count();
    for (int i = 0; i < delayed; i++) {
      restored.decodeDelaysNs.put(in.integer(), in.number());
    }
    restored.clock.restore(in);
    restored.start.restore(in);
    restored.segmenter.restore(in);
    return restored;
  }

  ResumePoint resumePoint() {
    return segmenter.resumePoint(timeline);
  }

  /** Goes on where another came to, with a discontinuity: nothing came yet. */
  void resume(ResumePoint point) {
    everBegun = true;
    segmenter.resume(point);
  }
}
