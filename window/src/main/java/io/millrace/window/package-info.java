/**
 * A channel's window: the index folded into state, and the part bytes that it names, in memory.
 *
 * <p>Threads: a {@link io.millrace.window.ChannelWindow} is confined to the fabric's agent thread.
 * After every change it publishes an immutable {@link io.millrace.window.index.ChannelView} in a
 * volatile field and calls its listeners, on the agent; event loops read the view whenever they
 * want. Part bytes are the one thing that both sides touch: {@link
 * io.millrace.window.store.PartBytes} hands out references under its own short lock.
 *
 * <p>Buffers: part bytes are pieces of mapped memory files, or direct buffers, written once, owned
 * and released by {@code window.store} alone; a reader gets a retained duplicate, which it
 * releases.
 *
 * <p>Read {@link io.millrace.window.ChannelWindow} first.
 */
@NullMarked
package io.millrace.window;

import org.jspecify.annotations.NullMarked;
