package io.millrace.packager.segmenter;

import io.millrace.media.Bytes;
import io.millrace.packager.state.StateReader;
import io.millrace.packager.state.StateWriter;

/**
 * Holds a sample with its times as the rendition counts them.
 *
 * @param dts media time, the rendition's timescale
 * @param pts media time, the rendition's timescale
 * @param keyframe whether decoding can start here
 * @param disposable whether no other sample refers to it
 */
record TimedSample(
    long dts, long pts, boolean keyframe, boolean disposable, long arrivalNs, Bytes data) {

  void save(StateWriter out) {
    out.number(dts).number(pts).flag(keyframe).flag(disposable).number(arrivalNs).bytes(data);
  }

  static TimedSample restore(StateReader in) {
    return new TimedSample(in.number(), in.number(), in.flag(), in.flag(), in.number(), in.bytes());
  }
}
