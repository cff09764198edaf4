/**
 * What every protocol's ingest shares: who may publish, one publisher per channel, takeover, the
 * grace period, and the channel's input log.
 *
 * <p>Read {@link io.millrace.ingest.Ingest} first, then {@code ChannelInput} and {@code InputLog}.
 *
 * <p>Threads: a protocol server calls {@link io.millrace.ingest.Ingest#admit} and the {@link
 * io.millrace.ingest.Publication} it gets from the connection's own thread (a Netty event loop).
 * What comes in waits in the publication's bounded queue; one task on the fabric's agent thread
 * takes many of them out at once. Everything about a channel ({@code ChannelInput}, {@code
 * InputLog}, {@code InputFeed}) is confined to that agent thread; nothing here blocks.
 *
 * <p>Payloads are {@link io.millrace.media.Bytes} on the heap: shared, never copied, never written.
 */
@NullMarked
package io.millrace.ingest;

import org.jspecify.annotations.NullMarked;
