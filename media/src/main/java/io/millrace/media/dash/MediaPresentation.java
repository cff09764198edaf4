package io.millrace.media.dash;

import io.millrace.media.track.Track;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Holds what one version of an MPD says (ISO/IEC 23009-1 5.3). Durations are nanoseconds, instants
 * Unix nanoseconds; ticks are those of the representation's timescale.
 *
 * @param id the same for all versions of a presentation
 * @param ended whether it is static: nothing will be added any more
 * @param publishUtcNs tells versions apart; written to the millisecond
 * @param baseUrl what addresses of media are relative to
 * @param timeUri where the server tells its time, an xs:dateTime
 * @param patch where the patch of this version is; empty where there is none
 * @param periods oldest first
 */
public record MediaPresentation(
    String id,
    boolean ended,
    long publishUtcNs,
    String baseUrl,
    String timeUri,
    Optional<PatchLocation> patch,
    Timing timing,
    List<Period> periods) {

  /**
   * What players are told of time.
   *
   * @param updatePeriodNs minimumUpdatePeriod
   * @param timeShiftBufferNs timeShiftBufferDepth
   * @param maxSegmentNs no segment is longer
   * @param partTargetNs no chunk is longer
   * @param latencyNs how far behind the live edge a player should keep
   */
  public record Timing(
      long updatePeriodNs,
      long timeShiftBufferNs,
      long maxSegmentNs,
      long partTargetNs,
      long latencyNs) {
    public Timing {
      if (partTargetNs < 1 || maxSegmentNs < partTargetNs) {
        throw new IllegalArgumentException(
            "partTargetNs %d, maxSegmentNs %d (expected: from 1, and no less than that)"
                .formatted(partTargetNs, maxSegmentNs));
      }
    }

    /**
     * suggestedPresentationDelay: shaka-player counts it from the end of the last complete chunk,
     * and players that know ServiceDescription go by that.
     */
    public long presentationDelayNs() {
      return Math.max(1, latencyNs - partTargetNs);
    }

    /** A segment can be asked for when its first chunk is complete (5.3.9.5.1). */
    public long availabilityTimeOffsetNs() {
      return maxSegmentNs - partTargetNs;
    }
  }

  /**
   * PatchLocation (5.15.3).
   *
   * @param ttlSeconds how long after the publish time it can be asked for
   */
  public record PatchLocation(String uri, long ttlSeconds) {
    public PatchLocation {
      Objects.requireNonNull(uri, "uri");
    }
  }

  /**
   * One Period (5.3.2).
   *
   * @param id never given to another
   * @param startUtcNs the instant of the representations' presentationTimeOffset
   * @param durationNs below 0: not known, or up to the next one
   * @param events one stream for each scheme and value
   */
  public record Period(
      String id,
      long startUtcNs,
      long durationNs,
      List<EventStream> events,
      List<AdaptationSet> adaptationSets) {
    public Period {
      Objects.requireNonNull(id, "id");
      events = List.copyOf(events);
      adaptationSets = List.copyOf(adaptationSets);
    }

    /** The same with other events. */
    public Period withEvents(List<EventStream> others) {
      return new Period(id, startUtcNs, durationNs, others, adaptationSets);
    }
  }

  /** Events of one kind (5.10.2), in order of their times. */
  public record EventStream(Scheme scheme, String value, List<Event> events) {
    /** Says what is in the events. */
    public enum Scheme {
      /** A splice_info_section in base64, within a Signal (ANSI/SCTE 214-1 6.8.4). */
      SCTE35("urn:scte:scte35:2014:xml+bin"),
      /** The attributes of an EXT-X-DATERANGE, as HLS playlists have them. */
      DATE_RANGE("urn:millrace:date-range:2026");

      private final String uri;

      Scheme(String uri) {
        this.uri = uri;
      }

      String uri() {
        return uri;
      }
    }

    public EventStream {
      Objects.requireNonNull(scheme, "scheme");
      Objects.requireNonNull(value, "value");
      events = List.copyOf(events);
    }
  }

  /**
   * One event.
   *
   * @param id the same in each version; 32 bits without a sign
   * @param startMs from the Period's start on, milliseconds
   * @param durationMs below 0: not known
   */
  public record Event(long id, long startMs, long durationMs, String text) {
    public Event {
      Objects.requireNonNull(text, "text");
      if (id < 0 || id > 0xFFFF_FFFFL || startMs < 0) {
        throw new IllegalArgumentException(
            "id %d, startMs %d (expected: 32 bits, and from 0)".formatted(id, startMs));
      }
    }
  }

  /** Representations that a player can switch between (5.3.3). */
  public record AdaptationSet(int id, List<Representation> representations) {
    public AdaptationSet {
      representations = List.copyOf(representations);
      if (representations.isEmpty()) {
        throw new IllegalArgumentException("representations: 0 (expected: 1 or more)");
      }
    }

    /** What all of them have in common: kind, language, role and name. */
    public Track track() {
      return representations.getFirst().track();
    }
  }

  /**
   * One Representation (5.3.5) with its segments.
   *
   * @param initUri address of its init section
   * @param presentationTimeOffset the media time at which the Period starts
   * @param independent whether all segments begin with a sync sample
   * @param startNumber the first segment's number
   * @param segments without a number between them left out
   */
  public record Representation(
      Track track,
      String initUri,
      long bandwidthBps,
      long presentationTimeOffset,
      boolean independent,
      long startNumber,
      List<Segment> segments) {
    public Representation {
      Objects.requireNonNull(track, "track");
      Objects.requireNonNull(initUri, "initUri");
      segments = List.copyOf(segments);
      if (segments.isEmpty()) {
        throw new IllegalArgumentException("segments: 0 (expected: 1 or more)");
      }
    }
  }

  /**
   * One S of a SegmentTimeline (5.3.9.6).
   *
   * @param startTicks media time
   * @param durationTicks of one that is not complete the longest that it can become
   * @param gap whether there is nothing behind its address
   */
  public record Segment(long startTicks, long durationTicks, boolean gap) {
    public Segment {
      if (startTicks < 0 || durationTicks < 1) {
        throw new IllegalArgumentException(
            "startTicks %d, durationTicks %d (expected: from 0 and 1)"
                .formatted(startTicks, durationTicks));
      }
    }
  }

  public MediaPresentation {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(baseUrl, "baseUrl");
    Objects.requireNonNull(timeUri, "timeUri");
    Objects.requireNonNull(patch, "patch");
    Objects.requireNonNull(timing, "timing");
    periods = List.copyOf(periods);
    if (periods.isEmpty()) {
      throw new IllegalArgumentException("periods: 0 (expected: 1 or more)");
    }
  }

  /** The same version, published anew at another time. */
  public MediaPresentation publishedAt(long utcNs, Optional<PatchLocation> newPatch) {
    return new MediaPresentation(id, ended, utcNs, baseUrl, timeUri, newPatch, timing, periods);
  }

  /** The like with other Periods. */
  public MediaPresentation withPeriods(List<Period> others) {
    return new MediaPresentation(id, ended, publishUtcNs, baseUrl, timeUri, patch, timing, others);
  }

  /** When its last Period ends; below 0: not known. */
  public long endUtcNs() {
    Period last = periods.getLast();
    return last.durationNs() < 0 ? -1 : last.startUtcNs() + last.durationNs();
  }
}
