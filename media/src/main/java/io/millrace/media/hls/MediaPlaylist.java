package io.millrace.media.hls;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Holds what one version of a low-latency media playlist says. Durations are nanoseconds, instants
 * Unix nanoseconds.
 *
 * @param control what all playlists of a presentation say alike
 * @param iFramesOnly whether each segment is a single picture (RFC 8216bis 4.4.3.6); then there are
 *     no parts
 * @param independentSegments EXT-X-INDEPENDENT-SEGMENTS: whether all segments, those to come too,
 *     can be decoded without others. A tag of the whole playlist does not change (6.2.1), so this
 *     is the same in all versions
 * @param mediaSequence the first segment's number
 * @param discontinuitySequence how many discontinuities lie before the first segment
 * @param segments oldest first; only the last may be incomplete
 * @param hints what comes next; at most one of each type
 * @param reports one for each other media playlist
 * @param dateRanges those that are listed, and those that were
 * @param ended whether nothing will be added any more
 */
public record MediaPlaylist(
    Control control,
    boolean iFramesOnly,
    boolean independentSegments,
    long mediaSequence,
    long discontinuitySequence,
    List<Segment> segments,
    List<Hint> hints,
    List<Report> reports,
    DateRanges dateRanges,
    boolean ended) {

  /** Marks an instant that is not known. */
  public static final long NO_TIME = Long.MIN_VALUE;

  /**
   * Holds what has to be the same in all playlists of a presentation (RFC 8216bis 6.2.4), but for
   * PART-TARGET.
   *
   * @param targetDurationSeconds EXT-X-TARGETDURATION
   * @param partTargetNs PART-TARGET of this playlist
   * @param longestPartTargetNs the longest that any of them may have; PART-HOLD-BACK is three times
   *     it
   * @param canSkipUntilSeconds CAN-SKIP-UNTIL; 0 where delta updates are not offered
   */
  public record Control(
      int targetDurationSeconds,
      long partTargetNs,
      long longestPartTargetNs,
      int canSkipUntilSeconds) {
    public Control {
      if (targetDurationSeconds < 1
          || partTargetNs < 1
          || longestPartTargetNs < partTargetNs
          || canSkipUntilSeconds < 0) {
        throw new IllegalArgumentException(
            "targetDurationSeconds %d, partTargetNs %d of at most %d, canSkipUntilSeconds %d (expected: from 1, 1 and 0)"
                .formatted(
                    targetDurationSeconds, partTargetNs, longestPartTargetNs, canSkipUntilSeconds));
      }
    }
  }

  /**
   * One segment with the tags that go before it.
   *
   * @param uri address of the whole segment
   * @param range which bytes of it are meant; null for all
   * @param durationNs EXTINF; of an incomplete segment what its parts last so far
   * @param complete whether it is listed itself, or only its parts are
   * @param discontinuity whether EXT-X-DISCONTINUITY goes before it
   * @param gap whether there is nothing behind its address
   * @param utcNs EXT-X-PROGRAM-DATE-TIME; {@link #NO_TIME} for none
   * @param mapUri address of its init section
   * @param parts the parts to list; empty where they are too far from the end
   */
  public record Segment(
      String uri,
      @Nullable ByteRange range,
      long durationNs,
      boolean complete,
      boolean discontinuity,
      boolean gap,
      long utcNs,
      String mapUri,
      List<Part> parts) {
    public Segment {
      Objects.requireNonNull(uri, "uri");
      Objects.requireNonNull(mapUri, "mapUri");
      parts = List.copyOf(parts);
    }
  }

  /** EXT-X-BYTERANGE. */
  public record ByteRange(long length, long offset) {}

  /** One EXT-X-PART. */
  public record Part(String uri, long durationNs, boolean independent, boolean gap) {
    public Part {
      Objects.requireNonNull(uri, "uri");
    }
  }

  /** One EXT-X-PRELOAD-HINT. */
  public record Hint(Type type, String uri) {
    /** Says what is hinted. */
    public enum Type {
      PART,
      MAP
    }

    public Hint {
      Objects.requireNonNull(type, "type");
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
   * The date ranges of a playlist.
   *
   * @param listed in order of their start
   * @param recentlyRemoved identifiers of those that went within the skip boundary
   */
  public record DateRanges(List<Range> listed, List<String> recentlyRemoved) {
    public static final DateRanges NONE = new DateRanges(List.of(), List.of());

    public DateRanges {
      listed = List.copyOf(listed);
      recentlyRemoved = List.copyOf(recentlyRemoved);
    }
  }

  /**
   * One EXT-X-DATERANGE.
   *
   * @param rangeClass empty for none
   * @param durationNs below 0: not known
   * @param attributes client attributes with their values as they stand in the playlist
   * @param addedMsn the newest segment when it was added
   * @param ageNs how long ago it was added
   */
  public record Range(
      String id,
      String rangeClass,
      long startUtcNs,
      long durationNs,
      Map<String, String> attributes,
      long addedMsn,
      long ageNs) {
    public Range {
      Objects.requireNonNull(id, "id");
      Objects.requireNonNull(rangeClass, "rangeClass");
      attributes = Map.copyOf(attributes);
    }
  }

  public MediaPlaylist {
    Objects.requireNonNull(control, "control");
    segments = List.copyOf(segments);
    hints = List.copyOf(hints);
    reports = List.copyOf(reports);
    Objects.requireNonNull(dateRanges, "dateRanges");
    if (mediaSequence < 0) {
      throw new IllegalArgumentException("mediaSequence: " + mediaSequence + " (expected: from 0)");
    }
  }

  /** Whether a delta update leaves a range out: it was added before the skip boundary. */
  boolean isSkippable(Range range, int skippedSegments) {
    // One that came while a segment was open which is left out has no later date.
    return range.addedMsn() < mediaSequence + skippedSegments || range.ageNs() > skipBoundaryNs();
  }

  private long skipBoundaryNs() {
    return control.canSkipUntilSeconds() * 1_000_000_000L;
  }

  /**
   * How many segments a delta update leaves out: those that end further than the skip boundary
   * before the end of the last one (RFC 8216bis 6.2.5.1). One that is not complete is none: its
   * parts do not count.
   */
  public int skippableSegments() {
    if (control.canSkipUntilSeconds() == 0) {
      return 0;
    }
    long afterNs = 0;
    for (int i = segments.size() - 1; i >= 0; i--) {
      if (afterNs > skipBoundaryNs()) {
        return i + 1;
      }
      afterNs += segments.get(i).complete() ? segments.get(i).durationNs() : 0;
    }
    return 0;
  }
}
