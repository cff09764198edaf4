/**
 * Low-latency DASH (ISO/IEC 23009-1) as functions of a view: which version of the MPD there is, its
 * values, and the patch of an older version.
 *
 * <p>A version lists segments up to the newest that has a part in every rendition; a new one comes
 * with each segment's first parts and never in between. So a version can be told again from a later
 * view, and a node that never made it can patch it.
 *
 * <p>Pure; read {@link io.millrace.delivery.dash.ManifestRenderer} first.
 */
@NullMarked
package io.millrace.delivery.dash;

import org.jspecify.annotations.NullMarked;
