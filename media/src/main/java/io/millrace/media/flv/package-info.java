/**
 * FLV tag bodies, which are also what RTMP's audio and video messages carry (Adobe FLV 10.1, annex
 * E; Enhanced RTMP v2), and FLV files made of them.
 *
 * <p>Pure functions over bytes; slices share the array that was read. Malformed bytes throw {@link
 * io.millrace.media.MalformedMediaException}. Read {@link io.millrace.media.flv.FlvTrackReader}
 * first.
 */
@NullMarked
package io.millrace.media.flv;

import org.jspecify.annotations.NullMarked;
