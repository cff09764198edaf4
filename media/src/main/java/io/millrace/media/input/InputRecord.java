package io.millrace.media.input;

import io.millrace.media.channel.BroadcastId;
import io.millrace.media.channel.TimelineId;
import io.millrace.media.channel.TimelineSettings;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.track.Sample;
import io.millrace.media.track.Track;

/** Says what came in: a sample, a tick of the clock, or a decision of the ingest. */
public sealed interface InputRecord {

  /** A broadcast begins, and with it its first timeline. {@code utcNs}: UTC, Unix nanoseconds. */
  record BroadcastOpened(
      BroadcastId broadcast, TimelineId timeline, TimelineSettings settings, long utcNs)
      implements InputRecord {}

  /**
   * A publisher's session begins: the first of the broadcast, a reconnect, or a takeover.
   * Timestamps start anew and every track is announced anew before its first sample.
   */
  record SourceStarted(long utcNs) implements InputRecord {}

  /** A track appears, or its configuration changed. Times of its samples are in its timescale. */
  record TrackAnnounced(Track track) implements InputRecord {}

  record SampleArrived(Sample sample) implements InputRecord {}

  /** Samples were dropped before the log, all up to the next keyframe of the track. */
  record SamplesDropped(int trackId, long count, long utcNs) implements InputRecord {}

  /** The publisher went away; the grace period runs. */
  record SourceLost(long utcNs) implements InputRecord {}

  /** The grace period ended, or the broadcast was ended by hand. */
  record BroadcastClosed(long utcNs) implements InputRecord {}

  /** Someone wants the date range to stand in the playlists, as it is here. */
  record DateRangeMarked(IndexRecord.DateRange range, long utcNs) implements InputRecord {}

  /** The time went on without a sample. */
  record ClockTicked(long utcNs) implements InputRecord {}
}
