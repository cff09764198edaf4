package io.millrace.media.index;

import io.millrace.media.Bytes;
import io.millrace.media.channel.BroadcastId;
import io.millrace.media.channel.TimelineId;
import io.millrace.media.channel.TimelineSettings;
import io.millrace.media.track.Track;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Says what happened to a channel. All renditions of a timeline have the same media sequence
 * numbers for the same stretch of time; parts are counted for each rendition apart.
 */
public sealed interface IndexRecord {

  /** A timeline begins; all records after it belong to it until the next. */
  record TimelineOpened(
      BroadcastId broadcast, TimelineId timeline, TimelineSettings settings, long utcNs)
      implements IndexRecord {}

  /**
   * A rendition appears, its configuration changed or more is known of it, such as a frame rate
   * that the stream does not declare; {@code track.timescale()} is the output's. The newest holds.
   */
  record TrackDescribed(Track track) implements IndexRecord {}

  /**
   * The init section of a rendition's segments from {@code msn} on.
   *
   * @param hash the first 16 hexadecimal digits of the SHA-256 of {@code data}, its address
   * @param data {@code ftyp} and {@code moov}
   */
  record InitSection(int rendition, long msn, String hash, Bytes data) implements IndexRecord {}

  /**
   * EXT-X-TARGETDURATION of all the timeline's playlists, fixed before the first is published (RFC
   * 8216bis 4.4.3.1). Until this record no playlist can be rendered.
   */
  record TargetDurationFixed(int seconds) implements IndexRecord {}

  /**
   * The PART-TARGET of a rendition's playlists where it is not the one of {@link TimelineSettings}:
   * below it. It comes before {@link TargetDurationFixed}, or before the rendition's first part; no
   * part or gap of the rendition is longer.
   */
  record PartTargetFixed(int rendition, long partTargetNs) implements IndexRecord {}

  /**
   * From segment {@code msn} on, the media time {@code mediaTimeNs} (nanoseconds of the timeline,
   * the same clock for all renditions: ticks / timescale) is the instant {@code utcNs}.
   */
  record ClockAnchored(long msn, long mediaTimeNs, long utcNs) implements IndexRecord {}

  /**
   * A part is complete and its bytes can be had.
   *
   * @param startTicks base media decode time, the rendition's timescale
   * @param durationTicks the rendition's timescale
   * @param independent whether decoding can start at one of its samples (INDEPENDENT=YES, RFC
   *     8216bis 4.4.4.9), be it the first or not
   * @param sha256 of its bytes
   * @param arrivalNs when its last sample arrived at the ingest, UTC, Unix nanoseconds
   * @param keyframeBytes from its beginning to the end of the picture that it begins with, if that
   *     can be decoded by itself: what an I-frame playlist names (RFC 8216bis 4.4.3.6); else 0
   * @param presentationTicks the earliest presentation time of its samples, the rendition's
   *     timescale: composition offsets move it from {@code startTicks} to either side
   * @param last whether no more parts of its segment are expected: mostly that is predicted from
   *     the distance of keyframes, and where the keyframe does not come, more follow
   */
  record PartPublished(
      PartKey key,
      long startTicks,
      long durationTicks,
      boolean independent,
      int sizeBytes,
      Bytes sha256,
      long arrivalNs,
      int keyframeBytes,
      long presentationTicks,
      boolean last)
      implements IndexRecord {}

  /** A stretch for which there are no bytes: GAP=YES (RFC 8216bis 4.4.4.9). */
  record GapPublished(PartKey key, long startTicks, long durationTicks) implements IndexRecord {}

  /** A rendition's segment is complete: it has {@code partCount} parts and no more will come. */
  record SegmentEnded(int rendition, long msn, int partCount, long durationTicks)
      implements IndexRecord {}

  /** Segment {@code msn} of every rendition begins after a discontinuity. */
  record Discontinuity(long msn) implements IndexRecord {}

  /**
   * EXT-X-DATERANGE (RFC 8216bis 4.4.5.1); it goes with the segments that it maps to.
   *
   * @param id names no other range of the broadcast
   * @param rangeClass CLASS; empty: none
   * @param startUtcNs UTC, Unix nanoseconds
   * @param durationNs below 0: not known, and the range ends with the broadcast
   * @param attributes all others, by name, with their values as they stand in the playlist
   */
  record DateRange(
      String id,
      String rangeClass,
      long startUtcNs,
      long durationNs,
      Map<String, String> attributes)
      implements IndexRecord {
    /** How many are kept of a timeline at once, those that went of late included. */
    public static final int MOST_KEPT = 100;

    public DateRange {
      // In one order at every node, so that all write the same bytes.
      attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
    }

    /** Whether its end is known and lies before an instant. */
    public boolean endsBefore(long utcNs) {
      return durationNs >= 0 && startUtcNs + durationNs < utcNs;
    }
  }

  /**
   * Playlists begin with segment {@code msn} now.
   *
   * @param discontinuitySequence how many discontinuities lie before it
   */
  record WindowStarted(long msn, long discontinuitySequence) implements IndexRecord {}

  /** The broadcast is over: ENDLIST. */
  record BroadcastEnded(long utcNs) implements IndexRecord {}
}
