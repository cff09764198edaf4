package io.millrace.packager;

import io.millrace.media.track.TrackKind;
import io.millrace.packager.segmenter.PlacedSample;
import io.millrace.packager.state.StateReader;
import io.millrace.packager.state.StateWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Holds the first samples of a stretch until it is known what leads it: a video keyframe, or the
 * sound if no video comes. Times are the publisher's.
 */
final class StartBuffer {
  /** A second track that has not shown itself by then comes too late for the first playlist. */
  private static final long TRACK_WAIT_NS = Duration.ofSeconds(2).toNanos();

  /** Video without a keyframe for so long is left out, until one comes. */
  private static final long KEYFRAME_WAIT_NS = Duration.ofSeconds(10).toNanos();

  /** What a sample takes but for its bytes. */
  private static final int SAMPLE_BYTES = 64;

  private final List<PlacedSample> samples = new ArrayList<>();
  private @Nullable PlacedSample firstKeyframe;
  private long bytes;
  private boolean begun;
  private boolean videoSeen;
  private long firstDtsNs;
  private long lastDtsNs;
  private long firstUtcNs;
  private long lastUtcNs;

  /** Takes a sample; false where it could not be played anyway. */
  boolean add(PlacedSample sample, long maxBytes) {
    if (!begun) {
      begun = true;
      firstDtsNs = sample.dtsNs();
      firstUtcNs = sample.sample().arrivalNs();
    }
    lastDtsNs = Math.max(lastDtsNs, sample.dtsNs());
    tick(sample.sample().arrivalNs());
    boolean video = sample.track().kind() == TrackKind.VIDEO;
    videoSeen |= video;
    int size = SAMPLE_BYTES + sample.sample().data().length();
    boolean useless = video && !sample.keyframe() && firstKeyframe == null;
    if (useless || bytes + size > maxBytes) {
      return false;
    }
    bytes += size;
    hold(sample);
    return true;
  }

  void tick(long utcNs) {
    lastUtcNs = Math.max(lastUtcNs, utcNs);
  }

  /**
   * The sample that leads the stretch, once that is decided.
   *
   * @param video whether video is announced
   * @param sound whether sound is announced
   * @param moreMayCome whether a kind of track that is not announced may yet be
   */
  Optional<PlacedSample> leader(boolean video, boolean sound, boolean moreMayCome) {
    long waitedNs = begun ? Math.max(lastDtsNs - firstDtsNs, lastUtcNs - firstUtcNs) : 0;
    if (firstKeyframe != null) {
      boolean decided = sound || !moreMayCome || waitedNs >= TRACK_WAIT_NS;
      return decided ? Optional.of(firstKeyframe) : Optional.empty();
    }
    long waitNs = video || moreMayCome ? TRACK_WAIT_NS : 0;
    if (video && videoSeen) {
      waitNs = KEYFRAME_WAIT_NS;
    }
    return waitedNs < waitNs || samples.isEmpty()
        ? Optional.empty()
        : Optional.of(samples.getFirst());
  }

  /** When the newest sample or tick came; 0 where there was none. */
  long lastUtcNs() {
    return lastUtcNs;
  }

  List<PlacedSample> samples() {
    return samples;
  }

  private void hold(PlacedSample sample) {
    samples.add(sample);
    if (firstKeyframe == null && sample.keyframe() && sample.track().kind() == TrackKind.VIDEO) {
      firstKeyframe = sample;
    }
  }

  void save(StateWriter out) {
    out.number(bytes).flag(begun).flag(videoSeen).number(firstDtsNs).number(lastDtsNs);
    out.number(firstUtcNs).number(lastUtcNs).number(samples.size());
    samples.forEach(sample -> sample.save(out));
  }

  void restore(StateReader in) {
    bytes = in.number();
    begun = in.flag();
    videoSeen = in.flag();
    firstDtsNs = in.number();
    lastDtsNs = in.number();
    firstUtcNs = in.number();
    lastUtcNs = in.number();
    int count = in.count();
    for (int i = 0; i < count; i++) {
      hold(PlacedSample.restore(in));
    }
  }
}
