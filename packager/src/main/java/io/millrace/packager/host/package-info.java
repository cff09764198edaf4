/**
 * Runs packagers between links: input logs in, index and parts out, and what a late joiner needs
 * for a while. Everything is confined to the fabric's agent thread, and never blocks it.
 *
 * <p>Read {@link io.millrace.packager.host.PackagerHost} first.
 */
@NullMarked
package io.millrace.packager.host;

import org.jspecify.annotations.NullMarked;
