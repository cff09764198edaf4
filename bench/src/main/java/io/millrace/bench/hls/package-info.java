/**
 * Reads what a viewer reads: playlists and parts. It shares no code with the writers that it
 * checks.
 */
@NullMarked
package io.millrace.bench.hls;

import org.jspecify.annotations.NullMarked;
