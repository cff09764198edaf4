/**
 * The identities that everything hangs on: a channel, its broadcasts (one for each time on air),
 * their timelines, and the fence that tells a stale writer from the one in office.
 */
@NullMarked
package io.millrace.media.channel;

import org.jspecify.annotations.NullMarked;
