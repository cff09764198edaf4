/**
 * Folds a channel's index records into the state that playlists are rendered from: timelines,
 * renditions, segments and parts with their absolute numbers.
 *
 * <p>{@link io.millrace.window.index.ChannelIndex} is the mutable fold, confined to the fabric's
 * agent thread; what it publishes ({@link io.millrace.window.index.ChannelView} and below) is
 * immutable. It also keeps the records that still matter, with their numbers, as the snapshot for a
 * late joiner: folding the snapshot gives the same state.
 */
@NullMarked
package io.millrace.window.index;

import org.jspecify.annotations.NullMarked;
