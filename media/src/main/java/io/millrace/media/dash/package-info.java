/**
 * DASH documents (ISO/IEC 23009-1): the MPD (5.3) and the MPD patch (5.15) that makes a newer one
 * of an older. Values in, text out.
 *
 * <p>A dynamic MPD lists its segments ({@code SegmentTimeline}) and names them by number. Its clock
 * is UTC: availabilityStartTime is the beginning of 1970 and a Period starts at the instant that
 * its media time is anchored to, so that no node has to know when a broadcast began.
 *
 * <p>Pure. Read {@link io.millrace.media.dash.MediaPresentation} first.
 */
@NullMarked
package io.millrace.media.dash;

import org.jspecify.annotations.NullMarked;
