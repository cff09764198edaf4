package io.millrace.packager.segmenter;

import io.millrace.media.MalformedMediaException;
import io.millrace.media.channel.TimelineSettings;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.track.Track;
import io.millrace.media.track.VideoConfiguration;
import io.millrace.packager.ResumePoint;
import io.millrace.packager.state.StateReader;
import io.millrace.packager.state.StateWriter;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Holds a timeline's renditions, describes those that come and those that change, and fixes their
 * PART-TARGETs.
 */
final class Renditions {
  private final TimelineSettings settings;
  private final Publisher publisher;

  /** Sorted: the order in which renditions are served is part of the output. */
  private final Map<Integer, Rendition> byTrack = new TreeMap<>();

  /** Whether playlists may be out, and what they say: PART-TARGET stays what it is. */
  private boolean partTargetsFixed;

  /** Of the renditions that have one of their own, by their ids. */
  private final Map<Integer, Long> partTargetsNs = new TreeMap<>();

  /** End of what another published before. */
  private long resumedAtNs;

  Renditions(TimelineSettings settings, Publisher publisher) {
    this.settings = settings;
    this.publisher = publisher;
  }

  Collection<Rendition> all() {
    return byTrack.values();
  }

  @Nullable Rendition of(PlacedSample sample) {
    return byTrack.get(sample.track().id());
  }

  /**
   * A track's rendition, from segment {@code msn} on that is not decoded before {@code startNs}.
   */
  Rendition create(Track track, long startNs, long msn) {
    Rendition rendition = newRendition(track);
    rendition.restart(startNs, msn);
    byTrack.put(track.id(), rendition);
    publisher.describe(rendition.track(), msn);
    if (partTargetsFixed) {
      fixPartTarget(rendition);
    }
    return rendition;
  }

  private Rendition newRendition(Track source) {
    long partTargetNs = partTargetsNs.getOrDefault(source.id(), settings.partTarget().toNanos());
    return new Rendition(source, partTargetNs, publisher);
  }

  /**
   * Gives pictures whose number fills no part a PART-TARGET of their own. Called before the target
   * duration is fixed; renditions that come later get theirs then, as far as their rate is known.
   */
  void fixPartTargets() {
    partTargetsFixed = true;
    all().forEach(this::fixPartTarget);
  }

  private void fixPartTarget(Rendition rendition) {
    int id = rendition.track().id();
    if (partTargetsNs.containsKey(id)
        || !(rendition.track().codec() instanceof VideoConfiguration video)) {
      return;
    }
    long ownNs = settings.partTarget(video.frameRate()).toNanos();
    // Frames that came when they liked may have made longer parts.
    if (ownNs < settings.partTarget().toNanos() && rendition.limitParts(ownNs)) {
      partTargetsNs.put(id, ownNs);
      publisher.record(new IndexRecord.PartTargetFixed(id, ownNs));
    }
  }

  /** Of the renditions that have a PART-TARGET of their own, by their ids. */
  Map<Integer, Long> partTargetsNs() {
    return partTargetsNs;
  }

  static boolean hasConfigurationOf(Rendition rendition, PlacedSample sample) {
    return rendition.source().codec().equals(sample.track().codec());
  }

  /** Gives the rendition the sample's configuration from its segment on. */
  void configure(Rendition rendition, PlacedSample sample) {
    rendition.configure(sample.track());
    publisher.describe(rendition.track(), rendition.msn());
  }

  /** End of everything that was published, media time. */
  long endNs() {
    long end = resumedAtNs;
    for (Rendition rendition : all()) {
      end = Math.max(end, rendition.endNs());
    }
    return end;
  }

  /** How far the track has come that has come the furthest, samples that wait included. */
  long reachedNs() {
    long reached = 0;
    for (Rendition rendition : all()) {
      reached = Math.max(reached, rendition.reachedNs());
    }
    return reached;
  }

  /** How long a frame lasts at most, of all renditions but one. */
  long longestFrameNs(Rendition but) {
    long longest = 0;
    for (Rendition rendition : all()) {
      if (rendition != but) {
        longest = Math.max(longest, rendition.ns(rendition.longestFrame()));
      }
    }
    return longest;
  }

  /** Whether any rendition has something of a segment. */
  boolean haveContentOf(long msn) {
    return all().stream().anyMatch(each -> each.msn() == msn && each.hasContent());
  }

  /** The segment of the rendition that is the furthest behind. */
  long leastMsn() {
    long least = Long.MAX_VALUE;
    for (Rendition rendition : all()) {
      least = Math.min(least, rendition.msn());
    }
    return least;
  }

  void save(StateWriter out) {
    out.flag(partTargetsFixed).numbers(partTargetsNs);
    out.number(resumedAtNs).number(byTrack.size());
    for (Rendition rendition : all()) {
      out.track(rendition.source());
      rendition.save(out);
    }
  }

  void restore(StateReader in) {
    partTargetsFixed = in.flag();
    partTargetsNs.putAll(in.numbers());
    resumedAtNs = in.number();
    int count = in.count();
    for (int i = 0; i < count; i++) {
      Track source = in.track();
      Rendition rendition = newRendition(source);
      rendition.restore(in);
      byTrack.put(source.id(), rendition);
    }
  }

  /** Another has published up to there. */
  void resume(ResumePoint point) {
    resumedAtNs = point.endNs();
    partTargetsFixed = point.targetSeconds() > 0;
    partTargetsNs.putAll(point.partTargetsNs());
  }

  /** The rendition of a track's id. */
  Rendition withId(int id) {
    Rendition rendition = byTrack.get(id);
    if (rendition == null) {
      throw MalformedMediaException.of("rendition", id, "one of " + byTrack.keySet());
    }
    return rendition;
  }

  /** The segment of the rendition that is the furthest ahead. */
  long mostMsn() {
    long most = 0;
    for (Rendition rendition : all()) {
      most = Math.max(most, rendition.msn());
    }
    return most;
  }
}
