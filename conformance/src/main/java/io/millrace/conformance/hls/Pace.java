package io.millrace.conformance.hls;

import io.millrace.conformance.CheckOptions;
import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.hls.MediaPlaylist.Segment;
import io.millrace.conformance.http.Answer;
import io.millrace.conformance.http.Fetcher;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Judges whether parts and segments are added in time (RFC 8216bis 6.2.1), and whose pause it was
 * where one is not. Confined to the rendition's follower.
 *
 * <p>A late part's allowance begins when its media reached the server, by its {@code prft}: that is
 * when the first sample came. When the last one came, no box tells; it was not after the first of
 * the part behind. So a late addition is decided when that has been read, or never will be.
 *
 * <p>A {@code prft} is of the server's clock. It is brought to this one by the parts that were
 * added in time, alone: their media was whole when they came. Neither clock has to be right for
 * that.
 */
final class Pace {
  /** A server answers a reload that it held later than this; a sooner answer was ready. */
  private static final long HELD_NS = 3_000_000;

  /** Of what is not decided yet, and of silences, no more is remembered. */
  private static final int MAX_KEPT = 64;

  private static final long NO_TIME = MediaPlaylist.NO_TIME;

  /** When the first sample of a part reached the server, on its clock, and how long the part is. */
  record Media(long utcNs, long durationNs) {}

  private record Place(long msn, int part) {
    static final Place NONE = new Place(-1, -1);

    boolean isNextAfter(Place other) {
      return msn == other.msn ? part == other.part + 1 : msn == other.msn + 1 && part == 0;
    }

    boolean isBefore(Place other) {
      return msn < other.msn || (msn == other.msn && part < other.part);
    }
  }

  /**
   * When new parts were seen first, and those before them.
   *
   * @param held whether the server was waited for
   * @param fresh whether they were seen as soon as they were added
   */
  private record Addition(
      Place first,
      int parts,
      boolean held,
      boolean fresh,
      long beforeNs,
      long addedNs,
      long partTargetNs,
      long jitterNs,
      long stalledNs) {
    long gapNs() {
      return addedNs - beforeNs;
    }

    boolean isLate() {
      return gapNs() > partTargetNs + jitterNs;
    }

    /** Whether nobody can say who was late: the server, its source or this machine. */
    boolean isDoubtful() {
      return !isLate() && gapNs() > partTargetNs + jitterNs - stalledNs;
    }
  }

  private sealed interface Undecided {}

  /**
   * A part that came late, or was seen late.
   *
   * @param cameNs when its first sample was there; {@link #NO_TIME} where that is not known
   */
  private record LatePart(Addition addition, long cameNs, String where) implements Undecided {}

  /** A segment that may have been late, after the one at {@code beforeNs}. */
  private record NewSegment(long beforeNs, long addedNs, long allowedNs, String where)
      implements Undecided {}

  /** How long a late part's media was not there, of one that was added then. */
  private record Silence(long addedNs, long lengthNs) {}

  private final CheckOptions options;
  private final Fetcher fetcher;
  private final Findings findings;
  private final Deque<Undecided> undecided = new ArrayDeque<>();
  private final Deque<Silence> silences = new ArrayDeque<>();

  /** How far the server's clock is before that of the fetcher; {@link #NO_TIME} at first. */
  private long aheadNs = NO_TIME;

  /** When the newest version was seen, the newest parts and the newest whole segment. */
  private long newestNs;

  private long additionNs;
  private long segmentNs;

  /** What the newest version added, where that is a part that came alone and at its time. */
  private Optional<Addition> inTime = Optional.empty();

  private Place read = Place.NONE;

  /** When the part that was read last came; {@link #NO_TIME} where that is not known. */
  private long lastUtcNs = NO_TIME;

  Pace(CheckOptions options, Fetcher fetcher, Findings findings) {
    this.options = options;
    this.fetcher = fetcher;
    this.findings = findings;
  }

  /** Whether the server has waited with that answer until there was something new. */
  static boolean isHeld(Answer answer, boolean blocking) {
    return blocking && answer.headNs() - answer.sentNs() > HELD_NS;
  }

  /** Takes the version that is met first. */
  void first(Answer answer) {
    newestNs = answer.headNs();
    additionNs = newestNs;
    segmentNs = newestNs;
  }

  /** Takes a later version; what it adds is seen in time only where the server was waited for. */
  void version(MediaPlaylist before, MediaPlaylist now, Answer answer, boolean blocking) {
    long sinceNs = answer.sentNs() - newestNs;
    newestNs = answer.headNs();
    long stalledNs = fetcher.stalledNs(additionNs, newestNs);
    long jitterNs =
        options.jitter().toNanos()
            + (now.canBlock() ? 0 : RenditionFollower.pollEvery(now).toNanos())
            + stalledNs;
    boolean held = isHeld(answer, blocking);
    boolean fresh = (held || sinceNs < jitterNs) && !now.ended();
    String where = answer.uri().toString();
    boolean newSegment = now.lastMsn() > before.lastMsn();
    inTime = Optional.empty();
    boolean isNew = newSegment || now.nextPart() > before.nextPart();
    if (isNew && now.hasParts() && now.partTargetNs() > 0) {
      parts(addition(before, now, held, fresh, jitterNs, stalledNs), where);
    }
    if (newSegment) {
      if (fresh) {
        long allowedNs =
            now.targetDurationNs() * 3 / 2 + jitterNs + fetcher.stalledNs(segmentNs, additionNs);
        keep(new NewSegment(segmentNs, newestNs, allowedNs, where));
      }
      segmentNs = newestNs;
    }
    additionNs = isNew ? newestNs : additionNs;
  }

  private Addition addition(
      MediaPlaylist before,
      MediaPlaylist now,
      boolean held,
      boolean fresh,
      long jitterNs,
      long stalledNs) {
    Place first = Place.NONE;
    int parts = 0;
    for (Segment segment : now.segments()) {
      if (segment.msn() < before.nextPartMsn()) {
        continue;
      }
      int from = segment.msn() == before.nextPartMsn() ? (int) before.nextPart() : 0;
      int added = Math.max(0, segment.parts().size() - from);
      first = parts == 0 && added > 0 ? new Place(segment.msn(), from) : first;
      parts += added;
    }
    return new Addition(
        first, parts, held, fresh, additionNs, newestNs, now.partTargetNs(), jitterNs, stalledNs);
  }

  private void parts(Addition addition, String where) {
    LatePart late = new LatePart(addition, NO_TIME, where);
    if (addition.isLate() && addition.parts() > 0) {
      keep(late);
    } else if (addition.isLate()) {
      decide(late, NO_TIME);
    } else if (addition.fresh() && !addition.isDoubtful()) {
      findings.check(Rule.HLS_PART_PACE, true, where, "", "");
      if (aheadNs != NO_TIME) {
        findings.check(Rule.HLS_SOURCE_PACE, true, where, "", "");
      }
      boolean usual =
          addition.held()
              && addition.parts() == 1
              && addition.gapNs() >= addition.partTargetNs() / 2
              && addition.gapNs() <= addition.partTargetNs() + options.jitter().toNanos();
      inTime = usual ? Optional.of(addition) : Optional.empty();
    }
  }

  /**
   * Takes a part that was read, in order of the playlist.
   *
   * @param gap whether it has no media
   * @param media empty where there is none, or where its {@code prft} does not say when it came
   */
  void part(long msn, int index, boolean gap, Optional<Media> media) {
    Place place = new Place(msn, index);
    if (!place.isNextAfter(read)) {
      decideAll();
      lastUtcNs = NO_TIME;
    }
    read = place;
    if (gap) {
      return;
    }
    Optional<Media> sensible = media.filter(this::isSensible);
    long cameNs = sensible.map(this::seenNs).orElse(NO_TIME);
    // Those that were waiting for what comes behind them.
    decideBefore(place, cameNs);
    came(place, cameNs);
    lastUtcNs = sensible.map(Media::utcNs).orElse(NO_TIME);
    media
        .filter(_ -> inTime.filter(addition -> addition.first().equals(place)).isPresent())
        .ifPresent(usual -> aheadNs = usual.utcNs() + usual.durationNs() - newestNs);
  }

  /** Decides the rest by what is known. */
  void finish() {
    decideAll();
  }

  /** Neither before the part in front of it, nor after it was published itself. */
  private boolean isSensible(Media media) {
    boolean forward = lastUtcNs == NO_TIME || media.utcNs() >= lastUtcNs;
    long seenNs = seenNs(media);
    return forward && (seenNs == NO_TIME || seenNs <= newestNs + options.jitter().toNanos());
  }

  private long seenNs(Media media) {
    return aheadNs == NO_TIME ? NO_TIME : media.utcNs() - aheadNs;
  }

  /** Notes when a late part came itself; decides it where that is all that has to be known. */
  private void came(Place place, long cameNs) {
    if (!(undecided.peekFirst() instanceof LatePart late)
        || !late.addition().first().equals(place)) {
      return;
    }
    undecided.removeFirst();
    LatePart known = new LatePart(late.addition(), cameNs, late.where());
    if (cameNs == NO_TIME || isExcused(known, startNs(known, NO_TIME))) {
      decide(known, NO_TIME);
      decideSegments();
    } else {
      undecided.addFirst(known);
    }
  }

  private void keep(Undecided late) {
    undecided.addLast(late);
    decideSegments();
    if (undecided.size() > MAX_KEPT) {
      decideFirst(NO_TIME);
      decideSegments();
    }
  }

  private void decideAll() {
    while (!undecided.isEmpty()) {
      decideFirst(NO_TIME);
    }
  }

  private void decideBefore(Place place, long behindNs) {
    while (undecided.peekFirst() instanceof LatePart late
        && late.addition().first().isBefore(place)) {
      decideFirst(behindNs);
      decideSegments();
    }
  }

  /** What the parts tell before them is decided. */
  private void decideSegments() {
    while (undecided.peekFirst() instanceof NewSegment) {
      decideFirst(NO_TIME);
    }
  }

  private void decideFirst(long behindNs) {
    switch (undecided.removeFirst()) {
      case LatePart part -> decide(part, behindNs);
      case NewSegment segment -> decide(segment);
    }
  }

  /** When the allowance of a part begins: it may take PART-TARGET from its first sample on. */
  private static long startNs(LatePart part, long behindNs) {
    Addition addition = part.addition();
    long wholeNs = behindNs == NO_TIME ? NO_TIME : behindNs - addition.partTargetNs();
    long startNs = Math.max(addition.beforeNs(), Math.max(part.cameNs(), wholeNs));
    return Math.min(startNs, addition.addedNs());
  }

  /** Whether it was added in time, from there on. */
  private static boolean isExcused(LatePart part, long startNs) {
    Addition addition = part.addition();
    return addition.addedNs() <= startNs + addition.partTargetNs() + addition.jitterNs();
  }

  /** Decides it; {@code behindNs}: when the first sample of the part behind it was there. */
  private void decide(LatePart part, long behindNs) {
    Addition addition = part.addition();
    long startNs = startNs(part, behindNs);
    long silentNs = startNs - addition.beforeNs();
    boolean excused = addition.fresh() && isExcused(part, startNs);
    if (addition.fresh()) {
      findings.check(
          Rule.HLS_PART_PACE,
          excused,
          part.where(),
          "the next part after %.3f s, its media there for %.3f s"
              .formatted(seconds(addition.gapNs()), seconds(addition.addedNs() - startNs)),
          "within PART-TARGET, %.3f s".formatted(seconds(addition.partTargetNs())));
    }
    if (silentNs > 0) {
      silences.addLast(new Silence(addition.addedNs(), silentNs));
      if (silences.size() > MAX_KEPT) {
        silences.removeFirst();
      }
    }
    if (part.cameNs() != NO_TIME || behindNs != NO_TIME) {
      findings.check(
          Rule.HLS_SOURCE_PACE,
          !excused && silentNs <= addition.jitterNs(),
          part.where(),
          "no media for %.3f s or more".formatted(seconds(silentNs)),
          "enough for a part each PART-TARGET, %.3f s".formatted(seconds(addition.partTargetNs())));
    }
  }

  private void decide(NewSegment segment) {
    long silentNs =
        silences.stream()
            .filter(silence -> silence.addedNs() > segment.beforeNs())
            .filter(silence -> silence.addedNs() <= segment.addedNs())
            .mapToLong(Silence::lengthNs)
            .sum();
    long gapNs = segment.addedNs() - segment.beforeNs();
    findings.check(
        Rule.HLS_SEGMENT_PACE,
        gapNs - silentNs <= segment.allowedNs(),
        segment.where(),
        "the next segment after %.3f s, the source silent for %.3f s of them"
            .formatted(seconds(gapNs), seconds(silentNs)),
        "within one and a half target durations");
  }

  private static double seconds(long ns) {
    return (double) ns / 1e9;
  }
}
