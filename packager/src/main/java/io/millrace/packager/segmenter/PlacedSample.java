package io.millrace.packager.segmenter;

import io.millrace.media.track.Sample;
import io.millrace.media.track.SampleDependency;
import io.millrace.media.track.Track;
import io.millrace.packager.state.StateReader;
import io.millrace.packager.state.StateWriter;

/**
 * Holds a sample with its place in media time, before it is counted in the rendition's ticks.
 *
 * @param track as the publisher announced it
 * @param dependency what the sample is, whatever its container says
 */
public record PlacedSample(
    Sample sample, Track track, long dtsNs, long ptsNs, SampleDependency dependency) {
  /** Whether decoding can start here. */
  public boolean keyframe() {
    return dependency == SampleDependency.SYNC;
  }

  /**
   * By how much the sample is shown later than decoded. None is shown earlier, whatever its
   * timestamps say: a dts that stepped back was moved up, its pts was not.
   */
  long reorderedByNs() {
    return Math.max(0, ptsNs - dtsNs);
  }

  /** From when on what begins with this sample is presented. */
  long shownFromNs() {
    return dtsNs + reorderedByNs();
  }

  public void save(StateWriter out) {
    out.track(track).sample(sample).number(dtsNs).number(ptsNs).text(dependency.name());
  }

  public static PlacedSample restore(StateReader in) {
    Track track = in.track();
    return new PlacedSample(
        in.sample(), track, in.number(), in.number(), SampleDependency.valueOf(in.text()));
  }
}
