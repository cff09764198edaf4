/**
 * Follows a live address, HLS or DASH, as a player would, and says which rules of the standards it
 * breaks.
 *
 * <p>An independent reader: it shares no code with what writes playlists and chunks in Millrace, so
 * that a mistake is not made twice. {@link io.millrace.conformance.Rule} lists every rule with its
 * clause; {@code http} fetches, {@code mp4}, {@code hls}, {@code dash} and {@code steering} read
 * and judge. What a server sends is hostile until it was read: every length, count and time has a
 * limit. Read {@link io.millrace.conformance.StreamCheck} first.
 */
@NullMarked
package io.millrace.conformance;

import org.jspecify.annotations.NullMarked;
