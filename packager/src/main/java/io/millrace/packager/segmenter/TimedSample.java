package io.millrace.packager.segmenter;

import io.millrace.media.Bytes;
import io.millrace.media.track.SampleDependency;
import io.millrace.packager.state.StateReader;
import io.millrace.packager.state.StateWriter;

/**
 * Holds a sample with its times as the rendition counts them.
 *
 * @param dts media time, the rendition's timescale
 * @param pts media time, the rendition's timescale
 * @param lengthTicks of a frame of sound; 0 of a picture, whose length is predicted
 */
record TimedSample(
    long dts, long pts, long lengthTicks, SampleDependency dependency, long arrivalNs, Bytes data) {

  /** Whether decoding can start here. */
  boolean keyframe() {
    return dependency == SampleDependency.SYNC;
  }

  /** The same that is presented at another time. */
  TimedSample presentedAt(long ticks) {
    return new TimedSample(dts, ticks, lengthTicks, dependency, arrivalNs, data);
  }

  /** The same that lasts until {@code ticks}. */
  TimedSample lastingUntil(long ticks) {
    return new TimedSample(dts, pts, ticks - dts, dependency, arrivalNs, data);
  }

  void save(StateWriter out) {
    out.number(dts).number(pts).number(lengthTicks).text(dependency.name());
    out.number(arrivalNs).bytes(data);
  }

  static TimedSample restore(StateReader in) {
    return new TimedSample(
        in.number(),
        in.number(),
        in.number(),
        SampleDependency.valueOf(in.text()),
        in.number(),
        in.bytes());
  }
}
