package io.millrace.delivery.reload;

import io.millrace.window.index.RenditionView;
import io.millrace.window.index.SegmentView;

/** Decides on playlist requests (RFC 8216bis 6.2.5.2). Pure. */
public final class ReloadRules {
  private static final ReloadDecision ANSWER = new ReloadDecision.Answer();
  private static final ReloadDecision WAIT = new ReloadDecision.Wait();

  private static final long NS_PER_MS = 1_000_000L;

  /** Segments past the last complete one that can be asked for. */
  private static final int ADVANCE_SEGMENTS = 2;

  private ReloadRules() {}

  public static ReloadDecision decide(RenditionView rendition, ReloadDirectives directives) {
    if (rendition.ended()) {
      return ANSWER;
    }
    if (!directives.error().isEmpty()) {
      return new ReloadDecision.Refuse(directives.error());
    }
    if (!directives.isBlocking()) {
      return ANSWER;
    }
    long last = rendition.lastCompleteMsn();
    if (directives.msn() > last + ADVANCE_SEGMENTS) {
      return new ReloadDecision.Refuse(
          "_HLS_msn: %d (expected: at most %d)"
              .formatted(directives.msn(), last + ADVANCE_SEGMENTS));
    }
    if (directives.msn() < last) {
      return ANSWER;
    }
    return directives.part() < 0
        ? (directives.msn() <= last ? ANSWER : WAIT)
        : decidePart(rendition, directives);
  }

  private static ReloadDecision decidePart(RenditionView rendition, ReloadDirectives directives) {
    long last = rendition.lastCompleteMsn();
    int openParts = rendition.open().partCount();
    if (directives.msn() == last) {
      SegmentView segment = rendition.segment(last);
      boolean within = segment == null || directives.part() < segment.partCount();
      // A part past a finished segment's last means part 0 of the next.
      return within || openParts > 0 ? ANSWER : WAIT;
    }
    boolean inOpen = directives.msn() == last + 1;
    int beyond = inOpen ? directives.part() - (openParts - 1) : directives.part() + 1;
    int limit = advancePartLimit(rendition.partTargetNs());
    if (beyond > limit) {
      return new ReloadDecision.Refuse(
          "_HLS_part: %d (expected: at most %d parts past the last)"
              .formatted(directives.part(), limit));
    }
    return inOpen && directives.part() < openParts ? ANSWER : WAIT;
  }

  /** How many parts past the last one can be asked for: three seconds' worth, at least three. */
  static int advancePartLimit(long partTargetNs) {
    long targetMs = Math.max(1, partTargetNs / NS_PER_MS);
    return targetMs >= 1_000 ? 3 : (int) ((3_000 + targetMs - 1) / targetMs);
  }
}
