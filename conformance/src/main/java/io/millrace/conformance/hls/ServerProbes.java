package io.millrace.conformance.hls;

import io.millrace.conformance.CheckOptions;
import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.hls.MediaPlaylist.Segment;
import io.millrace.conformance.http.Answer;
import io.millrace.conformance.http.Ask;
import io.millrace.conformance.http.FetchException;
import io.millrace.conformance.http.Fetcher;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Asks a server what players ask seldom, and judges its answers (RFC 8216bis 6.2.5, 6.2.6).
 * Confined to the rendition's follower, which lets it ask one thing between two reloads.
 */
final class ServerProbes {
  private static final long SECOND_NS = 1_000_000_000L;

  private static final long DELTA_EVERY_NS = 2 * SECOND_NS;

  private interface Probe {
    void ask(MediaPlaylist now) throws InterruptedException;
  }

  private final URI address;
  private final Fetcher fetcher;
  private final CheckOptions options;
  private final Findings findings;
  private final Deque<Probe> waiting;
  private final RangeAges ranges;

  /** When a delta update was asked for last. */
  private long deltaNs;

  ServerProbes(
      URI address, Fetcher fetcher, CheckOptions options, Findings findings, RangeAges ranges) {
    this.ranges = ranges;
    this.address = address;
    this.fetcher = fetcher;
    this.options = options;
    this.findings = findings;
    this.waiting =
        new ArrayDeque<>(
            List.<Probe>of(
                this::reports,
                this::farSegment,
                this::partAlone,
                this::numbers,
                this::farPart,
                this::oldSegment,
                this::goneSegment,
                this::partPastTheLast,
                this::delta,
                this::unknown,
                this::segmentAlone,
                this::blockingDelta,
                // Once more, when more is known.
                this::reports,
                this::delta,
                this::partPastTheLast));
  }

  /** The address with directives. */
  static URI with(URI address, String directives) {
    String text = address.toString();
    int fragment = text.indexOf('#');
    String bare = fragment < 0 ? text : text.substring(0, fragment);
    return URI.create(bare + (bare.contains("?") ? "&" : "?") + directives);
  }

  /** Empty where the reference is no URI. */
  static Optional<URI> resolve(URI base, String reference) {
    try {
      return Optional.of(base.resolve(reference));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Asks the next thing; where nothing is left, now and then for a delta update. */
  void next(MediaPlaylist now) throws InterruptedException {
    Probe probe = waiting.poll();
    if (probe != null) {
      probe.ask(now);
    } else if (fetcher.nowNs() - deltaNs >= DELTA_EVERY_NS) {
      deltaOfAll(now);
    }
  }

  /** Asks what can be asked of a playlist that has ended; else what is left. */
  void rest(MediaPlaylist now) throws InterruptedException {
    if (now.ended()) {
      waiting.clear();
      if (now.canBlock()) {
        Optional<Answer> answer = get(with(address, "_HLS_msn=" + (now.lastMsn() + 9)), now);
        judge(
            Rule.HLS_ENDED_DIRECTIVES,
            answer,
            answer.filter(a -> a.status() == 200).isPresent(),
            "200 at once: directives count no more after EXT-X-ENDLIST");
      }
    }
    while (!waiting.isEmpty()) {
      next(now);
    }
  }

  private void judge(Rule rule, Optional<Answer> answer, boolean holds, String expected) {
    if (answer.isEmpty()) {
      // No answer has been told already.
      return;
    }
    Answer of = answer.get();
    double heldS = (double) (of.headNs() - of.sentNs()) / 1e9;
    findings.check(
        rule,
        holds,
        of.uri().toString(),
        "status %d after %.3f s".formatted(of.status(), heldS),
        expected);
  }

  private Optional<Answer> get(URI uri, MediaPlaylist now) throws InterruptedException {
    try {
      Answer answer = fetcher.get(Ask.text(uri, now.patience()));
      findings.check(Rule.HTTP_ANSWERS, true, uri.toString(), "", "");
      if (!now.ended()) {
        boolean directed = uri.toString().contains("_HLS_msn");
        TransportRules.lifetime(answer, directed, now.targetDurationNs(), findings);
      }
      // Of a stream that stands still, an answer says nothing but that.
      return ReloadWaits.isInVain(answer, now) ? Optional.empty() : Optional.of(answer);
    } catch (FetchException e) {
      findings.broken(Rule.HTTP_ANSWERS, uri.toString(), e.reason(), "a whole answer");
      return Optional.empty();
    }
  }

  /** A playlist that has ended since is sent whatever is asked, and says nothing of the rule. */
  private void judgeRefusal(Rule rule, Optional<Answer> answer, String expected) {
    if (answer.filter(ServerProbes::hasEnded).isEmpty()) {
      judge(rule, answer, refused(answer), expected);
    }
  }

  private static boolean hasEnded(Answer answer) {
    return answer.status() == 200 && PlaylistReader.media(PlaylistText.of(answer.text())).ended();
  }

  private static boolean refused(Optional<Answer> answer) {
    return answer.filter(a -> a.status() >= 400 && a.status() < 500).isPresent();
  }

  private boolean atOnce(Answer answer) {
    return answer.headNs() - answer.sentNs()
        <= options.jitter().toNanos() + fetcher.stalledNs(answer.sentNs(), answer.headNs());
  }

  private void farSegment(MediaPlaylist now) throws InterruptedException {
    if (now.canBlock()) {
      // While this is asked, the open segment can become the last; hardly so when it has just
      // begun.
      long ahead = now.nextPart() <= 1 ? 3 : 4;
      Optional<Answer> answer = get(with(address, "_HLS_msn=" + (now.lastMsn() + ahead)), now);
      judgeRefusal(Rule.HLS_BLOCK_FAR, answer, "400 at once: further than two segments");
    }
  }

  private void partAlone(MediaPlaylist now) throws InterruptedException {
    if (now.canBlock()) {
      Optional<Answer> answer = get(with(address, "_HLS_part=0"), now);
      judgeRefusal(Rule.HLS_BLOCK_PART_ALONE, answer, "400: _HLS_part without _HLS_msn");
    }
  }

  /** What is no number is no directive. */
  private void numbers(MediaPlaylist now) throws InterruptedException {
    if (now.canBlock()) {
      for (String directives :
          List.of("_HLS_msn=-1", "_HLS_msn=%d&_HLS_part=x".formatted(now.nextPartMsn()))) {
        Optional<Answer> answer = get(with(address, directives), now);
        judgeRefusal(Rule.HLS_BLOCK_NUMBER, answer, "400: no decimal-integer");
      }
    }
  }

  /** Without a part, all of a segment is waited for. */
  private void segmentAlone(MediaPlaylist now) throws InterruptedException {
    if (now.canBlock() && now.hasParts() && !now.ended()) {
      long msn = now.lastMsn() + 1;
      Optional<Answer> answer = get(with(address, "_HLS_msn=" + msn), now);
      Optional<MediaPlaylist> then =
          answer
              .filter(a -> a.status() == 200)
              .map(a -> PlaylistReader.media(PlaylistText.of(a.text())));
      judge(
          Rule.HLS_BLOCK_SEGMENT,
          answer,
          then.filter(playlist -> playlist.lastMsn() >= msn || playlist.ended()).isPresent(),
          "200 with all of segment %d".formatted(msn));
    }
  }

  private void farPart(MediaPlaylist now) throws InterruptedException {
    if (!now.canBlock() || now.partTargetNs() <= 0) {
      return;
    }
    long limit =
        now.partTargetNs() < SECOND_NS
            ? (3 * SECOND_NS + now.partTargetNs() - 1) / now.partTargetNs()
            : 3;
    // Parts come while this is asked: so far beyond the limit that they do not matter.
    long part = now.nextPart() + limit + 5 * SECOND_NS / now.partTargetNs() + 2;
    Optional<Answer> answer =
        get(with(address, "_HLS_msn=%d&_HLS_part=%d".formatted(now.nextPartMsn(), part)), now);
    if (answer.filter(a -> atOnce(a) && isWhole(a, now.nextPartMsn())).isPresent()) {
      // The segment has ended meanwhile: past its last part, the next segment's first was meant.
      return;
    }
    judgeRefusal(
        Rule.HLS_BLOCK_FAR_PART,
        answer,
        "400 at once: more than %d parts past the last".formatted(limit));
  }

  private static boolean isWhole(Answer answer, long msn) {
    return answer.status() == 200
        && PlaylistReader.media(PlaylistText.of(answer.text())).lastMsn() >= msn;
  }

  private void oldSegment(MediaPlaylist now) throws InterruptedException {
    if (now.canBlock() && now.lastMsn() >= now.mediaSequence()) {
      whole(now, now.lastMsn());
    }
  }

  private void goneSegment(MediaPlaylist now) throws InterruptedException {
    if (now.canBlock() && now.mediaSequence() > 0) {
      whole(now, now.mediaSequence() - 1);
    }
  }

  private void whole(MediaPlaylist now, long msn) throws InterruptedException {
    Optional<Answer> answer = get(with(address, "_HLS_msn=" + msn), now);
    boolean whole =
        answer.filter(a -> a.status() == 200 && atOnce(a)).isPresent()
            && PlaylistReader.media(PlaylistText.of(answer.get().text())).lastMsn()
                >= now.lastMsn();
    judge(Rule.HLS_BLOCK_OLD, answer, whole, "200 at once, with all of the playlist");
  }

  private void partPastTheLast(MediaPlaylist now) throws InterruptedException {
    Optional<Segment> last = now.segment(now.lastMsn()).filter(s -> !s.parts().isEmpty());
    if (!now.canBlock() || last.isEmpty()) {
      return;
    }
    Optional<Answer> answer =
        get(
            with(
                address,
                "_HLS_msn=%d&_HLS_part=%d".formatted(now.lastMsn(), last.get().parts().size())),
            now);
    boolean next =
        answer.filter(a -> a.status() == 200).isPresent()
            && hasPartBehind(PlaylistReader.media(PlaylistText.of(answer.get().text())), now);
    judge(Rule.HLS_BLOCK_PAST_PART, answer, next, "200 with part 0 of the next segment");
  }

  private static boolean hasPartBehind(MediaPlaylist then, MediaPlaylist now) {
    return then.lastMsn() > now.lastMsn() || then.nextPart() > 0;
  }

  private void unknown(MediaPlaylist now) throws InterruptedException {
    Optional<URI> uri = resolve(address, "never-hinted-9007199254740991.0.m4s");
    if (uri.isPresent()) {
      Optional<Answer> answer = get(uri.get(), now);
      boolean notFound =
          answer.filter(a -> (a.status() == 404 || a.status() == 410) && atOnce(a)).isPresent();
      judge(Rule.HLS_UNKNOWN, answer, notFound, "404 at once: it was never hinted");
    }
  }

  /** Delta updates (6.2.5.1). */
  private void delta(MediaPlaylist now) throws InterruptedException {
    if (!now.ended()) {
      delta(now, "_HLS_skip=YES");
    }
  }

  /** Of date ranges too; without CAN-SKIP-DATERANGES, v2 is as YES. */
  private void deltaOfAll(MediaPlaylist now) throws InterruptedException {
    if (!now.ended()) {
      delta(now, "_HLS_skip=v2");
    }
  }

  /** Also of what is waited for; without CAN-SKIP-DATERANGES, v2 is as YES. */
  private void blockingDelta(MediaPlaylist now) throws InterruptedException {
    if (!now.ended() && now.canBlock()) {
      String part = now.hasParts() ? "&_HLS_part=" + now.nextPart() : "";
      delta(now, "_HLS_msn=%d%s&_HLS_skip=v2".formatted(now.nextPartMsn(), part));
    }
  }

  private void delta(MediaPlaylist now, String directives) throws InterruptedException {
    deltaNs = fetcher.nowNs();
    Optional<Answer> answer = get(with(address, directives), now);
    Optional<Answer> whole = get(address, now);
    if (answer.filter(a -> a.status() == 200).isEmpty()
        || whole.filter(a -> a.status() == 200).isEmpty()) {
      judge(
          Rule.HLS_DELTA,
          answer,
          answer.filter(a -> a.status() == 200).isPresent(),
          "200 for _HLS_skip");
      return;
    }
    MediaPlaylist update = PlaylistReader.media(PlaylistText.of(answer.get().text()));
    MediaPlaylist full = PlaylistReader.media(PlaylistText.of(whole.get().text()));
    String where = answer.get().uri().toString();
    Optional<Long> boundary = now.serverControl().secondsNs("CAN-SKIP-UNTIL");
    if (boundary.isEmpty()) {
      findings.check(
          Rule.HLS_SKIP_UNASKED,
          update.skipped() < 0,
          where,
          "EXT-X-SKIP without CAN-SKIP-UNTIL",
          "_HLS_skip is ignored");
      return;
    }
    if (!update.ended()) {
      VersionRules.media(update, where, findings);
      DeltaRules.check(now, update, full, boundary.get(), where, findings);
      if (directives.endsWith("=v2") && now.serverControl().isYes("CAN-SKIP-DATERANGES")) {
        Set<String> recent = ranges.recent(full, whole.get().headNs(), boundary.get());
        recent.retainAll(RangeAges.ids(full));
        Set<String> old = ranges.old(now, boundary.get());
        DeltaRules.dateRanges(update, recent, old, where, findings);
      }
    }
  }

  /** What a rendition report tells of is there (4.4.5.4). */
  private void reports(MediaPlaylist now) throws InterruptedException {
    for (MediaPlaylist.Report report :
        now.reports().stream().limit(CheckOptions.MAX_RENDITIONS).toList()) {
      Optional<URI> other = resolve(address, report.uri());
      if (other.isEmpty() || report.lastMsn() < 0 || now.ended() || !now.canBlock()) {
        continue;
      }
      String part = report.lastPart() < 0 ? "" : "&_HLS_part=" + report.lastPart();
      Optional<Answer> answer = get(with(other.get(), "_HLS_msn=" + report.lastMsn() + part), now);
      boolean there = answer.filter(a -> a.status() == 200 && atOnce(a)).isPresent();
      boolean recent =
          there && isRecent(report, PlaylistReader.media(PlaylistText.of(answer.get().text())));
      judge(
          Rule.HLS_REPORT_TRUE,
          answer,
          recent,
          "200 at once, with segment %d part %d as the newest, or nearly"
              .formatted(report.lastMsn(), report.lastPart()));
    }
  }

  /** A report that is older than a segment and a half is none of "up to date". */
  private static boolean isRecent(MediaPlaylist.Report report, MediaPlaylist other) {
    return report.lastMsn() >= other.lastMsn() - 1;
  }
}
