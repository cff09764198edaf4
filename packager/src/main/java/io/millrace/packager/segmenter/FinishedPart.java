package io.millrace.packager.segmenter;

import io.millrace.media.Bytes;

/**
 * Holds a part of a rendition that is about to be published; times are ticks of its timescale.
 *
 * @param number in its segment, from 0 on
 * @param startTicks base media decode time
 * @param independent whether it begins with a sample that decoding can start at
 * @param arrivalNs when its last sample arrived at the ingest, UTC, Unix nanoseconds
 * @param keyframeBytes from its beginning to the end of the keyframe that it begins with; else 0
 * @param presentationTicks the earliest presentation time of its samples
 * @param last whether no more parts of its segment are expected
 */
record FinishedPart(
    long msn,
    int number,
    long startTicks,
    long durationTicks,
    boolean independent,
    Bytes data,
    long arrivalNs,
    int keyframeBytes,
    long presentationTicks,
    boolean last) {}
