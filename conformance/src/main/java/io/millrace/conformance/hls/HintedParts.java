package io.millrace.conformance.hls;

import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.hls.MediaPlaylist.Hint;
import io.millrace.conformance.hls.MediaPlaylist.Part;
import io.millrace.conformance.hls.MediaPlaylist.Segment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Judges where parts come that were hinted (RFC 8216bis 4.4.5.3, 6.2.6): as the open segment's
 * next, or as the next segment's first. Confined to the rendition's follower.
 */
final class HintedParts {
  /** Of what is hinted meanwhile, no more is remembered. */
  private static final int MAX_PASSED = 16;

  /** A frame of sound, by which its segments differ. */
  private static final long AS_LONG_NS = 50_000_000;

  private final Findings findings;
  private final List<Passed> passed = new ArrayList<>();

  /** Another part came than was hinted; which fault it is, the next segment's first part tells. */
  private record Passed(Hint hint, long msn, Part part) {}

  HintedParts(Findings findings) {
    this.findings = findings;
  }

  /** Judges the earlier version's hint by the later one. */
  void check(MediaPlaylist before, MediaPlaylist after, String address) {
    before.partHint().ifPresent(hint -> check(hint, before, after, address));
    passed.removeIf(
        each -> {
          Optional<Part> first = firstPart(after, each.msn() + 1);
          if (first.isPresent() && first.get().uri().equals(each.hint().uri())) {
            // The segment went on where its end was expected.
            if (isAsPlanned(after, each.msn())) {
              judge(
                  Rule.HLS_HINT_ABANDONED,
                  each.hint(),
                  each.part(),
                  address,
                  "the hinted \"%s\", which came later".formatted(each.hint().uri()));
            }
          } else if (first.isPresent()) {
            checkAddress(each.hint(), each.part(), address);
          }
          return first.isPresent() || after.mediaSequence() > each.msn();
        });
  }

  private void check(Hint hint, MediaPlaylist before, MediaPlaylist after, String address) {
    long msn = before.nextPartMsn();
    Optional<Segment> open = after.segment(msn);
    if (open.isPresent() && open.get().parts().size() > before.nextPart()) {
      Part next = open.get().parts().get((int) before.nextPart());
      if (next.uri().equals(hint.uri())) {
        checkAddress(hint, next, address);
        checkMap(before, open.get(), address);
      } else if (passed.size() < MAX_PASSED) {
        passed.add(new Passed(hint, msn, next));
      }
    } else if (open.filter(Segment::complete).isPresent() && before.nextPart() > 0) {
      // The segment has ended without another part, and the hint may have been of one (6.2.6).
      firstPart(after, msn + 1)
          .filter(part -> part.uri().equals(hint.uri()) || isAsPlanned(after, msn))
          .ifPresent(
              part ->
                  judge(
                      Rule.HLS_HINT_ABANDONED,
                      hint,
                      part,
                      address,
                      "the hinted \"%s\": who waits for that gets 404".formatted(hint.uri())));
    }
  }

  /**
   * Whether a segment is as long as the one before it: a hint need not be kept where the planned
   * segmentation changes (6.2.6).
   */
  private static boolean isAsPlanned(MediaPlaylist playlist, long msn) {
    Optional<Segment> segment = playlist.segment(msn);
    Optional<Segment> before = playlist.segment(msn - 1);
    return segment.isEmpty()
        || before.isEmpty()
        || Math.abs(segment.get().durationNs() - before.get().durationNs()) <= AS_LONG_NS;
  }

  /** Another init section than that of the last part is hinted too (B.1). */
  private void checkMap(MediaPlaylist before, Segment of, String address) {
    if (before.segments().isEmpty() || of.map().equals(before.segments().getLast().map())) {
      return;
    }
    findings.check(
        Rule.HLS_HINT_MAP,
        before.hintsMap(of.map()),
        "%s segment %d".formatted(address, of.msn()),
        "EXT-X-MAP \"%s\", which was not hinted".formatted(of.map()),
        "EXT-X-PRELOAD-HINT of TYPE=MAP with the hint of the segment's first part");
  }

  private static Optional<Part> firstPart(MediaPlaylist playlist, long msn) {
    return playlist.segment(msn).flatMap(segment -> segment.parts().stream().findFirst());
  }

  /** A part that has come stands at the address that was hinted. */
  private void checkAddress(Hint hint, Part next, String address) {
    judge(Rule.HLS_HINT_URI, hint, next, address, "the hinted \"%s\"".formatted(hint.uri()));
  }

  private void judge(Rule rule, Hint hint, Part next, String address, String expected) {
    findings.check(
        rule,
        hint.uri().equals(next.uri()),
        "%s line %d".formatted(address, next.line()),
        "EXT-X-PART URI \"%s\"".formatted(next.uri()),
        expected);
  }
}
