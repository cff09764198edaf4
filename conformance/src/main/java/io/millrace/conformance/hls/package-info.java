/**
 * Reads and follows HLS (draft-pantos-hls-rfc8216bis) and judges it: what one playlist says ({@link
 * io.millrace.conformance.hls.PlaylistRules}), what two versions of it may differ in ({@code
 * UpdateRules}, {@code HintedParts}), what the server does when asked ({@code ServerProbes}), what
 * the media is ({@code MediaRules}), and what several playlists owe each other ({@code
 * PresentationRules}).
 *
 * <p>Wire, state and fetching are apart: {@code PlaylistReader} makes values of text, the rules are
 * functions of values, {@code RenditionFollower} fetches. Durations are ns.
 */
@NullMarked
package io.millrace.conformance.hls;

import org.jspecify.annotations.NullMarked;
