package io.millrace.ingest;

import io.millrace.control.link.ChannelReport.TrackReport;
import io.millrace.media.track.AudioConfiguration;
import io.millrace.media.track.Sample;
import io.millrace.media.track.Track;
import io.millrace.media.track.TrackKind;
import io.millrace.media.track.VideoConfiguration;
import java.util.Locale;

/** Measures one track for the channel's status. Confined to the agent. */
final class TrackMeter {
  private static final int FRAMES = 64;

  private Track track;
  private final long[] dts = new long[FRAMES];
  private long frames;
  private long lastKeyframeDts = Long.MIN_VALUE;
  private double keyframeIntervalMs;
  private long bytes;
  private final RateMeter rate = new RateMeter();

  TrackMeter(Track track) {
    this.track = track;
  }

  void track(Track newTrack) {
    track = newTrack;
  }

  TrackKind kind() {
    return track.kind();
  }

  Track track() {
    return track;
  }

  void sample(Sample sample) {
    bytes += sample.data().length();
    dts[(int) (frames++ % FRAMES)] = sample.dts();
    if (sample.keyframe() && track.kind() == TrackKind.VIDEO) {
      if (lastKeyframeDts != Long.MIN_VALUE && sample.dts() > lastKeyframeDts) {
        keyframeIntervalMs = (sample.dts() - lastKeyframeDts) * 1000.0 / track.timescale();
      }
      lastKeyframeDts = sample.dts();
    }
  }

  long frames() {
    return frames;
  }

  /**
   * The last interval of keyframes, or what the running one has already come to if that is more.
   */
  double keyframeIntervalMs() {
    if (lastKeyframeDts == Long.MIN_VALUE || frames == 0) {
      return keyframeIntervalMs;
    }
    long newest = dts[(int) ((frames - 1) % FRAMES)];
    return Math.max(keyframeIntervalMs, (newest - lastKeyframeDts) * 1000.0 / track.timescale());
  }

  TrackReport report(long nowNs) {
    long bitrateBps = rate.bitsPerSecond(bytes, nowNs);
    String kind = track.kind().name().toLowerCase(Locale.ROOT);
    return switch (track.codec()) {
      case VideoConfiguration video ->
          new TrackReport(
              kind,
              video.codecsString(),
              video.width(),
              video.height(),
              frameRate(),
              keyframeIntervalMs(),
              0,
              0,
              bitrateBps);
      case AudioConfiguration audio ->
          new TrackReport(
              kind,
              audio.codecsString(),
              0,
              0,
              0,
              0,
              audio.outputSampleRate(),
              audio.outputChannels(),
              bitrateBps);
    };
  }

  /** Frames a second over the last samples; 0 where there are too few of them. */
  double frameRate() {
    int count = (int) Math.min(frames, FRAMES);
    if (count < 2) {
      return 0;
    }
    long newest = dts[(int) ((frames - 1) % FRAMES)];
    long oldest = dts[(int) ((frames - count) % FRAMES)];
    return newest <= oldest ? 0 : (count - 1.0) * track.timescale() / (newest - oldest);
  }
}
