/**
 * HLS documents as text, written from values: media playlists (full and delta) and multivariant
 * playlists, draft-pantos-hls-rfc8216bis clauses 4.4 and 6.2.5.1.
 *
 * <p>Pure and stateless; the same values give the same bytes. Read {@link
 * io.millrace.media.hls.MediaPlaylist} first.
 */
@NullMarked
package io.millrace.media.hls;

import org.jspecify.annotations.NullMarked;
