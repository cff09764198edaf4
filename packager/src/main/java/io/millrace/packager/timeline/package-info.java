/**
 * Where a publisher's timestamps become media time, in one place: wraps, steps back and jumps are
 * found and counted by kind, the sound's times are rebuilt from its sample count, and the length of
 * a frame is predicted from those before it.
 *
 * <p>Pure and confined to the packager's caller. Read {@link
 * io.millrace.packager.timeline.SourceClock} first.
 */
@NullMarked
package io.millrace.packager.timeline;

import org.jspecify.annotations.NullMarked;
