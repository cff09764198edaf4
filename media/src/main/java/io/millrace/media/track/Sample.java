package io.millrace.media.track;

import io.millrace.media.Bytes;
import java.util.Objects;

/**
 * Holds one access unit of one track.
 *
 * @param trackId the track's {@link Track#id()}
 * @param dts decoding time, ticks of the track's timescale
 * @param pts presentation time, ticks of the track's timescale
 * @param keyframe whether decoding can start here
 * @param arrivalNs when its last byte arrived at the ingest, UTC, nanoseconds of Unix time
 * @param data the payload as a CMAF sample carries it: length-prefixed NAL units, a raw AAC frame
 */
public record Sample(
    int trackId, long dts, long pts, boolean keyframe, long arrivalNs, Bytes data) {
  public Sample {
    Objects.requireNonNull(data, "data");
  }
}
