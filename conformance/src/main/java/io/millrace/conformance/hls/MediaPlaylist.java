package io.millrace.conformance.hls;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What one version of a media playlist says (RFC 8216bis 4.4.3 to 4.4.5). Durations and instants
 * are ns; a number that the playlist does not say is -1.
 *
 * @param tags all of them, in order
 * @param skipped SKIPPED-SEGMENTS; -1 in a whole playlist
 * @param mediaSequence of the first segment, skipped ones included
 * @param segments those that are listed; the last may be open, with parts alone
 * @param lines how many the text has
 */
record MediaPlaylist(
    List<Tag> tags,
    int version,
    int targetDuration,
    long partTargetNs,
    Attributes serverControl,
    long mediaSequence,
    long discontinuitySequence,
    boolean independentSegments,
    boolean ended,
    long skipped,
    List<Segment> segments,
    List<Hint> hints,
    List<Report> reports,
    List<Tag> dateRanges,
    int lines) {

  static final long NO_TIME = Long.MIN_VALUE;

  /**
   * One segment with what applies to it.
   *
   * @param durationNs EXTINF; of an open one what its parts last
   * @param complete whether it is listed itself
   * @param utcNs EXT-X-PROGRAM-DATE-TIME; {@link #NO_TIME} for none
   * @param map URI of its init section; empty for none
   * @param mapRange BYTERANGE of that
   * @param byteRange EXT-X-BYTERANGE
   */
  record Segment(
      long msn,
      String uri,
      long durationNs,
      boolean complete,
      boolean gap,
      boolean discontinuity,
      long discontinuitySequence,
      long utcNs,
      String map,
      String mapRange,
      String byteRange,
      boolean encrypted,
      List<Part> parts,
      int line) {
    Segment {
      parts = List.copyOf(parts);
    }
  }

  /** One EXT-X-PART. */
  record Part(
      String uri, long durationNs, boolean independent, boolean gap, String byteRange, int line) {}

  /**
   * One EXT-X-PRELOAD-HINT.
   *
   * @param ranged whether it is of a byte range
   * @param formed whether start and length of that are numbers
   */
  record Hint(String type, String uri, boolean ranged, boolean formed, int line) {}

  /** One EXT-X-RENDITION-REPORT. */
  record Report(String uri, long lastMsn, long lastPart, int line) {}

  MediaPlaylist {
    tags = List.copyOf(tags);
    segments = List.copyOf(segments);
    hints = List.copyOf(hints);
    reports = List.copyOf(reports);
    dateRanges = List.copyOf(dateRanges);
  }

  boolean hasParts() {
    return segments.stream().anyMatch(segment -> !segment.parts().isEmpty());
  }

  boolean canBlock() {
    return serverControl.isYes("CAN-BLOCK-RELOAD");
  }

  /**
   * How long an answer to a request about it may take; what it says itself counts up to a limit.
   */
  Duration patience() {
    return Duration.ofSeconds(10 + 4L * Math.clamp(targetDuration, 1, 12));
  }

  long targetDurationNs() {
    return targetDuration * 1_000_000_000L;
  }

  /** Of the segments that are listed and complete. */
  long durationNs() {
    return segments.stream().filter(Segment::complete).mapToLong(Segment::durationNs).sum();
  }

  /** The last complete segment's number; one before the first where there is none. */
  long lastMsn() {
    if (segments.isEmpty()) {
      return mediaSequence + Math.max(0, skipped) - 1;
    }
    // Only the last one can be open.
    return segments.getLast().msn() - (segments.getLast().complete() ? 0 : 1);
  }

  /** The segment whose parts alone are listed; empty where none is open. */
  Optional<Segment> open() {
    return segments.isEmpty() || segments.getLast().complete()
        ? Optional.empty()
        : Optional.of(segments.getLast());
  }

  Optional<Segment> segment(long msn) {
    // They are numbered one after the other.
    long index = segments.isEmpty() ? -1 : msn - segments.getFirst().msn();
    return index >= 0 && index < segments.size()
        ? Optional.of(segments.get((int) index))
        : Optional.empty();
  }

  /** Whether the init section at that URI is hinted. */
  boolean hintsMap(String uri) {
    return hints.stream().anyMatch(hint -> hint.type().equals("MAP") && hint.uri().equals(uri));
  }

  Optional<Hint> partHint() {
    return hints.stream().filter(hint -> hint.type().equals("PART")).findFirst();
  }

  /** The number of the segment that the next part belongs to, so far as it can be told. */
  long nextPartMsn() {
    return lastMsn() + 1;
  }

  /** The index of the next part in it. */
  long nextPart() {
    return open().map(segment -> (long) segment.parts().size()).orElse(0L);
  }

  /** Where it ends on the wall clock; {@link #NO_TIME} where nothing says so. */
  long endUtcNs() {
    return endUtcNs(segments);
  }

  /** Where the last segment ends that is complete. */
  long wholeEndUtcNs() {
    return endUtcNs(segments.stream().filter(Segment::complete).toList());
  }

  private static long endUtcNs(List<Segment> of) {
    long end = NO_TIME;
    for (Segment segment : of) {
      if (segment.utcNs() != NO_TIME) {
        end = segment.utcNs();
      }
      end += end == NO_TIME ? 0 : segment.durationNs();
    }
    return end;
  }
}
