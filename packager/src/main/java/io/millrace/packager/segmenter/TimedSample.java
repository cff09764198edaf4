package io.millrace.packager.segmenter;

import io.millrace.media.Bytes;

/**
 * Holds a sample with its times as the rendition counts them.
 *
 * @param dts media time, the rendition's timescale
 * @param pts media time, the rendition's timescale
 * @param keyframe whether decoding can start here
 * @param disposable whether no other sample refers to it
 */
record TimedSample(
    long dts, long pts, boolean keyframe, boolean disposable, long arrivalNs, Bytes data) {}
