/**
 * Serves windows to viewers as LL-HLS over HTTP/1.1 and HTTP/2 in clear text.
 *
 * <p>{@link io.millrace.delivery.DeliveryServer} is the entry: it is given {@link
 * io.millrace.delivery.Channels}, from which it gets a {@link io.millrace.delivery.WatchedChannel}
 * for a name. {@code reload} decides what a playlist request gets and renders it; {@code http} is
 * the protocol.
 *
 * <p>Threads: a connection and all that waits on it belong to its event loop. The window's view is
 * immutable and read from a volatile field; when it changes, the agent thread runs one task on each
 * loop that has waiting viewers of the channel, and the loop answers them: all writes, then all
 * flushes. A rendered playlist is shared by all loops under a lock that is held while one of them
 * renders it: the others would do the same work otherwise.
 *
 * <p>Buffers: a response holds the references that it is made of; each viewer is sent retained
 * duplicates. Part bytes belong to {@code window}.
 */
@NullMarked
package io.millrace.delivery;

import org.jspecify.annotations.NullMarked;
