/**
 * What players in headless Chromium make of what an edge serves; {@code web/live} of the clone has
 * the programs. Start with {@link io.millrace.bench.player.PlayerRun}.
 */
@NullMarked
package io.millrace.bench.player;

import org.jspecify.annotations.NullMarked;
