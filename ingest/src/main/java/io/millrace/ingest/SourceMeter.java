package io.millrace.ingest;

import io.millrace.control.link.ChannelReport.TrackReport;
import io.millrace.media.track.Sample;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/**
 * Measures what comes for a channel, and says what an encoder should do better. Confined to the
 * agent.
 */
final class SourceMeter {
  private final RateMeter rate = new RateMeter();

  /** Per source, by the track's id. */
  private final TreeMap<Integer, TrackMeter> tracks = new TreeMap<>();

  /** Per broadcast. */
  private long bytes;

  void broadcastOpened() {
    bytes = 0;
  }

  void forgetTracks() {
    tracks.clear();
  }

  void announced(Track track) {
    TrackMeter meter = tracks.get(track.id());
    if (meter == null) {
      tracks.put(track.id(), new TrackMeter(track));
    } else {
      meter.track(track);
    }
  }

  /** Counts a sample; false, and not counted, where its track was not announced. */
  boolean sampled(Sample sample) {
    TrackMeter track = tracks.get(sample.trackId());
    if (track == null) {
      return false;
    }
    track.sample(sample);
    bytes += sample.data().length();
    return true;
  }

  Collection<TrackMeter> tracks() {
    return tracks.values();
  }

  /** All that came since the broadcast opened. */
  long bytes() {
    return bytes;
  }

  long bitsPerSecond(long nowNs) {
    return rate.bitsPerSecond(bytes, nowNs);
  }

  List<TrackReport> reports(long nowNs) {
    return tracks.values().stream().map(track -> track.report(nowNs)).toList();
  }

  /**
   * What whoever runs the encoder should know.
   *
   * @param segment how long segments should be
   * @param drops whether samples of the publisher were dropped
   */
  List<String> hints(Duration segment, boolean drops) {
    List<String> hints = new ArrayList<>();
    for (TrackMeter track : tracks.values()) {
      if (track.kind() == TrackKind.VIDEO
          && track.keyframeIntervalMs() > segment.toMillis() * 1.5) {
        hints.add(
            String.format(
                Locale.ROOT,
                "Keyframes are %.1f s apart: set the encoder's keyframe interval to %d s.",
                track.keyframeIntervalMs() / 1000,
                Math.max(1, segment.toSeconds())));
      }
    }
    if (drops) {
      hints.add("Some of the stream was dropped on arrival: lower the encoder's bitrate.");
    }
    return hints;
  }
}
