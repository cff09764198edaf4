/**
 * What a link does whatever carries it: the sending end's bounded queues and snapshots after an
 * overflow ({@link io.millrace.fabric.link.FeedSender}), the receiving end's check that a followed
 * channel's numbers have no gap and no stale writer ({@link io.millrace.fabric.link.FeedReceiver}).
 * A transport gives the {@link io.millrace.fabric.link.Lane}s.
 *
 * <p>Everything here is confined to the fabric's agent thread and takes the time as an argument.
 */
@NullMarked
package io.millrace.fabric.link;

import org.jspecify.annotations.NullMarked;
