/**
 * The edge: follows a channel at an origin when its first viewer asks, serves its viewers, and
 * leaves it when nobody asks any more.
 *
 * <p>Threads: links, windows and the choice of an origin belong to the fabric's agent thread; event
 * loops find a {@link io.millrace.edge.EdgeChannel} in a concurrent map and see only its {@link
 * io.millrace.delivery.WatchedChannel}. A viewer of a channel that is not followed yet waits for
 * the snapshot, for a bounded time. While a link is down its channels go on with what there is.
 *
 * <p>Read {@link io.millrace.edge.EdgeNode} first, then {@link io.millrace.edge.Following}.
 */
@NullMarked
package io.millrace.edge;

import org.jspecify.annotations.NullMarked;
