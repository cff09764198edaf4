package io.millrace.conformance.hls;

import io.millrace.conformance.CheckOptions;
import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.SharedBytes;
import io.millrace.conformance.hls.MediaPlaylist.Hint;
import io.millrace.conformance.hls.MediaPlaylist.Part;
import io.millrace.conformance.hls.MediaPlaylist.Segment;
import io.millrace.conformance.http.Answer;
import io.millrace.conformance.http.Ask;
import io.millrace.conformance.http.Fetcher;
import io.millrace.conformance.mp4.InitSection;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Follows one media playlist as a player does: reloads it, blocking where it may, and takes every
 * part, segment and init section. Judges on the way. Confined to one thread.
 */
final class RenditionFollower {
  /** A server answers a reload that it held later than this; a sooner answer was ready. */
  private static final long HELD_NS = 3_000_000;

  private static final long SECOND_NS = 1_000_000_000L;
  private static final int MAX_FAILURES_IN_A_ROW = 5;
  private static final int MAX_SEGMENTS_OF_A_STEP = 6;
  private static final int MAX_PARTS_OF_A_STEP = 100;

  /** Only a reload that is not preceded by a hinted part tells when a playlist is updated. */
  private static final int HINT_EVERY = 3;

  private static final Duration MEDIA_WITHIN = Duration.ofSeconds(10);

  /** Whole segments that are taken at the start; players begin three target durations back. */
  private static final int SEGMENTS_AT_START = 2;

  /** What a hinted part was answered with. */
  private record HintAnswer(String uri, int status) {}

  private final URI address;
  private final Fetcher fetcher;
  private final CheckOptions options;
  private final Findings findings;
  private final MediaFetcher fetched;
  private final RenditionMedia media;
  private final ServerProbes probes;
  private final KeptMedia kept;
  private final HintedParts hinted;
  private final RangeAges ranges = new RangeAges();
  private final ReloadWaits waits;
  private final InitSections inits;
  private final Lags lags = new Lags();

  private volatile Optional<MediaPlaylist> current = Optional.empty();
  private volatile Formats formats = Formats.NONE;
  private final AtomicLong changes = new AtomicLong();
  private String goesOnWith = "";
  private Optional<MediaPlaylist> first = Optional.empty();
  private Optional<HintAnswer> hintAnswer = Optional.empty();
  private long headNs;
  private long segmentNs;
  private long partsTakenMsn = -1;
  private int partsTaken;
  private long segmentTaken = -1;
  private int failures;
  private long steps;

  RenditionFollower(
      URI address, Fetcher fetcher, CheckOptions options, Findings findings, SharedBytes shared) {
    this.address = address;
    this.fetcher = fetcher;
    this.options = options;
    this.findings = findings;
    this.fetched = new MediaFetcher(address, fetcher, findings);
    this.inits = new InitSections(address, fetched, findings);
    this.media = new RenditionMedia(findings, shared);
    this.probes = new ServerProbes(address, fetcher, options, findings, ranges);
    this.kept = new KeptMedia(address, fetcher, findings);
    this.hinted = new HintedParts(findings);
    this.waits = new ReloadWaits(options, findings);
  }

  URI address() {
    return address;
  }

  /** The newest version; empty before there was one. */
  Optional<MediaPlaylist> current() {
    return current;
  }

  /** The one that was met first. */
  Optional<MediaPlaylist> first() {
    return first;
  }

  RenditionMedia media() {
    return media;
  }

  /** What the newest version lists. May be asked by other threads. */
  Formats formats() {
    return formats;
  }

  /** How often it went on with another init section, or behind a discontinuity; also at first. */
  long changes() {
    return changes.get();
  }

  boolean ended() {
    return current.filter(MediaPlaylist::ended).isPresent();
  }

  /** How far the playlist's end was behind this machine's clock, where it was seen fresh. */
  Lags lags() {
    return lags;
  }

  /** Whether there is nothing more to follow. */
  boolean done() {
    return failures >= MAX_FAILURES_IN_A_ROW || ended();
  }

  /** Reloads once, judges, takes what is new, and asks the server one thing that players do not. */
  void step() throws InterruptedException {
    steps++;
    boolean hinted = steps % HINT_EVERY == 0 && takeHint();
    if (!reload()) {
      return;
    }
    MediaPlaylist now = current.orElseThrow();
    if (!hinted) {
      probes.next(now);
    }
    kept.due();
    takeMedia(now);
    formats = inits.listed(now, headNs);
    if (!now.segments().isEmpty()) {
      Segment newest = now.segments().getLast();
      String with =
          "%s@%s %d".formatted(newest.map(), newest.mapRange(), newest.discontinuitySequence());
      if (!with.equals(goesOnWith)) {
        goesOnWith = with;
        changes.incrementAndGet();
      }
    }
  }

  /** Judges once more what has to be there still. */
  void finish() throws InterruptedException {
    if (current.isPresent()) {
      probes.rest(current.get());
    }
    inits.finish();
  }

  private boolean reload() throws InterruptedException {
    Optional<MediaPlaylist> before = current;
    // After a refusal a player asks without directives.
    boolean blocking =
        failures == 0 && !waits.inVain() && before.filter(MediaPlaylist::canBlock).isPresent();
    URI uri = blocking ? directed(before.get()) : address;
    if (before.isPresent() && !blocking && !waits.inVain()) {
      fetcher.pause(pollEvery(before.get()));
    }
    Duration within = before.map(MediaPlaylist::patience).orElse(MEDIA_WITHIN);
    long askedNs = fetcher.nowNs();
    Optional<Answer> answer = fetched.get(Ask.text(uri, within));
    if (answer.isEmpty() || answer.get().status() != 200) {
      long askedForNs = fetcher.nowNs() - askedNs;
      // Who has waited in vain asks at once what there is.
      return refused(uri, answer, blocking ? before : Optional.empty(), askedForNs) && reload();
    }
    failures = 0;
    boolean stands = waits.inVain();
    findings.check(Rule.HLS_PLAYLIST_AVAILABLE, true, uri.toString(), "", "");
    take(before, answer.get(), blocking);
    if (stands && !current.orElseThrow().ended()) {
      fetcher.pause(ReloadWaits.rest(current.orElseThrow()));
    } else if (blocking && !grown(before.get(), current.orElseThrow())) {
      // A server that does not wait is not asked without a pause.
      fetcher.pause(pollEvery(before.get()));
    }
    return true;
  }

  /**
   * Takes another answer than a playlist.
   *
   * @param waited for more than that, if for anything
   * @return whether it is the right one, of a stream that stands still
   */
  private boolean refused(
      URI uri, Optional<Answer> answer, Optional<MediaPlaylist> waited, long askedForNs)
      throws InterruptedException {
    if (answer.isEmpty()) {
      waited.ifPresent(playlist -> waits.unanswered(playlist, uri.toString(), askedForNs));
    } else if (waited.isPresent() && waits.refused(waited.get(), answer.get())) {
      return true;
    } else {
      findings.broken(
          Rule.HLS_PLAYLIST_AVAILABLE, uri.toString(), "status " + answer.get().status(), "200");
    }
    failures++;
    fetcher.pause(Duration.ofMillis(500));
    return false;
  }

  /** With the directives for what comes next (6.2.5.2). */
  private URI directed(MediaPlaylist playlist) {
    return playlist.hasParts()
        ? ServerProbes.with(
            address,
            "_HLS_msn=%d&_HLS_part=%d".formatted(playlist.nextPartMsn(), playlist.nextPart()))
        : ServerProbes.with(address, "_HLS_msn=" + (playlist.lastMsn() + 1));
  }

  private static Duration pollEvery(MediaPlaylist playlist) {
    long everyNs =
        playlist.partTargetNs() > 0 ? playlist.partTargetNs() : playlist.targetDurationNs() / 2;
    return Duration.ofNanos(Math.clamp(everyNs, SECOND_NS / 10, 10 * SECOND_NS));
  }

  private void take(Optional<MediaPlaylist> before, Answer answer, boolean blocking) {
    PlaylistText text = PlaylistText.of(answer.text());
    TextRules.check(answer, text, findings);
    TransportRules.playlist(answer, blocking, findings);
    MediaPlaylist now = PlaylistReader.media(text);
    if (!now.ended()) {
      TransportRules.lifetime(answer, blocking, now.targetDurationNs(), findings);
    }
    String where = answer.uri().toString();
    findings.check(
        Rule.HLS_SKIP_UNASKED,
        now.skipped() < 0,
        where,
        "EXT-X-SKIP without _HLS_skip",
        "the whole playlist");
    PlaylistRules.check(now, where, findings);
    ranges.note(now, answer.headNs());
    if (before.isPresent()) {
      UpdateRules.check(before.get(), now, answer.headNs() - headNs, where, findings);
      hinted.check(before.get(), now, where);
      kept.removed(before.get(), now);
      if (blocking) {
        checkContains(before.get(), now, where);
      }
      waits.answered(before.get(), now, answer, blocking);
      pace(before.get(), now, answer, blocking);
      checkHint(now, where);
    } else {
      first = Optional.of(now);
      segmentNs = answer.headNs();
    }
    headNs = answer.headNs();
    current = Optional.of(now);
  }

  private void checkContains(MediaPlaylist before, MediaPlaylist now, String where) {
    findings.check(
        Rule.HLS_BLOCK_CONTAINS,
        grown(before, now) || now.ended(),
        where,
        "a playlist up to segment %d and part %d of the next"
            .formatted(now.lastMsn(), now.nextPart() - 1),
        "one that has what was asked for");
  }

  /**
   * Whether the later one has the part, or without parts the segment, that comes after the earlier.
   */
  private static boolean grown(MediaPlaylist before, MediaPlaylist now) {
    if (!before.hasParts()) {
      return now.lastMsn() > before.lastMsn();
    }
    long wanted = before.nextPartMsn();
    if (now.nextPartMsn() == wanted) {
      return now.nextPart() > before.nextPart();
    }
    // Past the segment's last part, the next segment's first was meant.
    boolean within =
        now.segment(wanted).filter(s -> s.parts().size() > before.nextPart()).isPresent();
    return within || now.nextPartMsn() > wanted + 1 || now.nextPart() > 0;
  }

  /** A hinted part is held or there (6.2.6); refused only where it is not published after all. */
  private void checkHint(MediaPlaylist now, String where) {
    if (hintAnswer.isEmpty()) {
      return;
    }
    HintAnswer asked = hintAnswer.get();
    hintAnswer = Optional.empty();
    boolean published =
        now.segments().stream()
            .flatMap(segment -> segment.parts().stream())
            .anyMatch(part -> part.uri().equals(asked.uri()) && !part.gap());
    findings.check(
        Rule.HLS_HINT_AVAILABLE,
        asked.status() == 200 || !published,
        where,
        "status %d for the hinted %s".formatted(asked.status(), asked.uri()),
        "held until it is there: the playlist lists it now");
  }

  /** New parts and segments come in time (6.2.1); seen only where the server was waited for. */
  private void pace(MediaPlaylist before, MediaPlaylist now, Answer answer, boolean blocking) {
    boolean held = blocking && answer.headNs() - answer.sentNs() > HELD_NS;
    long jitterNs =
        options.jitter().toNanos()
            + (now.canBlock() ? 0 : pollEvery(now).toNanos())
            + fetcher.stalledNs(headNs, answer.headNs());
    boolean fresh = held || answer.sentNs() - headNs < jitterNs;
    boolean newPart = now.lastMsn() > before.lastMsn() || now.nextPart() > before.nextPart();
    if (fresh && newPart && now.hasParts() && !now.ended() && now.partTargetNs() > 0) {
      long gapNs = answer.headNs() - headNs;
      findings.check(
          Rule.HLS_PART_PACE,
          gapNs <= now.partTargetNs() + jitterNs,
          answer.uri().toString(),
          "the next part after %.3f s".formatted((double) gapNs / 1e9),
          "within PART-TARGET, %.3f s".formatted((double) now.partTargetNs() / 1e9));
    }
    if (held && now.endUtcNs() != MediaPlaylist.NO_TIME) {
      long wallNs = ChronoUnit.NANOS.between(Instant.EPOCH, answer.wallClock());
      lags.add(wallNs - now.endUtcNs());
    }
    if (now.lastMsn() > before.lastMsn()) {
      long gapNs = answer.headNs() - segmentNs;
      if (fresh && !now.ended()) {
        findings.check(
            Rule.HLS_SEGMENT_PACE,
            gapNs
                <= now.targetDurationNs() * 3 / 2 + jitterNs + fetcher.stalledNs(segmentNs, headNs),
            answer.uri().toString(),
            "the next segment after %.3f s".formatted((double) gapNs / 1e9),
            "within one and a half target durations");
      }
      segmentNs = answer.headNs();
    }
  }

  /** Asks for the hinted part before it is there; the answer comes once, whole (6.2.6). */
  private boolean takeHint() throws InterruptedException {
    Optional<MediaPlaylist> now = current;
    Optional<Hint> hint = now.flatMap(MediaPlaylist::partHint).filter(h -> !h.ranged());
    if (hint.isEmpty() || now.get().ended()) {
      return false;
    }
    Optional<URI> uri = ServerProbes.resolve(address, hint.get().uri());
    if (uri.isEmpty()) {
      return false;
    }
    Duration within = now.get().patience();
    Optional<Answer> answer = fetched.get(Ask.media(uri.get(), within));
    if (answer.isEmpty()) {
      return false;
    }
    Answer part = answer.get();
    hintAnswer = Optional.of(new HintAnswer(hint.get().uri(), part.status()));
    if (part.status() == 200) {
      findings.check(
          Rule.HLS_HINT_LENGTH,
          !part.header("content-length").isEmpty(),
          uri.get().toString(),
          "no Content-Length",
          "one: all of the part is there when its answer begins");
      long flowNs = part.endNs() - part.firstByteNs();
      findings.check(
          Rule.HLS_HINT_WHOLE,
          flowNs
              <= now.get().partTargetNs() / 2
                  + options.jitter().toNanos() / 2
                  + fetcher.stalledNs(part.firstByteNs(), part.endNs()),
          uri.get().toString(),
          "%.3f s from its first to its last byte".formatted((double) flowNs / 1e9),
          "no byte of a part before all of it can be sent");
    }
    return true;
  }

  private void takeMedia(MediaPlaylist now) throws InterruptedException {
    long fromMsn =
        segmentTaken >= 0
            ? segmentTaken + 1
            : now.lastMsn()
                + 1
                - Math.min(SEGMENTS_AT_START, 1 + now.lastMsn() - now.mediaSequence());
    long newestMsn = now.lastMsn();
    for (Segment segment : now.segments()) {
      // Whoever lists many at once keeps the newest alone from being unread.
      if (segment.msn() < Math.max(fromMsn, newestMsn - MAX_SEGMENTS_OF_A_STEP)) {
        continue;
      }
      takeParts(segment);
      if (segment.complete()) {
        takeSegment(now, segment);
        segmentTaken = segment.msn();
      }
    }
  }

  private void takeParts(Segment segment) throws InterruptedException {
    int from = segment.msn() == partsTakenMsn ? partsTaken : 0;
    from = Math.max(from, segment.parts().size() - MAX_PARTS_OF_A_STEP);
    for (int i = from; i < segment.parts().size(); i++) {
      Part part = segment.parts().get(i);
      if (part.gap()) {
        media.gap();
      }
      Optional<byte[]> bytes =
          part.gap()
              ? Optional.empty()
              : fetched.bytes(part.uri(), part.byteRange(), Rule.HLS_PART_AVAILABLE);
      Optional<InitSection> init = inits.of(segment, headNs);
      if (bytes.isPresent() && init.isPresent() && !segment.encrypted()) {
        String where = "%s (segment %d part %d)".formatted(part.uri(), segment.msn(), i);
        media.part(segment, i, part, bytes.get(), init.get(), where);
      }
      partsTakenMsn = segment.msn();
      partsTaken = i + 1;
    }
  }

  private void takeSegment(MediaPlaylist now, Segment segment) throws InterruptedException {
    Optional<byte[]> bytes =
        segment.gap()
            ? Optional.empty()
            : fetched.bytes(segment.uri(), segment.byteRange(), Rule.HLS_SEGMENT_AVAILABLE);
    Optional<InitSection> init = inits.of(segment, headNs);
    if (bytes.isPresent() && init.isPresent() && !segment.encrypted()) {
      media.segment(now, segment, bytes.get(), init.get(), segment.uri());
    }
  }
}
