/**
 * The channel's index: the numbered record of what happened to it, written by the packager. Every
 * number in it is absolute. Playlists and manifests are a function of it alone, so any node at the
 * same position renders the same bytes.
 */
@NullMarked
package io.millrace.media.index;

import org.jspecify.annotations.NullMarked;
