package io.millrace.media.hls;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Holds what one version of a low-latency media playlist says. Durations are nanoseconds, instants
 * Unix nanoseconds.
 *
 * @param targetDurationSeconds EXT-X-TARGETDURATION
 * @param partTargetNs PART-TARGET; PART-HOLD-BACK is three times it
 * @param canSkipUntilSeconds CAN-SKIP-UNTIL; 0 where delta updates are not offered
 * @param mediaSequence the first segment's number
 * @param discontinuitySequence how many discontinuities lie before the first segment
 * @param segments oldest first; only the last may be incomplete
 * @param preloadHint address of the part that comes next; empty where none will
 * @param reports one for each other media playlist
 * @param dateRanges in order of their start
 * @param ended whether nothing will be added any more
 */
public record MediaPlaylist(
    int targetDurationSeconds,
    long partTargetNs,
    int canSkipUntilSeconds,
    long mediaSequence,
    long discontinuitySequence,
    List<Segment> segments,
    Optional<String> preloadHint,
    List<Report> reports,
    List<Range> dateRanges,
    boolean ended) {

  /** Marks an instant that is not known. */
  public static final long NO_TIME = Long.MIN_VALUE;

  /**
   * One segment with the tags that go before it.
   *
   * @param uri address of the whole segment
   * @param durationNs EXTINF; of an incomplete segment what its parts last so far
   * @param complete whether it is listed itself, or only its parts are
   * @param discontinuity whether EXT-X-DISCONTINUITY goes before it
   * @param gap whether there is nothing behind its address
   * @param independent whether all in it can be decoded without the segments before it
   * @param utcNs EXT-X-PROGRAM-DATE-TIME; {@link #NO_TIME} for none
   * @param mapUri address of its init section
   * @param parts the parts to list; empty where they are too far from the end
   */
  public record Segment(
      String uri,
      long durationNs,
      boolean complete,
      boolean discontinuity,
      boolean gap,
      boolean independent,
      long utcNs,
      String mapUri,
      List<Part> parts) {
    public Segment {
      Objects.requireNonNull(uri, "uri");
      Objects.requireNonNull(mapUri, "mapUri");
      parts = List.copyOf(parts);
    }
  }

  /** One EXT-X-PART. */
  public record Part(String uri, long durationNs, boolean independent, boolean gap) {
    public Part {
      Objects.requireNonNull(uri, "uri");
    }
  }

  /** One EXT-X-RENDITION-REPORT; {@code lastPart} below 0: the playlist has no parts. */
  public record Report(String uri, long lastMsn, int lastPart) {
    public Report {
      Objects.requireNonNull(uri, "uri");
    }
  }

  /**
   * One EXT-X-DATERANGE.
   *
   * @param rangeClass empty for none
   * @param durationNs below 0: not known
   * @param attributes client attributes with their values as they stand in the playlist
   */
  public record Range(
      String id,
      String rangeClass,
      long startUtcNs,
      long durationNs,
      Map<String, String> attributes) {
    public Range {
      Objects.requireNonNull(id, "id");
      Objects.requireNonNull(rangeClass, "rangeClass");
      attributes = Map.copyOf(attributes);
    }
  }

  public MediaPlaylist {
    segments = List.copyOf(segments);
    Objects.requireNonNull(preloadHint, "preloadHint");
    reports = List.copyOf(reports);
    dateRanges = List.copyOf(dateRanges);
    if (targetDurationSeconds < 1 || partTargetNs < 1 || mediaSequence < 0) {
      throw new IllegalArgumentException(
          "targetDurationSeconds %d, partTargetNs %d, mediaSequence %d (expected: from 1, 1 and 0)"
              .formatted(targetDurationSeconds, partTargetNs, mediaSequence));
    }
  }

  /** EXT-X-INDEPENDENT-SEGMENTS: those that a delta update leaves out count as well. */
  public boolean independentSegments() {
    return segments.stream().allMatch(Segment::independent);
  }

  /**
   * How many segments a delta update leaves out: those that end further than the skip boundary
   * before the end of the last one (RFC 8216bis 6.2.5.1).
   */
  public int skippableSegments() {
    if (canSkipUntilSeconds == 0) {
      return 0;
    }
    long boundaryNs = canSkipUntilSeconds * 1_000_000_000L;
    long afterNs = 0;
    for (int i = segments.size() - 1; i >= 0; i--) {
      if (afterNs > boundaryNs) {
        return i + 1;
      }
      afterNs += segments.get(i).durationNs();
    }
    return 0;
  }
}
