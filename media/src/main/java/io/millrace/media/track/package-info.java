/**
 * Tracks and their samples. A track has a codec configuration; a sample is one access unit of one
 * track. Times are ticks of the track's timescale.
 */
@NullMarked
package io.millrace.media.track;

import org.jspecify.annotations.NullMarked;
