package io.millrace.packager.segmenter;

import io.millrace.media.Bytes;
import io.millrace.media.track.AudioConfiguration;
import io.millrace.media.track.CodecConfiguration;
import io.millrace.media.track.VideoConfiguration;
import io.millrace.packager.state.StateReader;
import io.millrace.packager.state.StateWriter;
import io.millrace.packager.timeline.AudioClock;
import io.millrace.packager.timeline.FrameInterval;
import io.millrace.packager.timeline.FrameRate;
import io.millrace.packager.timeline.Irregularity;
import io.millrace.packager.timeline.IrregularityCounter;
import io.millrace.packager.timeline.Ticks;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Gives the samples of one configuration of a rendition their times in its ticks, and knows how
 * long frames last: pictures keep the publisher's times, sound is counted.
 */
final class SampleTimes {
  private final CodecConfiguration codec;
  private final int timescale;
  private final IrregularityCounter irregularities;
  private final FrameInterval interval;
  private final FrameRate frameRate;
  private final AudioClock clock;

  /** Length of the frame of sound that came last. */
  private long soundFrame;

  private long lastDts;
  private long secondLastDts;
  private boolean dtsKnown;

  /**
   * Times for a configuration.
   *
   * @param timescale of the rendition, ticks a second
   * @param sourceTimescale of the publisher's timestamps, ticks a second
   */
  SampleTimes(
      CodecConfiguration codec,
      int timescale,
      int sourceTimescale,
      IrregularityCounter irregularities) {
    this.codec = codec;
    this.timescale = timescale;
    this.irregularities = irregularities;
    double rate = codec instanceof VideoConfiguration video ? video.frameRate() : 0;
    soundFrame = codec instanceof AudioConfiguration audio ? audio.frameLength() : 0;
    interval = new FrameInterval(rate, timescale, sourceTimescale);
    frameRate = new FrameRate(rate, timescale);
    clock = new AudioClock(timescale, irregularities);
  }

  /** The next samples have nothing to do with those before: no frame's length spans the two. */
  void restart() {
    dtsKnown = false;
    interval.restart();
    frameRate.restart();
    clock.restart();
  }

  /**
   * Gives the sample its times; empty where it must be dropped.
   *
   * @param waiting what is known of those that follow
   */
  Optional<TimedSample> time(PlacedSample placed, SampleQueue waiting) {
    return codec instanceof AudioConfiguration audio
        ? sound(placed, audio, waiting)
        : Optional.of(picture(placed));
  }

  private TimedSample picture(PlacedSample placed) {
    long dts = Ticks.ofNs(placed.dtsNs(), timescale);
    if (dtsKnown) {
      if (isGapBefore(dts)) {
        irregularities.count(Irregularity.GAP);
      }
      interval.add(dts - lastDts);
    }
    frameRate.add(dts);
    secondLastDts = dtsKnown ? lastDts : dts;
    lastDts = dts;
    dtsKnown = true;
    return timed(placed, dts, Ticks.ofNs(placed.ptsNs(), timescale), 0);
  }

  /** Whether frames are missing; not so after a single dts that was too early. */
  private boolean isGapBefore(long dts) {
    return interval.isKnown()
        && dts - lastDts > interval.ticks() * 3 / 2
        && dts - secondLastDts > interval.ticks() * 5 / 2;
  }

  private Optional<TimedSample> sound(
      PlacedSample placed, AudioConfiguration audio, SampleQueue waiting) {
    long length = length(placed, audio);
    List<AudioClock.Frame> following =
        clock.doubts(placed.dtsNs())
            ? waiting.first(AudioClock.CONFIRMING).stream()
                .map(next -> new AudioClock.Frame(next.dtsNs(), length(next, audio)))
                .toList()
            : List.of();
    OptionalLong dts = clock.place(placed.dtsNs(), length, following);
    if (dts.isEmpty()) {
      return Optional.empty();
    }
    soundFrame = length;
    return Optional.of(timed(placed, dts.getAsLong(), dts.getAsLong(), length));
  }

  /**
   * What a frame says of its length is believed up to a second, or as long as the configuration
   * says that frames are: those of FLAC at 8 kHz may last for two.
   */
  private long length(PlacedSample sound, AudioConfiguration audio) {
    Bytes frame = sound.sample().data();
    long length = audio.frameLength(frame);
    long most = Math.max(timescale, audio.frameLength());
    return length > 0 && length <= most ? length : audio.frameLength();
  }

  private static TimedSample timed(PlacedSample placed, long dts, long pts, long lengthTicks) {
    return new TimedSample(
        dts,
        pts,
        lengthTicks,
        placed.dependency(),
        placed.sample().arrivalNs(),
        placed.sample().data());
  }

  /** Whether a time seems far from the place of the sound that comes next. */
  boolean doubts(long dtsNs) {
    return clock.doubts(dtsNs);
  }

  /** How long frames last, as far as is known; 0 where it is not. */
  long frame() {
    return isVideo() ? interval.ticks() : soundFrame;
  }

  /** The same at most: of sound there may be longer frames than the one that came last. */
  long longestFrame() {
    return codec instanceof AudioConfiguration audio
        ? Math.max(soundFrame, audio.frameLength())
        : frame();
  }

  /** How long the sample lasts, as predicted where it does not say so. */
  long predicted(TimedSample sample) {
    return isVideo() ? interval.predictedTicks() : sample.lengthTicks();
  }

  /** By how much sound's clock is moved at once. */
  long stepTicks() {
    return clock.stepTicks();
  }

  /** The frame rate, where it is not declared and is known better now. */
  OptionalDouble learnedFrameRate() {
    return isVideo() && frameRate.learn()
        ? OptionalDouble.of(frameRate.framesPerSecond())
        : OptionalDouble.empty();
  }

  private boolean isVideo() {
    return codec instanceof VideoConfiguration;
  }

  /** Writes what {@link #restore} of the times of the same configuration needs to go on. */
  void save(StateWriter out) {
    out.number(lastDts).number(secondLastDts).flag(dtsKnown).number(soundFrame);
    interval.save(out);
    frameRate.save(out);
    clock.save(out);
  }

  void restore(StateReader in) {
    lastDts = in.number();
    secondLastDts = in.number();
    dtsKnown = in.flag();
    soundFrame = in.number();
    interval.restore(in);
    frameRate.restore(in);
    clock.restore(in);
  }
}
