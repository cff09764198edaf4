/**
 * Part bytes in memory, under one budget for the node, each checked against the hash in the index
 * record that publishes it.
 *
 * <p>This is the one place that allocates and releases part bytes: in {@link
 * io.millrace.window.store.MemoryFile}s, made with calls of the C library, or in direct buffers.
 * {@link io.millrace.window.store.PartStore} is confined to the fabric's agent thread; {@link
 * io.millrace.window.store.PartBytes} may be read from any thread.
 */
@NullMarked
package io.millrace.window.store;

import org.jspecify.annotations.NullMarked;
