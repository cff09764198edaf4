package io.millrace.packager.segmenter;

import io.millrace.media.track.Sample;
import io.millrace.media.track.Track;

/**
 * Holds a sample with its place in media time, before it is counted in the rendition's ticks.
 *
 * @param track as the publisher announced it
 * @param keyframe what the picture is, whatever its container says
 */
public record PlacedSample(Sample sample, Track track, long dtsNs, long ptsNs, boolean keyframe) {}
