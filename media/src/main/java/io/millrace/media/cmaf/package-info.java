/**
 * CMAF tracks (ISO 23000-19): the init section that describes a track, and chunks of its samples.
 * The structural brand is cmf2: composition offsets are signed, there are no edit lists, and a
 * track's clock starts far enough above zero that no decoding time is negative.
 *
 * <p>Pure functions: values in, one exactly sized array out. Read {@link
 * io.millrace.media.cmaf.ChunkWriter} first.
 */
@NullMarked
package io.millrace.media.cmaf;

import org.jspecify.annotations.NullMarked;
