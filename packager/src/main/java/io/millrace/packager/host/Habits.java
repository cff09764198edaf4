package io.millrace.packager.host;

import io.millrace.media.channel.TimelineSettings;
import io.millrace.media.index.IndexRecord;
import io.millrace.media.track.AudioConfiguration;
import io.millrace.media.track.CodecConfiguration;
import io.millrace.media.track.Sample;
import io.millrace.media.track.Track;
import io.millrace.media.track.VideoConfiguration;
import io.millrace.packager.timeline.Irregularity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Finds in what was irregular of late what a broadcaster can mend, and says how. What comes of
 * keyframes that are too far apart it leaves to the ingest, which says so. Confined to the agent;
 * time passes by {@link #tick}, once a second.
 */
final class Habits {
  private static final int REMEMBERED_TICKS = 60;

  /** Fewer are a network's hiccup. */
  private static final long MANY = 5;

  private static final double SECOND_NS = 1e9;

  /** What a part lasts at least, of PART-TARGET (RFC 8216bis 4.4.4.9). */
  private static final double LEAST_PART = 0.85;

  private final Recent cuts = new Recent();
  private final Recent gaps = new Recent();
  private final Recent longFrames = new Recent();

  /** Per timeline. */
  private TimelineSettings settings = TimelineSettings.DEFAULT;

  /** As they were described last, by their ids. */
  private final Map<Integer, Track> tracks = new TreeMap<>();

  /** Of the tracks that have a PART-TARGET of their own, by their ids. */
  private final Map<Integer, Long> partTargetsNs = new TreeMap<>();

  /** By track; in sound each sample is one. */
  private final Map<Integer, Keyframes> keyframes = new TreeMap<>();

  /** When keyframes arrived, UTC, nanoseconds. */
  private static final class Keyframes {
    private long newestNs;
    private long lastNs = Long.MIN_VALUE;
    private long intervalNs;

    void sample(long arrivalNs, boolean keyframe) {
      newestNs = arrivalNs;
      if (keyframe) {
        intervalNs = lastNs == Long.MIN_VALUE ? 0 : arrivalNs - lastNs;
        lastNs = arrivalNs;
      }
    }

    /** The last interval, or what the running one has come to if that is more. */
    long intervalNs() {
      return lastNs == Long.MIN_VALUE ? 0 : Math.max(intervalNs, newestNs - lastNs);
    }
  }

  /** Counts of the last minute. */
  private static final class Recent {
    private final long[] counts = new long[REMEMBERED_TICKS];
    private int at;

    void add(long count) {
      counts[at] += count;
    }

    void tick() {
      at = (at + 1) % REMEMBERED_TICKS;
      counts[at] = 0;
    }

    long sum() {
      return Arrays.stream(counts).sum();
    }

    void clear() {
      Arrays.fill(counts, 0);
    }
  }

  /** Learns of a timeline that begins, and of its tracks. */
  void hear(IndexRecord record) {
    if (record instanceof IndexRecord.TimelineOpened opened) {
      settings = opened.settings();
      tracks.clear();
      partTargetsNs.clear();
      cuts.clear();
      gaps.clear();
      longFrames.clear();
      keyframes.clear();
    } else if (record instanceof IndexRecord.TrackDescribed(Track track)) {
      tracks.put(track.id(), track);
    } else if (record instanceof IndexRecord.PartTargetFixed fixed) {
      partTargetsNs.put(fixed.rendition(), fixed.partTargetNs());
    }
  }

  /** Learns of what an earlier host published: its keyframes too, which none will arrive of. */
  void hearEarlier(IndexRecord record) {
    hear(record);
    if (record instanceof IndexRecord.PartPublished part) {
      arrived(part.key().rendition(), part.arrivalNs(), part.independent());
    }
  }

  void arrived(Sample sample) {
    arrived(sample.trackId(), sample.arrivalNs(), sample.keyframe());
  }

  private void arrived(int track, long arrivalNs, boolean keyframe) {
    keyframes.computeIfAbsent(track, _ -> new Keyframes()).sample(arrivalNs, keyframe);
  }

  /** As the ingest sees it, which tells the broadcaster; so that nothing is told twice. */
  private boolean keyframesAreFarApart() {
    long mostNs = settings.segment().multipliedBy(3).dividedBy(2).toNanos();
    return keyframes.values().stream().anyMatch(track -> track.intervalNs() > mostNs);
  }

  void count(Irregularity kind, long samples) {
    if (kind == Irregularity.CUT_WITHOUT_KEYFRAME) {
      cuts.add(samples);
    } else if (kind == Irregularity.GAP) {
      gaps.add(samples);
    } else if (kind == Irregularity.LONG_FRAME) {
      longFrames.add(samples);
    }
  }

  void tick() {
    cuts.tick();
    if (keyframesAreFarApart()) {
      cuts.clear();
    }
    gaps.tick();
    longFrames.tick();
  }

  List<String> hints() {
    List<String> hints = new ArrayList<>();
    // Pictures that are missing let a group last longer than the encoder was told.
    boolean cutsForGaps = cuts.sum() > 0 && gaps.sum() > 0;
    if (cuts.sum() > 0 && !cutsForGaps) {
      hints.add(
          String.format(
              Locale.ROOT,
              "Some segments of the last minute began without a keyframe: players cannot start"
                  + " there, and the stream is valid HLS but not CMAF. Set in the encoder: Keyframe"
                  + " interval: %d s.",
              Math.max(1, settings.segment().toSeconds())));
    }
    if (gaps.sum() >= MANY || cutsForGaps) {
      hints.add(
          "The encoder left out frames in the last minute. Set in it: a lower bitrate, or a lower"
              + " frame rate where its machine is busy.");
    }
    if (longFrames.sum() >= MANY) {
      for (Track track : tracks.values()) {
        longFrames(track.codec(), partTargetNs(track)).ifPresent(hints::add);
      }
    }
    for (Track track : tracks.values()) {
      if (track.codec() instanceof VideoConfiguration video) {
        shortParts(video.frameRate(), partTargetNs(track)).ifPresent(hints::add);
      }
    }
    return hints;
  }

  /**
   * What to say of pictures of which no number fills a part: their rate has changed, or was not
   * known when PART-TARGET was fixed.
   */
  private Optional<String> shortParts(double frameRate, double partTargetNs) {
    int frames = (int) (frameRate * partTargetNs / SECOND_NS);
    double partNs = frames * SECOND_NS / Math.max(1, frameRate);
    if (frames == 0 || partNs >= LEAST_PART * partTargetNs) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "At %.1f frames a second a part of the stream has %d and lasts %.0f ms: too short for"
                + " players that were told of %.0f ms (RFC 8216bis 4.4.4.9). Set in the encoder:"
                + " a frame rate of 25 or 30, the same from the start.",
            frameRate,
            frames,
            partNs / 1e6,
            partTargetNs / 1e6));
  }

  /** What to say of a track whose frames last longer than PART-TARGET. */
  private static Optional<String> longFrames(CodecConfiguration codec, double partTargetNs) {
    return switch (codec) {
      case VideoConfiguration video when isLong(1, video.frameRate(), partTargetNs) ->
          Optional.of(
              String.format(
                  Locale.ROOT,
                  "At %.1f frames a second a frame lasts longer than a part of the stream may, and"
                      + " there are gaps. Set in the encoder: a frame rate of %d or more.",
                  video.frameRate(),
                  (long) Math.ceil(SECOND_NS / partTargetNs)));
      case AudioConfiguration audio
          when isLong(audio.frameLength(), audio.sampleRate(), partTargetNs) ->
          Optional.of(
              String.format(
                  Locale.ROOT,
                  "A block of sound of %d samples lasts longer than a part of the stream may, and"
                      + " there are gaps. Set in the encoder: blocks of %d samples at most.",
                  audio.frameLength(),
                  (long) (partTargetNs * audio.sampleRate() / SECOND_NS)));
      default -> Optional.empty();
    };
  }

  private static boolean isLong(int ticks, double ticksPerSecond, double partTargetNs) {
    return ticksPerSecond > 0 && ticks * SECOND_NS / ticksPerSecond > partTargetNs;
  }

  private double partTargetNs(Track track) {
    return partTargetsNs.getOrDefault(track.id(), settings.partTarget().toNanos());
  }
}
