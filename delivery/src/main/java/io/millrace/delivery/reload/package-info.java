/**
 * Blocking playlist reload (RFC 8216bis 6.2.5.2): what a request with delivery directives gets now,
 * and the playlists themselves as functions of a view.
 *
 * <p>Pure; {@link io.millrace.delivery.reload.ReloadRules} is the decision, {@link
 * io.millrace.delivery.reload.PlaylistRenderer} the rendering.
 */
@NullMarked
package io.millrace.delivery.reload;

import org.jspecify.annotations.NullMarked;
