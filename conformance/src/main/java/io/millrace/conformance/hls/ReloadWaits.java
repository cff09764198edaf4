package io.millrace.conformance.hls;

import io.millrace.conformance.CheckOptions;
import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.http.Answer;
import java.time.Duration;

/**
 * Judges how blocking reloads end that wait for what does not come (RFC 8216bis 6.2.5.2): after
 * three target durations, or with the playlist. Confined to the rendition's follower.
 */
final class ReloadWaits {
  private static final long SECOND_NS = 1_000_000_000L;

  /** Clocks need not agree to the millisecond on how long three target durations are. */
  private static final long EARLY_NS = SECOND_NS / 10;

  private final CheckOptions options;
  private final Findings findings;
  private boolean inVain;
  private long refusedNs;

  ReloadWaits(CheckOptions options, Findings findings) {
    this.options = options;
    this.findings = findings;
  }

  /**
   * For how long a stream that stands still is let alone before it is waited for again. So the time
   * from wait to wait has no small multiple that is a usual grace period: the end would come each
   * time when nobody waits.
   */
  static Duration rest(MediaPlaylist playlist) {
    return Duration.ofNanos(playlist.targetDurationNs() * 9 / 20);
  }

  /** Whether the last reload waited in vain; the next one asks without directives, and at once. */
  boolean inVain() {
    return inVain;
  }

  /** Whether that is what a server says of what did not come within three target durations. */
  static boolean isInVain(Answer answer, MediaPlaylist playlist) {
    return answer.status() == 503
        && answer.headNs() - answer.sentNs() >= 3 * playlist.targetDurationNs() - EARLY_NS;
  }

  /**
   * Takes an answer other than 200 to a blocking reload.
   *
   * @return whether it is the right one to a reload that waited in vain
   */
  boolean refused(MediaPlaylist before, Answer answer) {
    limit(before, answer);
    inVain = isInVain(answer, before);
    if (inVain) {
      findings.check(Rule.HLS_BLOCK_STALL, true, answer.uri().toString(), "", "");
      refusedNs = answer.headNs();
    }
    return inVain;
  }

  /** Takes that a blocking reload had no answer at all for that long. */
  void unanswered(MediaPlaylist before, String where, long waitedNs) {
    long limitNs = 3 * before.targetDurationNs() + SECOND_NS + options.jitter().toNanos();
    if (waitedNs > limitNs) {
      findings.broken(
          Rule.HLS_BLOCK_STALL,
          where,
          "no answer within %.3f s".formatted((double) waitedNs / 1e9),
          "503 after three target durations");
      inVain = true;
      refusedNs = 0;
    }
  }

  /** Takes a playlist; {@code blocking}: it was waited for. */
  void answered(MediaPlaylist before, MediaPlaylist now, Answer answer, boolean blocking) {
    String where = answer.uri().toString();
    // An end that comes between the refusal and the next answer wakes nobody.
    boolean missed = inVain && answer.headNs() - refusedNs <= options.jitter().toNanos();
    if (now.ended() && (blocking || missed)) {
      findings.check(
          Rule.HLS_ENDED_WAKES,
          blocking,
          where,
          "an end that was seen only when a reload had waited in vain",
          "an answer to who waits, as soon as the playlist ends");
    }
    inVain = false;
    if (blocking) {
      limit(before, answer);
      long heldNs = answer.headNs() - answer.sentNs();
      boolean late = heldNs >= 3 * before.targetDurationNs() - EARLY_NS;
      if (late && !now.ended() && now.lines() == before.lines() && same(before, now)) {
        findings.broken(
            Rule.HLS_BLOCK_STALL,
            where,
            "200 without anything new after %.3f s".formatted((double) heldNs / 1e9),
            "503 after three target durations");
      }
    }
  }

  private static boolean same(MediaPlaylist before, MediaPlaylist now) {
    return before.lastMsn() == now.lastMsn() && before.nextPart() == now.nextPart();
  }

  private void limit(MediaPlaylist playlist, Answer answer) {
    long heldNs = answer.headNs() - answer.sentNs();
    findings.check(
        Rule.HLS_BLOCK_LIMIT,
        heldNs <= 3 * playlist.targetDurationNs() + SECOND_NS + options.jitter().toNanos(),
        answer.uri().toString(),
        "held for %.3f s".formatted((double) heldNs / 1e9),
        "no longer than three target durations");
  }
}
